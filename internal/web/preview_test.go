package web

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/templates"
)

// get asks a preview as a browser on this machine does.
func get(p http.Handler, url string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", url, nil)
	r.Host = "localhost:8025"
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}

func wantText(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
}

func TestOpensOnTheNewestFinishedEdition(t *testing.T) {
	p := newSite(t).loaded()
	w := get(p, "/")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/edition/weekly/2021-W40" {
		t.Fatalf("GET / answers %d to %q, want 303 to /edition/weekly/2021-W40", w.Code, w.Header().Get("Location"))
	}
	page := get(p, "/edition/weekly/2021-W40").Body.String()
	wantText(t, page,
		"4–10 October 2021",
		"Interpreters Join the Queue", "Payers Publish Prices", // in
		"Gateways Fail Quietly", "published before the period", // out, with the reason
		`href="/edition/weekly/2021-W39"`, `href="/edition/weekly/2021-W41"`, // older, newer
		"Medigy &lt;News&gt;", // sender in the inbox row
	)
}

func TestAsksForAnEditionWithoutScript(t *testing.T) {
	p := newSite(t).loaded()
	for url, want := range map[string]string{
		"/?edition=2021-W39":           "/edition/weekly/2021-W39",
		"/?edition=1999-W01":           "/edition/weekly/2021-W40",
		"/?edition=//evil.example/%0A": "/edition/weekly/2021-W40",
	} {
		if got := get(p, url).Header().Get("Location"); got != want {
			t.Errorf("%s leads to %q, want %q", url, got, want)
		}
	}
}

// What the files hold and what the hash is of are the bytes that are sent.
func TestExactBytes(t *testing.T) {
	s := newSite(t)
	p := s.loaded()
	desk, err := s.load(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := desk.Render(Wanted{Digest: "weekly", Period: desk.Digests[0].Periods[1]})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		bytes     []byte
		mediaType string
	}{
		"digest.html": {proof.Issue.HTML, "text/html; charset=utf-8"},
		"digest.txt":  {proof.Issue.Text, "text/plain; charset=utf-8"},
		"digest.eml":  {proof.EML, "message/rfc822"},
	} {
		w := get(p, "/edition/weekly/2021-W40/"+name)
		if !bytes.Equal(w.Body.Bytes(), want.bytes) {
			t.Errorf("%s is not what is sent", name)
		}
		if got := w.Header().Get("Content-Type"); got != want.mediaType {
			t.Errorf("%s is served as %q, want %q", name, got, want.mediaType)
		}
	}
	wantText(t, get(p, "/edition/weekly/2021-W40").Body.String(), proof.Hash)
	if got := get(p, "/edition/weekly/2021-W40/digest.eml").Header().Get("Content-Disposition"); got != `attachment; filename="weekly-2021-W40.eml"` {
		t.Errorf("Content-Disposition: %s", got)
	}
}

// The frame shows the same bytes but for the addresses of local images and the
// one element that sends links to a new tab.
func TestFrameShowsLocalImages(t *testing.T) {
	p := newSite(t).loaded()
	sent := get(p, "/edition/weekly/2021-W40/digest.html").Body.String()
	framed := get(p, "/edition/weekly/2021-W40/view.html").Body.String()
	const away, here = `src="https://www.medigy.com/images/news/queue.png"`, `src="/images/queue.png"`
	if !strings.Contains(sent, away) {
		t.Fatalf("the mail has no %s", away)
	}
	want := strings.ReplaceAll(sent, away, here)
	want = strings.Replace(want, "<head>", `<head><base target="_blank">`, 1)
	if framed != want {
		t.Errorf("the frame differs from the mail in more than its images")
	}
	if w := get(p, "/images/queue.png"); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/png" {
		t.Errorf("the image answers %d as %q", w.Code, w.Header().Get("Content-Type"))
	}
}

func TestNothingElseIsServed(t *testing.T) {
	s := newSite(t)
	s.write("secret.txt", "secret")
	p := s.loaded()
	for _, url := range []string{
		"/edition/weekly/2021-W01/digest.html", "/edition/weekly/2021-W40/other", "/images/", "/images/absent.png",
		"/images/..%2fsecret.txt", "/assets/..%2fpreview.html", "/assets/absent.js", "/preview.html",
	} {
		if w := get(p, url); w.Code != http.StatusNotFound && w.Code != http.StatusBadRequest {
			t.Errorf("GET %s answers %d: %.80s", url, w.Code, w.Body)
		}
	}
	r := httptest.NewRequest("POST", "http://localhost/edition/weekly/2021-W40", nil)
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Errorf("POST without the page's token answers %d", w.Code)
	}
}

// An error keeps the last good edition in view, and says what is wrong.
func TestErrorsKeepTheLastGoodEdition(t *testing.T) {
	for name, break_ := range map[string]func(*site){
		"load":   func(s *site) { s.write("broken", "config.yaml:3: site.<b>: unknown key") },
		"parse":  func(s *site) { s.write("templates/digest.txt", "{{") },
		"render": func(s *site) { s.write("templates/digest.txt", "{{.Nothing}}") },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			p := s.loaded()
			good := get(p, "/edition/weekly/2021-W40/digest.html").Body.String()
			break_(s)
			p.load(t.Context(), nil)
			w := get(p, "/edition/weekly/2021-W40")
			if w.Code != http.StatusOK {
				t.Errorf("the page answers %d", w.Code)
			}
			wantText(t, w.Body.String(), `role="alert"`, "Interpreters Join the Queue", map[string]string{
				"load":   "config.yaml:3: site.&lt;b&gt;: unknown key",
				"parse":  "digest.txt:1",
				"render": "digest.txt:1:2",
			}[name])
			if got := get(p, "/edition/weekly/2021-W40/digest.html").Body.String(); got != good {
				t.Error("the mail is no longer the last good one")
			}
		})
	}
}

// A site's own folder replaces any of the page's templates, and only those.
func TestOwnTemplates(t *testing.T) {
	s := newSite(t)
	s.write("own/partials/preview-keys.html", "Our own keys")
	p, err := NewPreview(PreviewOptions{Load: s.load, Templates: templates.FS(os.DirFS(s.path("own")))})
	if err != nil {
		t.Fatal(err)
	}
	p.load(t.Context(), nil)
	wantText(t, get(p, "/edition/weekly/2021-W40").Body.String(), "Our own keys", "Payers Publish Prices")
	if w := get(p, "/assets/preview.js"); w.Code != http.StatusOK {
		t.Errorf("the script answers %d", w.Code)
	}

	s.write("own/preview.html", "{{")
	if _, err := NewPreview(PreviewOptions{Load: s.load, Templates: templates.FS(os.DirFS(s.path("own")))}); err == nil || !strings.Contains(err.Error(), "preview.html:1") {
		t.Errorf("a broken page gives %v, want an error with its file and line", err)
	}
}

func TestNothingToShow(t *testing.T) {
	empty := func() *Desk { return &Desk{Report: corpus.Report{Files: 3}} }
	w40 := []Series{{Name: "weekly", Periods: []digest.Period{{Name: "2021-W40"}}}}
	for _, test := range []struct {
		name, url string
		desk      *Desk
		err       error
		code      int
		want      string
	}{
		{"no articles", "/", empty(), nil, 200, "No articles yet"},
		{"no desk", "/", nil, errors.New("content: no such folder"), 200, "content: no such folder"},
		{"other week", "/edition/weekly/2021-W01", &Desk{Digests: w40}, nil, 404, "There is no edition 2021-W01"},
		{"hostile digest", "/edition/%3Cb%3E/2021-W40", empty(), nil, 404, "There is no digest &lt;b&gt;"},
		{"empty edition", "/edition/weekly/2021-W40", &Desk{Digests: w40, Render: func(w Wanted) (*Proof, error) {
			return &Proof{Edition: &digest.Edition{Period: w.Period}}, nil
		}}, nil, 200, "This edition is empty"},
		{"never rendered", "/edition/weekly/2021-W40", &Desk{Digests: w40, Render: func(Wanted) (*Proof, error) {
			return nil, errors.New("digest.html:7: unexpected EOF")
		}}, nil, 500, "digest.html:7: unexpected EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newSite(t).preview()
			wantText(t, get(p, "/").Body.String(), "Loading")
			p.state.replace(test.desk, test.err)
			w := get(p, test.url)
			if w.Code != test.code {
				t.Errorf("answers %d, want %d", w.Code, test.code)
			}
			wantText(t, w.Body.String(), test.want)
		})
	}
}

// hostile closes whatever it may stand in and calls a script.
const hostile = `"'></script></title></textarea></iframe></pre><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}`

func TestHostileContentStaysText(t *testing.T) {
	s := newSite(t)
	s.article("x.md", hostile, "2021-10-06", "featuredImage: { href: "+`"javascript:alert(1)"`+" }", "author: "+`"<script>"`)
	p := s.loaded()
	now := p.state.now()
	desk := *now.desk
	desk.Site = hostile
	desk.Report.Findings = []corpus.Finding{{Path: hostile, Field: hostile, Text: hostile}}
	desk.Report.LeftOut = []corpus.LeftOut{{Path: hostile, Reason: hostile}}
	p.state.replace(&desk, nil)
	p.state.replace(nil, errors.New(hostile))

	w := get(p, "/edition/weekly/2021-W40")
	root, err := html.Parse(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for n := range root.Descendants() {
		if n.Type == html.TextNode && strings.Contains(n.Data, `<script>alert(1)</script>`) {
			shown++
		}
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(a.Val, "javascript:") {
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
			if n.Data == "script" && (a.Key != "src" || !strings.HasPrefix(a.Val, "/assets/preview")) {
				t.Errorf("<script %s=%q>", a.Key, a.Val)
			}
		}
	}
	// Title, brand, stories, findings, files left out, decisions, the error,
	// the mail's text and its source.
	if shown < 9 {
		t.Errorf("the hostile text is shown as text in %d places, want 9 or more", shown)
	}
}
