package feed

import (
	"encoding/xml"
	"strconv"
	"time"

	"github.com/gorilla/feeds"

	"github.com/medigy/newsdesk/corpus"
)

// atomFeed is an Atom document: RFC 4287.
type atomFeed struct {
	XMLName  xml.Name `xml:"feed"`
	Media    string   `xml:"xmlns:media,attr"`
	History  string   `xml:"xmlns:fh,attr,omitempty"`
	Language string   `xml:"xml:lang,attr"`
	Title    text     `xml:"title"`
	Subtitle text     `xml:"subtitle"`
	feeds.AtomFeed
	Links     []feeds.AtomLink
	Archive   *struct{}  `xml:"fh:archive"`
	Author    atomPerson `xml:"author"`
	Rights    *text      `xml:"rights"` // hides the embedded one
	Generator text       `xml:"generator"`
}

// FeedXml makes the document one that feeds.WriteXML writes.
func (f atomFeed) FeedXml() any { return f }

type atomEntry struct {
	XMLName  xml.Name `xml:"entry"`
	Language string   `xml:"xml:lang,attr,omitempty"`
	Title    text     `xml:"title"`
	feeds.AtomEntry
	Authors      []atomPerson   `xml:"author"`
	Contributors []atomPerson   `xml:"contributor"`
	Categories   []atomCategory `xml:"category"`
	Summary      *text          `xml:"summary"`
	Content      *atomContent   `xml:"content"`
	Media        *mediaContent
}

type atomPerson struct {
	Name text   `xml:"name"`
	URL  string `xml:"uri,omitempty"`
}

type atomCategory struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr,omitempty"`
	Label  string `xml:"label,attr,omitempty"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	HTML []byte `xml:",cdata"`
}

func atomFrame(f *Feed) (frame, error) {
	o := f.Options
	d := atomFeed{
		Media:    mediaNamespace,
		Language: o.Site.Language,
		Title:    newText(f.Title),
		Subtitle: newText(f.Description),
		AtomFeed: feeds.AtomFeed{
			Xmlns:   "http://www.w3.org/2005/Atom",
			Id:      f.URL(atomFile),
			Updated: f.atomUpdated().Format(time.RFC3339Nano),
			Icon:    encodeURL(o.Icon),
		},
		Links: []feeds.AtomLink{
			{Rel: "self", Href: f.URL(pageFile(atomFile, f.page)), Type: atomType},
			{Rel: "alternate", Href: encodeURL(f.Home), Type: "text/html"},
		},
		Author:    atomPerson{Name: newText(o.Site.Title), URL: encodeURL(o.Site.URL)},
		Rights:    optionalText(o.Rights),
		Generator: newText(o.Generator),
	}
	for _, hub := range f.hubs() {
		d.Links = append(d.Links, feeds.AtomLink{Rel: "hub", Href: encodeURL(hub)})
	}
	d.Links = append(d.Links, f.history(atomFile, atomType)...)
	if f.page > 0 {
		d.History, d.Archive = historyNamespace, new(struct{})
	}
	if o.Logo != nil {
		d.Logo = encodeURL(o.Logo.URL)
	}
	return f.xmlFrame(d, "\n</feed>")
}

// atomUpdated is the latest atom:updated of the entries. A feed must have one
// even if it has no entry; then it is a fixed day, as there is none to tell.
func (f *Feed) atomUpdated() time.Time {
	latest := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	for n, i := range f.Items {
		if n == 0 || i.entryUpdated.After(latest) {
			latest = i.entryUpdated
		}
	}
	return latest
}

func (i *Item) encodeAtom() ([]byte, error) {
	w := workspaces.Get().(*workspace)
	defer workspaces.Put(w)
	entry := atomEntry{
		Language: i.language,
		Title:    newText(i.title()),
		AtomEntry: feeds.AtomEntry{
			Id:        i.ID,
			Published: i.Published.Format(time.RFC3339),
			Updated:   i.entryUpdated.Format(time.RFC3339Nano),
			Links:     i.atomLinks(),
		},
		Authors:      atomPeople(i.Authors),
		Contributors: atomPeople(i.Contributors),
		Categories:   i.atomCategories(),
		Media:        newMedia(i.Image),
	}
	if i.content == ContentFull {
		entry.Summary, entry.Content = optionalText(i.Summary), &atomContent{"html", w.content(i)}
	} else {
		entry.Summary = optionalText(i.shortText())
	}
	return w.marshalXML(entry, "  ")
}

// atomLinks has the original (or the own page, where the entry leads to the
// original) before anything else that is related: readers
// take the first as the page that the entry is about.
func (i *Item) atomLinks() []feeds.AtomLink {
	links := []feeds.AtomLink{{Rel: "alternate", Href: encodeURL(i.target()), Type: "text/html"}}
	if i.Original != "" {
		links = append(links,
			feeds.AtomLink{Rel: "related", Href: encodeURL(i.related())},
			feeds.AtomLink{Rel: "via", Href: encodeURL(i.Original)})
	}
	if measured(i.Image) {
		links = append(links, feeds.AtomLink{
			Rel: "enclosure", Href: encodeURL(i.Image.URL),
			Type: i.Image.Type, Length: strconv.FormatInt(i.Image.Bytes, 10),
		})
	}
	return links
}

// atomCategories has the name as term and as label: some readers show the one,
// some the other, and RSS and JSON Feed have the name.
func (i *Item) atomCategories() []atomCategory {
	var all []atomCategory
	for _, t := range i.Topics {
		if name := plain(t.Name); name != "" {
			all = append(all, atomCategory{Term: name, Scheme: encodeURL(t.Scheme), Label: name})
		}
	}
	return all
}

func atomPeople(people []corpus.Person) []atomPerson {
	var all []atomPerson
	for _, name := range names(people) {
		all = append(all, atomPerson{Name: name})
	}
	return all
}
