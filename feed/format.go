package feed

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/gorilla/feeds"
)

// Format is one of the formats that every feed is written in.
type Format struct {
	Title string // "RSS"
	File  string // name in the feed's folder: "rss.xml"
	Type  string // media type, for Content-Type and <link rel=alternate>

	feed func(*Feed, itemEncoder) ([]byte, error)
	item itemEncoder
}

// itemEncoder gives an item in a format.
type itemEncoder func(*Item) ([]byte, error)

// Encode gives a feed in the format.
func (f Format) Encode(feed *Feed) ([]byte, error) { return f.feed(feed, f.item) }

// Formats are all of them. Files, links and routes follow this list.
var Formats = []Format{
	{"RSS", rssFile, rssType, encodeRSS, (*Item).encodeRSS},
	{"Atom", atomFile, atomType, encodeAtom, (*Item).encodeAtom},
	{"JSON", jsonFile, jsonType, encodeJSON, (*Item).encodeJSON},
}

const (
	rssFile  = "rss.xml"
	atomFile = "atom.xml"
	jsonFile = "feed.json"
	opmlFile = "feeds.opml"

	rssType  = "application/rss+xml"
	atomType = "application/atom+xml"
	jsonType = "application/feed+json"
	opmlType = "text/x-opml"
)

// Encoder gives an encoder of many feeds, for any number of goroutines. It
// encodes an item once, keeps its bytes and uses them in every feed that the item
// is in.
func (f Format) Encoder() func(*Feed) ([]byte, error) {
	var made sync.Map // *Item to func() ([]byte, error)
	item := func(i *Item) ([]byte, error) {
		once, ok := made.Load(i)
		if !ok {
			once, _ = made.LoadOrStore(i, sync.OnceValues(func() ([]byte, error) { return f.item(i) }))
		}
		return once.(func() ([]byte, error))()
	}
	return func(feed *Feed) ([]byte, error) { return f.feed(feed, item) }
}

// join returns the items' encoded forms, each made by encoded and with lead
// before it.
func join(items []*Item, lead string, encoded itemEncoder) ([]byte, error) {
	parts := make([][]byte, 0, 2*len(items))
	for _, i := range items {
		one, err := encoded(i)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", i.Path, err)
		}
		parts = append(parts, []byte(lead), one)
	}
	return bytes.Join(parts, nil), nil
}

// document writes d as XML. It holds about size bytes.
func document(d feeds.XmlFeed, size int) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(size + 4096)
	if err := feeds.WriteXML(d, &b); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
