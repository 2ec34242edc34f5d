package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/medigy/newsdesk/corpus"
)

// found is a page of articles that a search found.
type found struct {
	Asked string
	Rows  []foundRow
	More  int
}

type foundRow struct {
	Title, Date, Path, Reason string
	In                        bool
}

// searched is how many articles a search shows.
const searched = 25

// serveSearch finds articles of the whole corpus whose title or path has all the
// words, and says of each why it is in the edition or not.
func (p *Preview) serveSearch(w http.ResponseWriter, r *http.Request) {
	v := p.show(askedFor(r))
	if v.proof == nil {
		http.Error(w, "There is no such edition.", http.StatusNotFound)
		return
	}
	f := found{Asked: strings.TrimSpace(r.FormValue("q"))}
	words := strings.Fields(strings.ToLower(f.Asked))
	for _, h := range v.now.desk.Heads {
		if len(words) == 0 || !hasWords(h, words) {
			continue
		}
		if len(f.Rows) == searched {
			f.More++
			continue
		}
		d := v.proof.Edition.Decision(h)
		f.Rows = append(f.Rows, foundRow{h.Title, h.Published.Format("2 Jan 2006"), h.Path, d.Reason, d.In})
	}
	p.writeTemplate(w, http.StatusOK, "preview-found.html", f)
}

func hasWords(h *corpus.Head, words []string) bool {
	text := strings.ToLower(h.Title + "\n" + h.Path)
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
}
