package main

import (
	"cmp"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/medigy/newsdesk/feed"
	"github.com/medigy/newsdesk/internal/publish"
)

// namedFeed is a feed of feeds.named.
type namedFeed struct {
	Title, Description                                           string
	Topics, Vocabularies, Languages, Sources, Authors, Offerings []string
}

// namedFeedKeys are the keys below feeds.named.SLUG.
var namedFeedKeys = []string{"title", "description", "topics", "vocabularies", "languages", "sources", "authors", "offerings"}

// checkFeeds checks the values of feeds.
func (c *Config) checkFeeds(fault faultFunc) {
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
	fault.oneOf("feeds.link", f.Link, "page", "original")
	fault.oneOf("feeds.content", f.Content, "full", "summary", "none")
	fault.oneOf("feeds.removed", f.Removed, "keep", "empty", "gone")
	for _, kind := range f.By {
		fault.oneOf("feeds.by", kind, texts(feed.Kinds)...)
	}
	for _, slug := range slices.Sorted(maps.Keys(f.Named)) {
		f.Named[slug].check("feeds.named."+slug, slug, fault)
	}
}

// checkPublishing checks where the feeds are put, and who is told.
func (c *Config) checkPublishing(fault faultFunc) {
	if c.Feeds.Publish != "" {
		if _, err := publish.ParseURL(c.Feeds.Publish); err != nil {
			fault("feeds.publish", "%v", err) // without the value: it may hold a password
		}
	}
	for _, hub := range c.Feeds.Hubs {
		if u, err := url.Parse(hub); err == nil && u.User != nil {
			fault("feeds.hubs", "has a user or password, which every feed would show") // without the value
			continue
		}
		if !isHTTP(hub) || strings.ContainsAny(hub, "<> ,\"\r\n") {
			fault("feeds.hubs", "%q is not an absolute URL (want https://hub.example.org/)", hub)
		}
	}
}

var feedSlug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (n namedFeed) check(key, slug string, fault faultFunc) {
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
