package main

import (
	"cmp"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/feed"
)

// language is that of the digest's own pages.
func (s *series) language() string { return cmp.Or(s.Language, s.config.Site.Language) }

// title is what readers know the digest's page and feeds by: not only the site's,
// which is that of the feed of all articles.
func (s *series) title() string {
	if site := s.config.Site.Title; s.Title == "" || s.Title == site {
		return site + " – " + s.Name
	}
	return s.Title
}

// feedOf gives the feed of a digest's issues. It is not in feeds.opml, from which
// people subscribe to all: the issues tell what the other feeds did.
func (p *press) feedOf(listings []digest.Listing) *feed.Feed {
	o := feedOptions(p.config)
	o.URL = publicURL(p.config)
	o.Site = feed.Site{Title: p.title(), URL: o.URL + p.folder, Language: p.language()}
	o.Link, o.Content = feed.LinkPage, feed.ContentFull
	articles := make([]*corpus.Article, len(listings))
	for i, l := range listings {
		articles[i] = p.article(l)
	}
	return feed.Single(corpus.New(articles), p.folder, o)
}

// article gives an issue as package feed takes it.
func (p *press) article(l digest.Listing) *corpus.Article {
	folder := p.folder + l.Period + "/"
	a := &corpus.Article{
		Head: &corpus.Head{
			// As the corpus makes a tag URI (RFC 4151) of an article's own ID.
			ID:        "tag:" + hostOf(p.config.Site.URL) + ",2021:digest/" + l.Digest + "/" + l.Period,
			Path:      folder + listingFile,
			Title:     l.Subject,
			Published: l.Date, Updated: l.Date,
			Language: cmp.Or(l.Language, p.language()),
		},
		URL: publicURL(p.config) + folder, Summary: l.Summary, HTML: l.Content,
	}
	if i := l.Image; i != nil {
		a.Image = &corpus.Image{URL: i.URL, Alt: cmp.Or(i.Alt, l.Subject), Type: i.Type, Bytes: i.Bytes, Width: i.Width, Height: i.Height}
	}
	return a
}
