package web

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/watch"
)

// PreviewOptions say what a preview shows and what it watches.
type PreviewOptions struct {
	// Load reads content, templates and configuration anew. It is called when
	// Run begins, after every change and at Desk.Due, never twice at a time, with
	// the absolute paths that changed, or nil if anything may have. Its errors are
	// shown on the page. A change of edition files alone needs none.
	Load func(ctx context.Context, changed []string) (*Desk, error)

	// Watch are the files and folders whose change calls for a new Load:
	// folders with all that is below them. What is not there yet is watched
	// for.
	Watch []string

	Clock     watch.Clock  // for Desk.Due, and for when something was approved
	Templates fs.FS        // see package templates
	Access    Access       // who may use the page
	Log       *slog.Logger // nil is slog.DiscardHandler; what editors do is told to it
	Numbers   http.Handler // of /numbers and /numbers/DIGEST/PERIOD, or nil
}

// Preview is the editors' desk: an http.Handler, and Run, which keeps it up to
// date.
type Preview struct {
	options PreviewOptions
	page    *template.Template
	handler http.Handler
	log     *slog.Logger
	state   state
	files   editionFiles
	pages   broadcast[int]

	loading  sync.Mutex        // one load at a time
	progress broadcast[string] // how sending goes
	meters   meters
}

// pageTemplates are named one by one: a site's own folder of templates may have
// some of them, and then a pattern would find only those.
var pageTemplates = []string{
	"preview.html",
	"partials/preview-approve.html",
	"partials/preview-changes.html",
	"partials/preview-checks.html",
	"partials/preview-devices.html",
	"partials/preview-edition.html",
	"partials/preview-found.html",
	"partials/preview-icons.html",
	"partials/preview-inbox.html",
	"partials/preview-keys.html",
	"partials/preview-mail.html",
	"partials/preview-panels.html",
	"partials/preview-readers.html",
	"partials/preview-stories.html",
	"partials/desk-send.html",
}

// NewPreview makes a preview that shows "loading" until Run has loaded its first
// desk. Only broken templates of the page itself are an error: a Load that fails
// is shown on the page, which is where it will be seen to work again.
func NewPreview(o PreviewOptions) (*Preview, error) {
	if o.Load == nil || o.Templates == nil {
		return nil, errors.New("web: a preview needs PreviewOptions.Load and PreviewOptions.Templates")
	}
	page, err := template.ParseFS(o.Templates, pageTemplates...)
	if err != nil {
		return nil, err
	}
	p := &Preview{options: o, page: page, log: cmp.Or(o.Log, slog.New(slog.DiscardHandler))}
	p.handler = o.Access.guard(p.routes(), &throttle{now: p.time})
	return p, nil
}

// ServeHTTP answers only to hosts that are this machine or in PreviewOptions.Access,
// and what changes something only to the desk's own page.
func (p *Preview) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

func (p *Preview) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.serveNewest)
	mux.HandleFunc("GET /edition/{digest}/{$}", p.serveNewest)
	const edition = "/edition/{digest}/{period}"
	mux.HandleFunc("GET "+edition, p.servePage)
	mux.HandleFunc("POST "+edition, p.serveEdit)
	mux.HandleFunc("POST "+edition+"/approve", p.serveApprove)
	mux.HandleFunc("POST "+edition+"/test", p.serveTest)
	mux.HandleFunc("POST "+edition+"/send", p.serveSend)
	mux.HandleFunc("GET "+edition+"/search", p.serveSearch)
	mux.HandleFunc("GET "+edition+"/changes", p.serveChanges)
	mux.HandleFunc("GET "+edition+"/panel/{name}", p.servePanel)
	mux.HandleFunc("GET "+edition+"/readers", p.serveReaders)
	mux.HandleFunc("GET "+edition+"/view.html", p.serveView)
	mux.HandleFunc("GET "+edition+"/digest.html", p.servePart("text/html; charset=utf-8",
		func(proof *Proof) []byte { return proof.Issue.HTML }))
	mux.HandleFunc("GET "+edition+"/digest.txt", p.servePart("text/plain; charset=utf-8",
		func(proof *Proof) []byte { return proof.Issue.Text }))
	mux.HandleFunc("GET "+edition+"/digest.eml", p.servePart("message/rfc822",
		func(proof *Proof) []byte { return proof.EML }))
	mux.HandleFunc("GET "+edition+"/images/{name}", p.servePicture)
	mux.HandleFunc("GET /images/{name...}", p.serveImage)
	mux.HandleFunc("GET /assets/{name}", p.serveAsset)
	mux.HandleFunc("GET /events", p.serveEvents)
	if p.options.Numbers != nil {
		mux.Handle("GET /numbers", p.options.Numbers)
		mux.Handle("GET /numbers/{digest}/{period}", p.options.Numbers)
	}
	return mux
}

// askedFor reads which edition a request is for, and as whom it wants to see it.
func askedFor(r *http.Request) asked {
	a := asked{digest: r.PathValue("digest"), period: r.PathValue("period")}
	q := r.URL.Query()
	a.selection = digest.Selection{Language: strings.TrimSpace(q.Get("language"))}
	for _, list := range q["topics"] {
		for topic := range strings.SplitSeq(list, ",") {
			if topic = strings.TrimSpace(topic); topic != "" {
				a.selection.Topics = append(a.selection.Topics, topic)
			}
		}
	}
	slices.Sort(a.selection.Topics) // the same topics are the same selection
	a.selection.Topics = slices.Compact(a.selection.Topics)
	return a
}

// serveNewest leads to an edition: the one that the form asks for, in a browser
// without script, or the newest. Without any it shows the empty desk.
func (p *Preview) serveNewest(w http.ResponseWriter, r *http.Request) {
	now := p.state.now()
	var series *Series
	if now.desk != nil && len(now.desk.Digests) > 0 {
		series = &now.desk.Digests[0]
	}
	if asked := now.desk.series(cmp.Or(r.PathValue("digest"), r.FormValue("digest"))); asked != nil {
		series = asked
	}
	name := series.latest()
	if asked := r.FormValue("edition"); asked != "" {
		if _, ok := series.period(asked); ok {
			name = asked
		}
	}
	if name == "" {
		p.writePage(w, http.StatusOK, p.newPage(r, &shown{now: now}))
		return
	}
	http.Redirect(w, r, "/edition/"+series.Name+"/"+name, http.StatusSeeOther)
}

func (p *Preview) servePage(w http.ResponseWriter, r *http.Request) {
	v := p.show(askedFor(r))
	status := http.StatusOK
	switch {
	case v.proof != nil: // with an error it is the last good one
	case v.err != nil:
		status = http.StatusInternalServerError
	default:
		status = http.StatusNotFound
	}
	p.writePage(w, status, p.newPage(r, v))
}

// servePart serves bytes of the issue as they are sent: these, and not what the
// frame shows, are what the hash is of.
func (p *Preview) servePart(mediaType string, part func(*Proof) []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, ok := p.wantProof(w, r)
		if !ok {
			return
		}
		w.Header().Set("Content-Security-Policy", mailPolicy("sandbox allow-popups"))
		if mediaType == "message/rfc822" || r.FormValue("download") != "" {
			// The names are the desk's own, never what the URL says.
			ending := r.URL.Path[strings.LastIndexByte(r.URL.Path, '.'):]
			w.Header().Set("Content-Disposition", `attachment; filename="`+v.digest+"-"+v.period+ending+`"`)
		}
		writeBytes(w, mediaType, part(v.proof))
	}
}

// wantProof finds the issue that a request is for, or answers that there is
// none.
func (p *Preview) wantProof(w http.ResponseWriter, r *http.Request) (*shown, bool) {
	v := p.show(askedFor(r))
	switch {
	case v.proof != nil && v.proof.Issue != nil:
		return v, true // if need be the last good one, like the page
	case v.err != nil:
		http.Error(w, v.err.Error(), http.StatusInternalServerError)
	default:
		http.Error(w, "There is no such edition.", http.StatusNotFound)
	}
	return nil, false
}

func writeBytes(w http.ResponseWriter, mediaType string, data []byte) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.Write(data) // an error here is a browser that went away
}

func (p *Preview) writePage(w http.ResponseWriter, status int, data *page) {
	p.writeTemplate(w, status, "preview.html", data)
}

// writeTemplate renders into memory first: a page is sent whole or not at all.
func (p *Preview) writeTemplate(w http.ResponseWriter, status int, name string, data any) {
	var out bytes.Buffer
	if err := p.page.ExecuteTemplate(&out, name, data); err != nil {
		p.log.Error("the preview's own page", "error", err)
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(out.Bytes()) // an error here is a browser that went away
}
