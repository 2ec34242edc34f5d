package numbers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	texttemplate "text/template"
	"time"

	"github.com/medigy/newsdesk/internal/colour"
	"github.com/medigy/newsdesk/internal/store"
)

// Pages makes HTML of numbers: the page of the editors' desk about the audience, and
// the report of an edition. A page is one file: its charts are SVG in it, it has no
// script and loads nothing, and every chart has a table.
type Pages struct {
	o      PageOptions
	pages  *template.Template
	style  template.CSS
	policy string

	mu       sync.Mutex
	overview *Overview // the last one that was shown, for freshFor
}

// PageOptions say how pages look, and for the desk where the numbers are.
type PageOptions struct {
	Templates fs.FS
	Site      string // its title
	Accent    string // #rrggbb

	Now  func() time.Time                             // in the site's zone
	Open func(ctx context.Context) (*store.DB, error) // for reading, for each page; or fs.ErrNotExist
}

// The grounds that accent text stands on: --panel of page-style.html.
const (
	panelLight = "#f5f2ec"
	panelDark  = "#1e2127"
)

// NewPages parses the templates.
func NewPages(o PageOptions) (*Pages, error) {
	p := &Pages{o: o}
	var err error
	p.pages, err = template.New("").Funcs(template.FuncMap{"style": func() template.CSS { return p.style }, "n": whole}).
		ParseFS(o.Templates, "numbers.html", "report.html", "numbers-none.html", "partials/numbers-parts.html")
	if err != nil {
		return nil, err
	}
	t, err := texttemplate.ParseFS(o.Templates, "partials/page-style.html", "partials/numbers-style.html")
	if err != nil {
		return nil, err
	}
	accents := struct{ Accent, AccentDark string }{
		colour.Readable(o.Accent, panelLight, "#000000"), colour.Readable(o.Accent, panelDark, "#ffffff"),
	}
	var b strings.Builder
	for _, name := range []string{"page-style.html", "numbers-style.html"} {
		if err := t.ExecuteTemplate(&b, name, accents); err != nil {
			return nil, err
		}
	}
	p.style = template.CSS(b.String())
	hash := sha256.Sum256([]byte(p.style))
	p.policy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) +
		"'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return p, nil
}

// Report makes the report of an edition, to be kept as a file.
func (p *Pages) Report(r *Report) ([]byte, error) {
	return p.render("report.html", newReportPage(r, p.head(r.Now, false)))
}

func (p *Pages) head(now time.Time, linked bool) head {
	return head{Site: p.o.Site, Asked: now.Format("2 January 2006, 15:04 MST"), Linked: linked}
}

func (p *Pages) render(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	err := p.pages.ExecuteTemplate(&b, name, data)
	return b.Bytes(), err
}

// ServeHTTP answers for /numbers and /numbers/DIGEST/PERIOD. Who may ask is the
// caller's to know.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page, status, err := p.page(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", p.policy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(page) // an error here is a browser that went away
}

func (p *Pages) page(r *http.Request) (page []byte, status int, err error) {
	ctx := r.Context()
	now := p.o.Now()
	none := func(status int, title, text string) ([]byte, int, error) {
		h := p.head(now, true)
		h.Title = title
		page, err := p.render("numbers-none.html", struct {
			head
			Text string
		}{h, text})
		return page, status, err
	}
	db, err := p.o.Open(ctx)
	if err == nil {
		defer db.Close()
		err = check(ctx, db)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return none(http.StatusOK, "No numbers yet", "There is no database. It is made when the first subscriber is added, or the first edition is sent.")
	case errors.Is(err, ErrOld):
		return none(http.StatusOK, "No numbers yet", "An older newsdesk made the database. Run “newsdesk stats” once to bring it up to date.")
	case err != nil:
		return none(http.StatusServiceUnavailable, "The numbers can’t be read", err.Error())
	}
	if r.PathValue("digest") == "" {
		o, err := p.overviewNow(ctx, db, now)
		if err != nil {
			return none(http.StatusServiceUnavailable, "The numbers can’t be read", err.Error())
		}
		h := p.head(o.Now, true)
		h.Title = "Numbers"
		page, err = p.render("numbers.html", newOverviewPage(o, h))
		return page, http.StatusOK, err
	}
	report, err := NewReport(ctx, db, r.PathValue("digest"), r.PathValue("period"), now)
	switch {
	case errors.Is(err, ErrNotFrozen):
		return none(http.StatusNotFound, "No report", fmt.Sprintf("Of edition %s/%s nothing was sent yet.", r.PathValue("digest"), r.PathValue("period")))
	case err != nil:
		return none(http.StatusServiceUnavailable, "The numbers can’t be read", err.Error())
	}
	page, err = p.render("report.html", newReportPage(report, p.head(now, true)))
	return page, http.StatusOK, err
}

// freshFor is how old the page about the audience is at most: to count a million
// subscribers takes a second.
const freshFor = 30 * time.Second

// What the page about the audience shows: a year, and as many editions as a year has
// weeks.
const (
	pageDays     = 52 * 7
	pageEditions = 52
)

func (p *Pages) overviewNow(ctx context.Context, db *store.DB, now time.Time) (*Overview, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o := p.overview; o != nil && now.Sub(o.Now) >= 0 && now.Sub(o.Now) < freshFor {
		return o, nil
	}
	o, err := NewOverview(ctx, db, now, pageDays, "", pageEditions)
	if err == nil {
		p.overview = o
	}
	return o, err
}
