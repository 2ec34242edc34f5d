package feed

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/gorilla/feeds"
)

// declaration is xml.Header as gorilla/feeds writes it.
var declaration = strings.TrimSuffix(xml.Header, "\n")

// xmlFrame gives the frame of the feed's document without items, which ends with
// tail.
func (f *Feed) xmlFrame(d feeds.XmlFeed, tail string) (frame, error) {
	var b bytes.Buffer
	if err := feeds.WriteXML(d, &b); err != nil {
		return frame{}, err
	}
	root, begins := bytes.CutPrefix(b.Bytes(), []byte(declaration))
	root, ends := bytes.CutSuffix(root, []byte(tail))
	if !begins || !ends {
		return frame{}, fmt.Errorf("the document does not begin with %q and end with %q", declaration, tail)
	}
	head := slices.Concat([]byte(xml.Header+f.stylesheet()+"\n"), root)
	return frame{head, []byte(tail + "\n")}, nil
}

// workspace is what an item is encoded in. Items come by the thousand, and
// memory that each would ask for anew costs more than the work.
type workspace struct {
	html bytes.Buffer  // the content
	xml  bytes.Buffer  // the item
	out  *bufio.Writer // to xml; xml.Encoder would make one of its own
}

var workspaces = sync.Pool{New: func() any {
	w := new(workspace)
	w.out = bufio.NewWriter(&w.xml)
	return w
}}

// content gives the content of an item, until another's is asked for.
func (w *workspace) content(i *Item) []byte {
	w.html.Reset()
	i.writeContent(&w.html)
	return bytes.TrimPrefix(w.html.Bytes(), newline)
}

// marshalXML encodes an item, each of its lines indented by prefix.
func (w *workspace) marshalXML(item any, prefix string) ([]byte, error) {
	w.xml.Reset()
	w.out.Reset(&w.xml)
	e := xml.NewEncoder(w.out)
	e.Indent(prefix, "  ")
	if err := e.Encode(item); err != nil {
		return nil, err
	}
	return bytes.Clone(w.xml.Bytes()), nil
}
