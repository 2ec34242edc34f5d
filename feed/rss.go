package feed

import (
	"encoding/xml"
	"strconv"
	"time"

	"github.com/gorilla/feeds"

	"github.com/medigy/newsdesk/corpus"
)

// rssDocument is an RSS 2.0 document: https://www.rssboard.org/rss-specification.
type rssDocument struct {
	XMLName    xml.Name `xml:"rss"`
	Version    string   `xml:"version,attr"`
	Atom       string   `xml:"xmlns:atom,attr"`
	Content    string   `xml:"xmlns:content,attr"`
	DublinCore string   `xml:"xmlns:dc,attr"`
	Media      string   `xml:"xmlns:media,attr"`
	History    string   `xml:"xmlns:fh,attr,omitempty"`
	Channel    rssChannel
}

// FeedXml makes the document one that feeds.WriteXML writes.
func (d rssDocument) FeedXml() any { return d }

type rssChannel struct {
	XMLName     xml.Name  `xml:"channel"`
	Title       text      `xml:"title"`
	Links       []rssLink // self first
	Archive     *struct{} `xml:"fh:archive"`
	Description text      `xml:"description"`
	feeds.RssFeed
	Copyright *text `xml:"copyright"` // it and the next two hide the embedded ones
	Generator text  `xml:"generator"`
	Image     *rssImage
}

// rssImage is a picture of at most 144 by 400 pixels.
type rssImage struct {
	feeds.RssImage
	Title text `xml:"title"`
}

type rssItem struct {
	XMLName xml.Name `xml:"item"`
	Title   text     `xml:"title"`
	feeds.RssItem
	Description  *string `xml:"description"` // HTML; it and the next four hide the embedded ones
	Content      *rssContent
	Enclosure    *feeds.RssEnclosure
	Guid         *feeds.RssGuid
	PubDate      string        `xml:"pubDate,omitempty"`
	Creators     []text        `xml:"dc:creator"`
	Contributors []text        `xml:"dc:contributor"`
	Language     string        `xml:"dc:language,omitempty"`
	Categories   []rssCategory `xml:"category"`
	Links        []rssLink
	Source       *rssSource
	Updated      string `xml:"atom:updated"`
	Media        *mediaContent
}

// rssContent is feeds.RssContent with bytes instead of a string: encoding/xml
// would copy the string.
type rssContent struct {
	XMLName xml.Name `xml:"content:encoded"`
	HTML    []byte   `xml:",cdata"`
}

type rssLink struct {
	XMLName xml.Name `xml:"atom:link"`
	feeds.AtomLink
}

type rssCategory struct {
	Domain string `xml:"domain,attr,omitempty"`
	text
}

type rssSource struct {
	XMLName xml.Name `xml:"source"`
	URL     string   `xml:"url,attr"`
	text
}

// mediaContent is a picture in the Media RSS namespace, which Atom uses too.
type mediaContent struct {
	XMLName     xml.Name `xml:"media:content"`
	URL         string   `xml:"url,attr"`
	Medium      string   `xml:"medium,attr"`
	Type        string   `xml:"type,attr,omitempty"`
	Bytes       int64    `xml:"fileSize,attr,omitempty"`
	Width       int      `xml:"width,attr,omitempty"`
	Height      int      `xml:"height,attr,omitempty"`
	Description *text    `xml:"media:description"`
}

const mediaNamespace = "http://search.yahoo.com/mrss/"

func rssFrame(f *Feed) (frame, error) {
	o := f.Options
	d := rssDocument{
		Version:    "2.0",
		Atom:       "http://www.w3.org/2005/Atom",
		Content:    "http://purl.org/rss/1.0/modules/content/",
		DublinCore: "http://purl.org/dc/elements/1.1/",
		Media:      mediaNamespace,
		Channel: rssChannel{
			Title:       newText(f.Title),
			Links:       []rssLink{newRSSLink("self", f.URL(pageFile(rssFile, f.page)), rssType)},
			Description: newText(f.Description),
			RssFeed: feeds.RssFeed{
				Link:          encodeURL(f.Home),
				Language:      o.Site.Language,
				PubDate:       rfc822(f.Published),
				LastBuildDate: rfc822(f.Updated),
				Ttl:           o.TTL,
			},
			Copyright: optionalText(o.Rights),
			Generator: newText(o.Generator),
			Image:     f.rssImage(),
		},
	}
	for _, hub := range f.hubs() {
		d.Channel.Links = append(d.Channel.Links, newRSSLink("hub", hub, ""))
	}
	for _, link := range f.history(rssFile, rssType) {
		d.Channel.Links = append(d.Channel.Links, rssLink{AtomLink: link})
	}
	if f.page > 0 {
		d.History, d.Channel.Archive = historyNamespace, new(struct{})
	}
	return f.xmlFrame(d, "\n  </channel>\n</rss>")
}

func (f *Feed) rssImage() *rssImage {
	logo := f.Options.Logo
	if logo == nil {
		return nil
	}
	width, height := fit(logo.Width, logo.Height, 144, 400)
	return &rssImage{
		RssImage: feeds.RssImage{Url: encodeURL(logo.URL), Link: encodeURL(f.Home), Width: width, Height: height},
		Title:    newText(f.Title),
	}
}

// fit returns the largest size of a picture's shape, not above its own, inside
// a box.
func fit(width, height, maxWidth, maxHeight int) (int, int) {
	if width > maxWidth {
		width, height = maxWidth, max(1, height*maxWidth/width)
	}
	if height > maxHeight {
		width, height = max(1, width*maxHeight/height), maxHeight
	}
	return width, height
}

func (i *Item) encodeRSS() ([]byte, error) {
	w := workspaces.Get().(*workspace)
	defer workspaces.Put(w)
	item := rssItem{
		Title: newText(i.title()),
		RssItem: feeds.RssItem{
			Link: encodeURL(i.target()),
		},
		Enclosure:    rssEnclosure(i.Image),
		Guid:         i.rssGuid(),
		PubDate:      rfc822(i.Published),
		Creators:     names(i.Authors),
		Contributors: names(i.Contributors),
		Language:     i.language,
		Updated:      i.Updated.Format(time.RFC3339),
		Media:        newMedia(i.Image),
	}
	if i.content != ContentNone { // a description is HTML, the summary is not
		summary := htmlText(i.Summary)
		item.Description = &summary
	}
	if i.content == ContentFull {
		item.Content = &rssContent{HTML: w.content(i)}
	}
	for _, t := range i.Topics {
		if name := newText(t.Name); name.XML != "" {
			item.Categories = append(item.Categories, rssCategory{encodeURL(t.Scheme), name})
		}
	}
	if i.Original != "" {
		// Readers take the first as the page that the item is about.
		item.Links = []rssLink{newRSSLink("related", i.related(), ""), newRSSLink("via", i.Original, "")}
	}
	if i.Source.FeedURL != "" {
		item.Source = &rssSource{URL: encodeURL(i.Source.FeedURL), text: newText(i.Source.Name)}
	}
	return w.marshalXML(item, "    ")
}

// rssGuid is the article's ID, as in every other format; where titles lead to the
// original, it is the own page, which has no other place in RSS.
func (i *Item) rssGuid() *feeds.RssGuid {
	if i.link == LinkOriginal {
		return &feeds.RssGuid{Id: encodeURL(i.URL), IsPermaLink: "true"}
	}
	return &feeds.RssGuid{Id: i.ID, IsPermaLink: "false"}
}

func newRSSLink(rel, url, mediaType string) rssLink {
	return rssLink{AtomLink: feeds.AtomLink{Rel: rel, Href: encodeURL(url), Type: mediaType}}
}

func names(people []corpus.Person) []text {
	var all []text
	for _, p := range people {
		if name := newText(p.Name); name.XML != "" {
			all = append(all, name)
		}
	}
	return all
}

// rssEnclosure is nil unless the picture's length is known: RSS requires it,
// and a false one breaks downloads.
func rssEnclosure(m *corpus.Image) *feeds.RssEnclosure {
	if !measured(m) {
		return nil
	}
	return &feeds.RssEnclosure{Url: encodeURL(m.URL), Length: strconv.FormatInt(m.Bytes, 10), Type: m.Type}
}

func measured(m *corpus.Image) bool { return m != nil && m.Bytes > 0 && m.Type != "" }

func newMedia(m *corpus.Image) *mediaContent {
	if m == nil {
		return nil
	}
	return &mediaContent{
		URL: encodeURL(m.URL), Medium: "image", Type: m.Type,
		Bytes: m.Bytes, Width: m.Width, Height: m.Height,
		Description: optionalText(m.Alt),
	}
}

// rfc822 is a date as RSS has it: RFC 822 with the four-digit year of RFC 1123
// and the zone in figures. The zero time has none.
func rfc822(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC1123Z)
}
