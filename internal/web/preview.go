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
	"strconv"

	"github.com/medigy/newsdesk/internal/watch"
)

// Options say what a preview shows and what it watches.
type Options struct {
	// Load reads content, templates and configuration anew. It is called when
	// Run begins, after every change and at Desk.Due, never twice at a time, with
	// the absolute paths that changed, or nil if anything may have. Its errors are shown on the
	// page.
	Load func(ctx context.Context, changed []string) (*Desk, error)

	// Watch are the files and folders whose change calls for a new Load:
	// folders with all that is below them. What is not there yet is watched
	// for.
	Watch []string

	Clock     watch.Clock  // for Desk.Due
	Templates fs.FS        // see package templates
	Hosts     []string     // host names answered to beside localhost and loopback addresses
	Log       *slog.Logger // nil is slog.DiscardHandler
}

// Preview is the editors' page: an http.Handler to be served on loopback, and
// Run, which keeps it up to date.
type Preview struct {
	options Options
	page    *template.Template
	handler http.Handler
	log     *slog.Logger
	state   state
	pages   broadcast
}

// pageTemplates are named one by one: a site's own folder of templates may have
// some of them, and then a pattern would find only those.
var pageTemplates = []string{
	"preview.html",
	"partials/preview-checks.html",
	"partials/preview-devices.html",
	"partials/preview-edition.html",
	"partials/preview-icons.html",
	"partials/preview-keys.html",
	"partials/preview-mail.html",
}

// NewPreview makes a preview that shows "loading" until Run has loaded its first
// desk. Only broken templates of the page itself are an error: a Load that fails
// is shown on the page, which is where it will be seen to work again.
func NewPreview(o Options) (*Preview, error) {
	if o.Load == nil || o.Templates == nil {
		return nil, errors.New("web: a preview needs Options.Load and Options.Templates")
	}
	page, err := template.ParseFS(o.Templates, pageTemplates...)
	if err != nil {
		return nil, err
	}
	p := &Preview{options: o, page: page, log: cmp.Or(o.Log, slog.New(slog.DiscardHandler))}
	p.handler = guard(o.Hosts, p.routes())
	return p, nil
}

// ServeHTTP answers only GET and HEAD, and only to hosts that are this machine.
func (p *Preview) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

func (p *Preview) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.serveNewest)
	mux.HandleFunc("GET /edition/{period}", p.servePage)
	mux.HandleFunc("GET /edition/{period}/view.html", p.serveView)
	mux.HandleFunc("GET /edition/{period}/digest.html", p.servePart("text/html; charset=utf-8",
		func(proof *Proof) []byte { return proof.Issue.HTML }))
	mux.HandleFunc("GET /edition/{period}/digest.txt", p.servePart("text/plain; charset=utf-8",
		func(proof *Proof) []byte { return proof.Issue.Text }))
	mux.HandleFunc("GET /edition/{period}/digest.eml", p.servePart("message/rfc822",
		func(proof *Proof) []byte { return proof.EML }))
	mux.HandleFunc("GET /edition/{period}/images/{name}", p.servePicture)
	mux.HandleFunc("GET /images/{name...}", p.serveImage)
	mux.HandleFunc("GET /assets/{name}", p.serveAsset)
	mux.HandleFunc("GET /events", p.serveEvents)
	return mux
}

// serveNewest leads to an edition: the one that the form asks for, in a browser
// without script, or the newest. Without any it shows the empty desk.
func (p *Preview) serveNewest(w http.ResponseWriter, r *http.Request) {
	now := p.state.now()
	name := now.desk.latest()
	if asked := r.FormValue("edition"); asked != "" {
		if _, ok := now.desk.week(asked); ok {
			name = asked
		}
	}
	if name == "" {
		p.writePage(w, http.StatusOK, newPage(now, "", nil, nil))
		return
	}
	http.Redirect(w, r, "/edition/"+name, http.StatusSeeOther)
}

func (p *Preview) servePage(w http.ResponseWriter, r *http.Request) {
	now := p.state.now()
	name := r.PathValue("period")
	proof, err := p.proof(name)
	status := http.StatusOK
	switch {
	case proof != nil: // with an error it is the last good one
	case err != nil:
		status = http.StatusInternalServerError
	default:
		status = http.StatusNotFound
	}
	p.writePage(w, status, newPage(now, name, proof, err))
}

// servePart serves bytes of the issue as they are sent: these, and not what the
// frame shows, are what the hash is of.
func (p *Preview) servePart(mediaType string, part func(*Proof) []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		proof, ok := p.wantProof(w, r)
		if !ok {
			return
		}
		w.Header().Set("Content-Security-Policy", mailPolicy("sandbox allow-popups"))
		if mediaType == "message/rfc822" {
			// The name is one of Desk.Editions, never what the URL says.
			w.Header().Set("Content-Disposition", `attachment; filename="`+r.PathValue("period")+`.eml"`)
		}
		writeBytes(w, mediaType, part(proof))
	}
}

// wantProof finds the proof that a request is for, or answers that there is
// none.
func (p *Preview) wantProof(w http.ResponseWriter, r *http.Request) (*Proof, bool) {
	proof, err := p.proof(r.PathValue("period"))
	switch {
	case proof != nil && proof.Issue != nil:
		return proof, true // if need be the last good one, like the page
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
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

// writePage renders into memory first: a page is sent whole or not at all.
func (p *Preview) writePage(w http.ResponseWriter, status int, data *page) {
	var out bytes.Buffer
	if err := p.page.ExecuteTemplate(&out, "preview.html", data); err != nil {
		p.log.Error("the preview's own page", "error", err)
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(out.Bytes()) // an error here is a browser that went away
}
