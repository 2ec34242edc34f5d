package web

import (
	"net/http"
	"strings"

	"github.com/medigy/newsdesk/internal/mailcheck"
)

// panel is what the views show that the page fetches when they are looked at: most
// of what there is to say of a mail, and seldom wanted.
type panel struct {
	Base, Query string
	Text        string
	Header      []headerField
	Source      []sourceLine // of the HTML
	Mail        *mailView
}

// servePanel serves what is in a view: text, source or clients.
func (p *Preview) servePanel(w http.ResponseWriter, r *http.Request) {
	v, ok := p.wantProof(w, r)
	if !ok {
		return
	}
	issue := v.proof.Issue
	data := panel{Base: "/edition/" + v.digest + "/" + v.period, Query: v.selectionQuery()}
	switch r.PathValue("name") {
	case "text":
		data.Text = string(issue.Text)
	case "source":
		data.Header, _, _ = readHeader(v.proof.EML)
		data.Source = sourceLines(string(issue.HTML))
	case "clients":
		data.Mail = v.proof.mailView(v.now.desk.Own)
	default:
		http.NotFound(w, r)
		return
	}
	p.writeTemplate(w, http.StatusOK, "panel-"+r.PathValue("name"), data)
}

// sourceLine is a line of the HTML. Clip is true of the one in which Gmail's
// clipping begins.
type sourceLine struct {
	Text string
	Clip bool
}

func sourceLines(html string) []sourceLine {
	var all []sourceLine
	at := 0
	for line := range strings.Lines(html) {
		clip := at < mailcheck.ClipSize && at+len(line) >= mailcheck.ClipSize
		all = append(all, sourceLine{strings.TrimSuffix(line, "\n"), clip})
		at += len(line)
	}
	return all
}
