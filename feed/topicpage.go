package feed

import "net/url"

// indexFile is the page of a feed, in the folder of its files.
const indexFile = "index.html"

// topicPage is what templates/topic.html shows: a topic's or language's latest
// articles, and its feeds.
type topicPage struct {
	*voice
	Site               Site
	Generator          string
	Icon               string
	Accent, AccentDark string
	Feed               *Feed
	Name               string
	Up                 string // the list of feeds, relative
	Links              []indexLink
	Address            string
	Readers            []readerLink
	Items              []*Item
}

// newTopicPage gives the page of a feed that is not the one of all articles.
func newTopicPage(f *Feed) topicPage {
	o := f.Options
	address := f.URL(rssFile)
	p := topicPage{
		voice: o.voice, Site: f.site, Generator: o.Generator, Icon: encodeURL(o.Icon),
		Feed: f, Name: f.Label, Up: f.top(),
		Address: address, Readers: readerLinks(address), Items: f.Items,
	}
	p.Accent, p.AccentDark = accents(o.Accent)
	for _, format := range Formats {
		p.Links = append(p.Links, indexLink{format, format.File})
	}
	return p
}

// readerLink leads to a reader on the web that takes a feed.
type readerLink struct{ Name, URL string }

// readers are well-known ones. The feed's address follows each URL, escaped.
var readers = []readerLink{
	{"Feedly", "https://feedly.com/i/subscription/feed/"},
	{"Inoreader", "https://www.inoreader.com/?add_feed="},
	{"NewsBlur", "https://www.newsblur.com/?url="},
	{"Feedbin", "https://feedbin.com/?subscribe="},
	{"The Old Reader", "https://theoldreader.com/feeds/subscribe?url="},
}

// readerLinks gives none for an address on this machine, which no reader on the
// web can reach.
func readerLinks(address string) []readerLink {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "localhost" || u.Host == "" {
		return nil
	}
	var links []readerLink
	for _, r := range readers {
		links = append(links, readerLink{r.Name, r.URL + url.QueryEscape(address)})
	}
	return links
}
