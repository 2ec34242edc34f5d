package web

import (
	"cmp"
	"net/http"
	"reflect"
	"strings"

	"github.com/medigy/newsdesk/digest"
)

// readers is a list of those as whom an edition can be seen.
type readers struct {
	Asked string
	Rows  []readerRow
	More  bool
	Why   string // why there is no list, or ""
}

type readerRow struct {
	Name, Note string
	URL        string // of the edition as this reader gets it; "" of who gets none
	Chosen     bool
	Size       int
}

// listedReaders is how many readers a list shows.
const listedReaders = 12

// serveReaders finds subscribers by their address or name, and without a text
// lists the segments. The links name selections, not people: no address gets into
// a URL that somebody may pass on.
func (p *Preview) serveReaders(w http.ResponseWriter, r *http.Request) {
	v := p.show(askedFor(r))
	if v.now.desk.series(v.digest) == nil || v.now.desk.Readers == nil {
		http.Error(w, "Nothing is known of readers here.", http.StatusNotFound)
		return
	}
	list := readers{Asked: strings.TrimSpace(r.FormValue("q"))}
	found, err := v.now.desk.Readers(r.Context(), v.digest, list.Asked, listedReaders+1)
	if err != nil {
		list.Why = err.Error()
	}
	if list.More = len(found) > listedReaders; list.More {
		found = found[:listedReaders]
	}
	topic := v.now.desk.topicNames()
	for _, one := range found {
		list.Rows = append(list.Rows, newReaderRow(v, one, topic))
	}
	p.writeTemplate(w, http.StatusOK, "preview-readers.html", list)
}

func newReaderRow(v *shown, one Reader, topic func(slug string) string) readerRow {
	words := selectionWords(one.Selection, topic)
	row := readerRow{Name: words, Size: one.Size, Chosen: one.Why == "" && reflect.DeepEqual(one.Selection, v.selection)}
	if one.Address != "" {
		row.Name = cmp.Or(one.Name, one.Address)
		row.Note = cmp.Or(one.Why, words)
		if one.Name != "" {
			row.Note = one.Address + " · " + row.Note
		}
	}
	if one.Why == "" {
		row.URL = "/edition/" + v.digest + "/" + v.period + asked{selection: one.Selection}.selectionQuery()
	}
	return row
}

// selectionWords says what readers of a selection get: "Rural Care, in es".
func selectionWords(s digest.Selection, topic func(slug string) string) string {
	if len(s.Topics) == 0 && s.Language == "" {
		return "everything"
	}
	words := "all topics"
	if len(s.Topics) > 0 {
		names := make([]string, len(s.Topics))
		for i, slug := range s.Topics {
			names[i] = topic(slug)
		}
		words = strings.Join(names, ", ")
	}
	if s.Language != "" {
		words += ", in " + s.Language
	}
	return words
}
