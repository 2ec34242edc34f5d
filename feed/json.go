package feed

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/gorilla/feeds"

	"github.com/medigy/newsdesk/corpus"
)

// jsonFeed is the top of a JSON Feed: https://www.jsonfeed.org/version/1.1/.
// Its items are no part of its frame.
type jsonFeed struct {
	*feeds.JSONFeed
	Items []struct{} `json:"items,omitempty"` // hides the embedded one
}

type jsonItem struct {
	*feeds.JSONItem
	BannerImage string           `json:"banner_image,omitempty"`
	Language    string           `json:"language,omitempty"`
	Attachments []jsonAttachment `json:"attachments,omitempty"`
	Newsdesk    jsonExtension    `json:"_newsdesk"`
}

type jsonAttachment struct {
	URL   string `json:"url"`
	Type  string `json:"mime_type"`
	Title string `json:"title,omitempty"`
	Bytes int64  `json:"size_in_bytes"`
}

// jsonExtension is what JSON Feed has no field for.
type jsonExtension struct {
	About        string         `json:"about"` // page that explains the extension
	Source       *jsonSource    `json:"source,omitempty"`
	Contributors []jsonPerson   `json:"contributors,omitempty"` // who wrote the original
	Topics       []jsonTopic    `json:"topics,omitempty"`
	Image        *jsonImage     `json:"image,omitempty"`
	Offerings    []jsonOffering `json:"offerings,omitempty"`
}

type jsonSource struct {
	Name    string `json:"name,omitempty"`
	Domain  string `json:"domain,omitempty"`
	FeedURL string `json:"feed_url,omitempty"`
}

type jsonPerson struct {
	Name string `json:"name"`
}

type jsonTopic struct {
	Slug       string `json:"slug"`
	Label      string `json:"label,omitempty"`
	Vocabulary string `json:"vocabulary,omitempty"`
	Scheme     string `json:"scheme,omitempty"`
	URL        string `json:"url,omitempty"`
}

type jsonImage struct {
	Alt    string `json:"alt,omitempty"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

type jsonOffering struct {
	ID     string   `json:"id,omitempty"`
	Name   string   `json:"name"`
	URL    string   `json:"url"`
	Topics []string `json:"topics,omitempty"`
}

const aboutExtension = "https://github.com/medigy/newsdesk#json-feed"

func jsonFrame(f *Feed) (frame, error) {
	o := f.Options
	top := jsonFeed{JSONFeed: &feeds.JSONFeed{
		Version:     "https://jsonfeed.org/version/1.1",
		Title:       plain(f.Title),
		HomePageUrl: encodeURL(f.Home),
		FeedUrl:     f.URL(jsonFile),
		Description: plain(f.Description),
		Language:    o.Site.Language,
		Favicon:     encodeURL(o.Icon),
		Authors:     []*feeds.JSONAuthor{{Name: plain(o.Site.Title), Url: encodeURL(o.Site.URL)}},
	}}
	if older := f.older(); older > 0 {
		top.NextUrl = f.URL(pageFile(jsonFile, older))
	}
	if o.Logo != nil {
		top.Icon = encodeURL(o.Logo.URL)
	}
	for _, hub := range f.hubs() {
		top.Hubs = append(top.Hubs, &feeds.JSONHub{Type: "WebSub", Url: encodeURL(hub)})
	}
	head, err := marshalJSON(top)
	if err != nil {
		return frame{}, err
	}
	head = append(bytes.TrimSuffix(head, []byte("}")), `,"items":[`...)
	return frame{head, []byte("\n]}\n")}, nil
}

func (i *Item) encodeJSON() ([]byte, error) {
	w := workspaces.Get().(*workspace)
	defer workspaces.Put(w)
	published, updated := i.Published.Truncate(time.Second), i.Updated.Truncate(time.Second)
	item := jsonItem{
		JSONItem: &feeds.JSONItem{
			Id:            i.ID,
			Url:           encodeURL(i.URL),
			ExternalUrl:   encodeURL(i.Original),
			Title:         plain(i.title()),
			PublishedDate: &published,
			ModifiedDate:  &updated,
		},
		Language: i.language,
		Newsdesk: i.jsonExtension(),
	}
	if i.content != ContentNone {
		item.Summary = plain(i.Summary)
	}
	if i.content == ContentFull {
		item.ContentHTML = string(w.content(i))
	} else {
		item.ContentText = plain(i.shortText())
	}
	for _, p := range i.Authors {
		if name := plain(p.Name); name != "" {
			item.Authors = append(item.Authors, &feeds.JSONAuthor{Name: name})
		}
	}
	for _, t := range i.Topics {
		if name := plain(t.Name); name != "" {
			item.Tags = append(item.Tags, name)
		}
	}
	if m := i.Image; m != nil {
		item.Image = encodeURL(m.URL)
		item.BannerImage = item.Image
		if measured(m) {
			item.Attachments = []jsonAttachment{{item.Image, m.Type, plain(m.Alt), m.Bytes}}
		}
	}
	return marshalJSON(item)
}

func (i *Item) jsonExtension() jsonExtension {
	e := jsonExtension{About: aboutExtension}
	if i.Source != (corpus.Source{}) {
		e.Source = &jsonSource{plain(i.Source.Name), plain(i.Source.Domain), encodeURL(i.Source.FeedURL)}
	}
	for _, p := range i.Contributors {
		if name := plain(p.Name); name != "" {
			e.Contributors = append(e.Contributors, jsonPerson{name})
		}
	}
	for _, t := range i.Topics {
		e.Topics = append(e.Topics, jsonTopic{t.Slug, plain(t.Label), plain(t.Vocabulary), encodeURL(t.Scheme), encodeURL(t.URL)})
	}
	if m := i.Image; m != nil {
		e.Image = &jsonImage{plain(m.Alt), m.Width, m.Height}
	}
	for _, o := range i.Offerings {
		e.Offerings = append(e.Offerings, newJSONOffering(o))
	}
	return e
}

func newJSONOffering(o corpus.Offering) jsonOffering {
	offering := jsonOffering{ID: plain(o.ID), Name: plain(o.Name), URL: encodeURL(o.URL)}
	for _, t := range o.Topics {
		offering.Topics = append(offering.Topics, plain(t.Name))
	}
	return offering
}

// marshalJSON encodes v with "<" and "&" as they are: the feeds are files of
// their own and stand in no HTML.
func marshalJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
