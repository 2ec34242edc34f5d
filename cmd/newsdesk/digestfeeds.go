package main

import (
	"cmp"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/feed"
	"github.com/medigy/newsdesk/internal/words"
)

// language is that of the digest's own pages.
func (s *series) language() string { return cmp.Or(s.Language, s.config.Site.Language) }

// heading is what readers know the digest's page by: the site's title, if it is
// the first digest and has none of its own. Others have at least a name.
func (s *series) heading() string {
	site := s.config.Site.Title
	switch {
	case s.Title != "" && s.Title != site:
		return s.Title
	case s.digestSettings == s.config.digests[0]:
		return site
	}
	return site + " – " + s.Name
}

// title is what readers know the digest's feeds by: not only the site's title,
// which is that of the feed of all articles.
func (s *series) title() string {
	if title := s.heading(); title != s.config.Site.Title {
		return title
	}
	return s.config.Site.Title + " – " + words.Of(s.language(), s.config.Look.words).Editions
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
