package main

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/medigy/newsdesk/feed"
)

// namedFeed is a feed of feeds.named.
type namedFeed struct {
	Title, Description                                           string
	Topics, Vocabularies, Languages, Sources, Authors, Offerings []string
}

// namedFeedKeys are the keys below feeds.named.SLUG.
var namedFeedKeys = []string{"title", "description", "topics", "vocabularies", "languages", "sources", "authors", "offerings"}

// checkFeeds checks the values of feeds.
func (c *Config) checkFeeds(fault func(key, format string, args ...any)) {
	f := &c.Feeds
	if f.Items < 1 {
		fault("feeds.items", "%d (want 1 or more)", f.Items)
	}
	if f.Bytes < 1 {
		fault("feeds.bytes", "%d (want 1 or more; 524288 is 512 KiB)", f.Bytes)
	}
	if f.TTL < 1 {
		fault("feeds.ttl", "%d (want 1 minute or more)", f.TTL)
	}
	oneOf := oneOf(fault)
	oneOf("feeds.link", f.Link, "page", "original")
	oneOf("feeds.content", f.Content, "full", "summary", "none")
	oneOf("feeds.removed", f.Removed, "keep", "empty", "gone")
	for _, kind := range f.By {
		oneOf("feeds.by", kind, texts(feed.Kinds)...)
	}
	for _, slug := range slices.Sorted(maps.Keys(f.Named)) {
		f.Named[slug].check("feeds.named."+slug, slug, fault)
	}
}

var feedSlug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (n namedFeed) check(key, slug string, fault func(key, format string, args ...any)) {
	if !feedSlug.MatchString(slug) {
		fault(key, "%q is no name of a folder (want letters, digits and hyphens)", slug)
	}
	if len(n.Topics)+len(n.Vocabularies)+len(n.Languages)+len(n.Sources)+len(n.Authors)+len(n.Offerings) == 0 {
		fault(key, "does not say which articles (want one or more of %s)", strings.Join(namedFeedKeys[2:], ", "))
	}
	for _, tag := range n.Languages {
		if _, err := language.Parse(tag); err != nil {
			fault(key+".languages", "%q is not a language (want en or en-US)", tag)
		}
	}
}

// feedKinds are the kinds of feeds.by, of which there may be none.
func feedKinds(c *Config) []feed.Kind {
	kinds := make([]feed.Kind, len(c.Feeds.By))
	for i, kind := range c.Feeds.By {
		kinds[i] = feed.Kind(kind)
	}
	return kinds
}

// namedFeeds are those of feeds.named, by slug.
func namedFeeds(c *Config) []feed.Named {
	var all []feed.Named
	for _, slug := range slices.Sorted(maps.Keys(c.Feeds.Named)) {
		n := c.Feeds.Named[slug]
		all = append(all, feed.Named{
			Slug: slug, Title: cmp.Or(n.Title, slug), Description: n.Description,
			Topics: n.Topics, Vocabularies: n.Vocabularies, Languages: n.Languages,
			Sources: n.Sources, Authors: n.Authors, Offerings: n.Offerings,
		})
	}
	return all
}
