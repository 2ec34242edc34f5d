package feed

import (
	"fmt"
	"math"
	"slices"
	"sync"
)

// Format is one of the formats that every feed is written in.
type Format struct {
	Title string // "RSS"
	File  string // name in the feed's folder: "rss.xml"
	Type  string // media type, for Content-Type and <link rel=alternate>

	frame     func(*Feed) (frame, error)
	separator []byte // between two items
	item      itemEncoder
}

// frame is a feed in a format without its items: what stands before and after
// them.
type frame struct{ head, tail []byte }

// itemEncoder gives an item in a format.
type itemEncoder func(*Item) ([]byte, error)

// Encode gives a feed in the format.
func (f Format) Encode(feed *Feed) ([]byte, error) { return f.encode(feed, f.item) }

// Formats are all of them. Files, links and routes follow this list.
var Formats = []Format{
	{"RSS", rssFile, rssType, rssFrame, nil, (*Item).encodeRSS},
	{"Atom", atomFile, atomType, atomFrame, nil, (*Item).encodeAtom},
	{"JSON", jsonFile, jsonType, jsonFrame, []byte(","), (*Item).encodeJSON},
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
func (f Format) Encoder() func(*Feed) ([]byte, error) { return newEncoder(f).encode }

// encoder keeps the bytes of items in a format.
type encoder struct {
	format Format
	made   sync.Map // *Item to func() ([]byte, error)
}

func newEncoder(f Format) *encoder { return &encoder{format: f} }

// newEncoders gives one of every format.
func newEncoders() []*encoder {
	var all []*encoder
	for _, f := range Formats {
		all = append(all, newEncoder(f))
	}
	return all
}

func (e *encoder) encode(f *Feed) ([]byte, error) { return e.format.encode(f, e.item) }

func (e *encoder) item(i *Item) ([]byte, error) {
	once, ok := e.made.Load(i)
	if !ok {
		once, _ = e.made.LoadOrStore(i, sync.OnceValues(func() ([]byte, error) { return e.format.item(i) }))
	}
	return once.(func() ([]byte, error))()
}

// forget drops the bytes of an item.
func (e *encoder) forget(i *Item) { e.made.Delete(i) }

// encode gives a feed with the items as item encodes them, each on lines of its
// own. Items that its bytes have no room for are dropped, and then it is as if
// it had never had them.
func (f Format) encode(feed *Feed, item itemEncoder) ([]byte, error) {
	for {
		frame, err := f.frame(feed)
		if err != nil {
			return nil, err
		}
		room := feed.Options.Bytes - len(frame.head) - len(frame.tail)
		if feed.Options.Archive {
			room = math.MaxInt // what is dropped would be nowhere
		}
		parts, fit, err := f.items(feed.Items, room, item)
		if err != nil {
			return nil, err
		}
		if fit == len(feed.Items) {
			return joined(frame.head, parts, frame.tail), nil
		}
		feed = feed.newest(fit)
	}
}

// items gives as many items as there is room for, but at least one, and their
// number.
func (f Format) items(items []*Item, room int, item itemEncoder) (parts [][]byte, fit int, err error) {
	parts = make([][]byte, 0, 3*len(items))
	for n, i := range items {
		one, err := item(i)
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", i.Path, err)
		}
		separator := f.separator
		if n == 0 {
			separator = nil
		}
		room -= len(separator) + len(newline) + len(one)
		if room < 0 && n > 0 {
			return parts, n, nil
		}
		parts = append(parts, separator, newline, one)
	}
	return parts, len(items), nil
}

var newline = []byte("\n")

// spares are files' bytes that nobody needs any more.
var spares sync.Pool // of *[]byte

// joined puts a file together in the bytes of one that was released.
func joined(head []byte, parts [][]byte, tail []byte) []byte {
	size := len(head) + len(tail)
	for _, p := range parts {
		size += len(p)
	}
	var b []byte
	if spare, ok := spares.Get().(*[]byte); ok {
		b = (*spare)[:0]
	}
	b = append(slices.Grow(b, size), head...)
	for _, p := range parts {
		b = append(b, p...)
	}
	return append(b, tail...)
}

// release gives back the bytes of a file that is written: those of a hundred
// thousand articles' feeds are 44 MB, more than there is room for at once.
func release(data []byte) { spares.Put(&data) }
