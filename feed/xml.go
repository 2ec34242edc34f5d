package feed

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"sync"

	"github.com/gorilla/feeds"
)

// xmlFrame gives the frame of a document without items, which ends with tail.
func xmlFrame(d feeds.XmlFeed, tail string) (frame, error) {
	var b bytes.Buffer
	if err := feeds.WriteXML(d, &b); err != nil {
		return frame{}, err
	}
	head, ok := bytes.CutSuffix(b.Bytes(), []byte(tail))
	if !ok {
		return frame{}, fmt.Errorf("the document does not end with %q", tail)
	}
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
