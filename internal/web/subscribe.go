package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	texttemplate "text/template"
	"time"

	"github.com/medigy/newsdesk/internal/colour"
	"github.com/medigy/newsdesk/internal/numbers"
	"github.com/medigy/newsdesk/internal/signup"
	"github.com/medigy/newsdesk/internal/words"
)

// NewsletterOptions say what the public pages of a newsletter show and allow.
type NewsletterOptions struct {
	Desk      *signup.Desk
	Templates fs.FS
	URL       string // of the pages, absolute; its path is where they are

	Title, Home string // of the site
	Voices      *words.Voices
	Accent      string // #rrggbb
	Privacy     string // URL of the privacy policy, or ""

	// What there is to choose from; of none or one there is no choice.
	Topics, Digests, Languages []Option

	Origins []string // of other sites that may embed the form or post to it: "https://www.example.org"
	PerHour int      // sign-ups of a network in an hour; 0 is no limit

	Now  func() time.Time
	Zone *time.Location // in which days begin

	// Totals are what /metrics tells of the database. To count takes a while: it
	// should not keep the pages' connection busy. nil counts by Desk.DB.
	Totals func(context.Context) (*numbers.Totals, error)

	Log *slog.Logger // nil is none
}

// Option is one choice.
type Option struct{ Value, Label string }

// Newsletter answers for the public pages on which people subscribe, confirm,
// choose, pause and unsubscribe. They need no script and set no cookie: the token
// in a link is the right to do what the link is for. To GET a page changes
// nothing.
//
// A page is in the language of the subscriber whose link it is, or else in that of
// ?lang=, which forms and letters hand on, or of the browser (Accept-Language), or
// the site's own.
type Newsletter struct {
	NewsletterOptions
	path   string // with a slash at its end
	origin string // of URL
	pages  map[string]*template.Template
	style  template.CSS
	accept *rateLimit

	metrics *newsletterMetrics

	policy, framed string // Content-Security-Policy, and that of the form
}

// newsletterPages are the templates.
var newsletterPages = []string{"subscribe.html", "confirm.html", "preferences.html", "unsubscribe.html", "notice.html"}

var newsletterFunctions = template.FuncMap{
	"in":     slices.Contains[[]string],
	"speaks": func(tag, language string) bool { return words.Primary(tag) == language },
}

// NewNewsletter parses the templates.
func NewNewsletter(o NewsletterOptions) (*Newsletter, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("the newsletter's URL %q is not absolute", o.URL)
	}
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	n := &Newsletter{
		NewsletterOptions: o, path: strings.TrimRight(u.Path, "/") + "/", origin: u.Scheme + "://" + u.Host,
		pages: map[string]*template.Template{}, accept: newRateLimit(o.PerHour),
	}
	if n.Totals == nil {
		n.Totals = n.totals
	}
	n.metrics = newNewsletterMetrics(n)
	for _, name := range newsletterPages {
		n.pages[name], err = template.New(name).Funcs(newsletterFunctions).
			ParseFS(o.Templates, name, "partials/newsletter-parts.html")
		if err != nil {
			return nil, err
		}
	}
	if err := n.makeStyle(); err != nil {
		return nil, err
	}
	return n, nil
}

// The grounds that accent text stands on, light and dark: --panel of
// page-style.html.
const (
	panelLight = "#f5f2ec"
	panelDark  = "#1e2127"
)

// makeStyle makes the style sheet and the policies, which allow it by its hash and
// nothing else.
func (n *Newsletter) makeStyle() error {
	t, err := texttemplate.ParseFS(n.Templates, "partials/page-style.html", "partials/newsletter-style.html")
	if err != nil {
		return err
	}
	accents := struct{ Accent, AccentDark string }{
		colour.Readable(n.Accent, panelLight, "#000000"), colour.Readable(n.Accent, panelDark, "#ffffff"),
	}
	var b strings.Builder
	for _, name := range []string{"page-style.html", "newsletter-style.html"} {
		if err := t.ExecuteTemplate(&b, name, accents); err != nil {
			return err
		}
	}
	n.style = template.CSS(b.String())
	hash := sha256.Sum256([]byte(n.style))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) +
		"'; form-action 'self'; base-uri 'none'; frame-ancestors "
	n.policy = policy + "'none'"
	n.framed = policy + cmp.Or(strings.Join(n.Origins, " "), "'none'")
	return nil
}

// Answers reports whether a path is one of the newsletter's.
func (n *Newsletter) Answers(path string) bool {
	rest, ok := strings.CutPrefix(path, n.path)
	if !ok {
		return false
	}
	action, token, deeper := strings.Cut(rest, "/")
	switch action {
	case "subscribe":
		return !deeper
	case "confirm", "preferences", "pause", "unsubscribe":
		return deeper && token != ""
	}
	return false
}

// withoutToken gives a path as a log may have it: whoever reads "/preferences/TOKEN"
// there could do what its owner can.
func (n *Newsletter) withoutToken(path string) string {
	if !n.Answers(path) {
		return path
	}
	action, _, deeper := strings.Cut(path[len(n.path):], "/")
	if !deeper {
		return path
	}
	return n.path + action + "/…"
}

// maxBody is how long a form is at most, in octets.
const maxBody = 16 << 10

// changeWithin is how long a change waits for the database.
const changeWithin = 30 * time.Second

// visit is one request for a page.
type visit struct {
	*Newsletter
	w      http.ResponseWriter
	r      *http.Request
	client netip.Addr
	token  string
	voice  *words.Voice
	asked  string // the language in ?lang=, if there are words in it, or ""
}

// hear finds out in what language to answer.
func (v *visit) hear() {
	if v.r.URL.RawQuery != "" {
		v.asked = words.First(v.r.URL.Query().Get("lang"))
	}
	if v.asked == "" {
		v.w.Header().Add("Vary", "Accept-Language")
	}
	v.voice = v.Voices.In(v.asked, words.Accept(v.r.Header.Get("Accept-Language")))
}

// serve answers a request from client, for a path for which Answers is true.
func (n *Newsletter) serve(w http.ResponseWriter, r *http.Request, client netip.Addr) {
	action, token, _ := strings.Cut(r.URL.Path[len(n.path):], "/")
	v := &visit{Newsletter: n, w: w, r: r, client: client, token: token}
	h := w.Header()
	for name, value := range map[string]string{
		"Content-Security-Policy": n.policy, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		"X-Robots-Tag": "noindex, nofollow", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
	} {
		h.Set(name, value)
	}
	if len(r.TransferEncoding) > 0 { // see Server.ServeHTTP
		h.Set("Connection", "close")
	}
	v.hear()
	methods := map[string]func(){http.MethodGet: v.getSubscribe, http.MethodPost: v.postSubscribe}
	switch action {
	case "subscribe":
		v.frame()
		methods[http.MethodOptions] = v.preflight
	case "confirm":
		methods = map[string]func(){http.MethodGet: v.getConfirm, http.MethodPost: v.postConfirm}
	case "preferences", "pause":
		methods = map[string]func(){http.MethodGet: v.getPreferences, http.MethodPost: v.postPreferences}
	case "unsubscribe":
		methods = map[string]func(){http.MethodGet: v.getUnsubscribe, http.MethodPost: v.postUnsubscribe}
	}
	methods[http.MethodHead] = methods[http.MethodGet]
	answer := methods[r.Method]
	if answer == nil {
		h.Set("Allow", "GET, HEAD, POST")
		v.notice(http.StatusMethodNotAllowed, v.voice.Words.Fails, h.Get("Allow"))
		return
	}
	if r.Method == http.MethodPost {
		// What has arrived is done, also for a mail program that hangs up after
		// its one-click POST.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), changeWithin)
		defer cancel()
		v.r = r.WithContext(ctx)
	}
	v.r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	answer()
}

// frame lets the configured sites show the form in a frame.
func (v *visit) frame() {
	if len(v.Origins) > 0 {
		v.w.Header().Del("X-Frame-Options")
		v.w.Header().Set("Content-Security-Policy", v.framed)
	}
}
