package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
)

const w40 = "/edition/weekly/2021-W40"

// editor is somebody at the desk: a page that was loaded at one moment.
type editor struct {
	t    *testing.T
	p    *Preview
	file string // the version of the edition's file that the page shows
}

var fileAttr = regexp.MustCompile(`data-file="([^"]*)"`)

// open loads the page anew.
func (e *editor) open() *editor {
	e.t.Helper()
	m := fileAttr.FindStringSubmatch(get(e.p, w40).Body.String())
	if m == nil {
		e.t.Fatal("the page names no file")
	}
	e.file = m[1]
	return e
}

// post sends a form as the page does, and gives the answer.
func (e *editor) post(path string, fields ...string) (int, editAnswer) {
	e.t.Helper()
	form := url.Values{"file": {e.file}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r := httptest.NewRequest("POST", w40+path, strings.NewReader(form.Encode()))
	r.Host = "localhost:8025"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Desk-Token", e.p.options.Access.token())
	w := httptest.NewRecorder()
	e.p.ServeHTTP(w, r)
	var a editAnswer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		e.t.Fatalf("%d: %s", w.Code, w.Body)
	}
	if a.File != "" {
		e.file = a.File
	}
	return w.Code, a
}

// do makes a change that goes well.
func (e *editor) do(fields ...string) editAnswer {
	e.t.Helper()
	code, a := e.post("", fields...)
	if code != http.StatusOK {
		e.t.Fatalf("%q: %d %s", fields, code, a.Error)
	}
	return a
}

func (s *site) edition() string {
	s.t.Helper()
	data, err := os.ReadFile(s.path("content/editions/weekly/2021-W40.yaml"))
	if err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	return string(data)
}

func TestEditsAreInTheFile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		edits [][]string
		want  string // lines of the file, without its comment
	}{
		"texts":         {[][]string{{"do", "subject", "value", " Queues \n get interpreters"}, {"do", "intro", "value", "A *quiet*\r\nweek."}}, "subject: Queues get interpreters\nintro: |\n  A *quiet*\n  week.\n"},
		"text taken":    {[][]string{{"do", "subject", "value", "x"}, {"do", "subject", "value", ""}}, ""},
		"lead":          {[][]string{{"do", "lead", "article", "c.md"}}, "lead: c.md\n"},
		"lead by rule":  {[][]string{{"do", "lead", "article", "c.md"}, {"do", "unlead", "article", "c.md"}}, ""},
		"left out":      {[][]string{{"do", "lead", "article", "c.md"}, {"do", "exclude", "article", "c.md"}}, "exclude:\n  - c.md\n"},
		"brought back":  {[][]string{{"do", "exclude", "article", "c.md"}, {"do", "include", "article", "c.md"}}, ""},
		"taken in":      {[][]string{{"do", "include", "article", "a.md"}}, "include:\n  - a.md\n"},
		"pin":           {[][]string{{"do", "pin", "article", "c.md"}}, "lead: b.md\npins:\n  - c.md\n"},
		"pin taken":     {[][]string{{"do", "pin", "article", "c.md"}, {"do", "unpin", "article", "c.md"}, {"do", "unlead", "article", "b.md"}}, ""},
		"moved":         {[][]string{{"do", "move", "article", "c.md", "before", "e.md"}}, "order:\n  - c.md\n  - e.md\n  - f.md\n"},
		"moved to last": {[][]string{{"do", "move", "article", "f.md", "before", ""}}, "order:\n  - e.md\n  - c.md\n  - f.md\n"},
		"before a pin":  {[][]string{{"do", "pin", "article", "f.md"}, {"do", "move", "article", "c.md", "before", "f.md"}}, "lead: b.md\npins:\n  - c.md\n  - f.md\norder:\n  - c.md\n  - f.md\n  - e.md\n"},
		"pin below":     {[][]string{{"do", "pin", "article", "f.md"}, {"do", "move", "article", "f.md", "before", ""}}, "lead: b.md\norder:\n  - e.md\n  - c.md\n  - f.md\n"},
		"override":      {[][]string{{"do", "title", "article", "c.md", "value", "Prices"}, {"do", "image", "article", "c.md", "value", "none"}}, "articles:\n  c.md:\n    title: Prices\n    image: none\n"},
		"sponsor":       {[][]string{{"do", "sponsor", "name", "Acme", "text", "Buys", "url", "https://acme.example/"}}, "sponsor:\n  name: Acme\n  text: Buys\n  url: https://acme.example/\n"},
		"sponsor taken": {[][]string{{"do", "sponsor", "name", "Acme"}, {"do", "sponsor"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.article("e.md", "Wards at Home", "2021-10-08")
			s.article("f.md", "Nurses Return", "2021-10-06")
			e := (&editor{t: t, p: s.loaded()}).open()
			for _, fields := range test.edits {
				e.do(fields...)
			}
			got := s.edition()
			if _, rest, ok := strings.Cut(got, "rule holds.\n"); ok {
				got = rest
			}
			if got != test.want {
				t.Errorf("the file says\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestEditsThatCannotBe(t *testing.T) {
	e := (&editor{t: t, p: newSite(t).loaded()}).open()
	for _, fields := range [][]string{
		{"do", "dance", "article", "c.md"}, {"do", "lead", "article", "../x.md"}, {"do", "lead"},
		{"do", "image", "article", "c.md", "value", "javascript:alert(1)"}, {"do", "sponsor", "text", "Buys"},
		{"do", "sponsor", "name", "Acme", "url", "ftp://acme"}, {"do", "move", "article", "b.md", "before", "c.md"},
		{"do", "move", "article", "c.md", "before", "a.md"},
	} {
		if code, a := e.post("", fields...); code != http.StatusUnprocessableEntity || a.Error == "" {
			t.Errorf("%q: %d %q", fields, code, a.Error)
		}
	}
}

// Undo goes through what was done here and in a text editor, and takes the file
// away where there was none.
func TestUndo(t *testing.T) {
	s := newSite(t)
	e := (&editor{t: t, p: s.loaded()}).open()
	e.do("do", "subject", "value", "One")
	s.write("content/editions/weekly/2021-W40.yaml", "# mine\nsubject: Two\n")
	e.open()
	e.do("do", "preheader", "value", "Three")
	for _, want := range []string{"# mine\nsubject: Two\n", "subject: One\n", ""} {
		e.do("do", "undo")
		if got := s.edition(); !strings.HasSuffix(got, want) || want == "" && got != "" {
			t.Errorf("undone to %q, want %q", got, want)
		}
	}
	if code, _ := e.post("", "do", "undo"); code == http.StatusOK {
		t.Error("there is more to undo than was done")
	}
	e.do("do", "redo")
	e.do("do", "redo")
	if got := s.edition(); got != "# mine\nsubject: Two\n" {
		t.Errorf("redone to %q", got)
	}
	old := &editor{t: t, p: e.p, file: e.file}
	e.do("do", "subject", "value", "Four")
	if code, _ := old.post("", "do", "undo"); code != http.StatusConflict {
		t.Errorf("an undo of what its editor did not see answers %d", code)
	}
}

// Two editors: what touches other things goes in beside the other's; what does
// not is told with both texts, and the file keeps the first.
func TestTwoEditors(t *testing.T) {
	s := newSite(t)
	p := s.loaded()
	ada, bob := (&editor{t: t, p: p}).open(), (&editor{t: t, p: p}).open()
	ada.do("do", "subject", "value", "Ada's")
	if a := bob.do("do", "exclude", "article", "c.md"); !a.Merged {
		t.Error("bob is not told that his change went in beside ada's")
	}
	bob.file = absent
	code, a := bob.post("", "do", "subject", "value", "Bob's")
	if code != http.StatusConflict || a.Clash == nil || a.Clash.Mine != "Bob's" || a.Clash.Theirs != "Ada's" {
		t.Fatalf("%d %+v", code, a)
	}
	if got := s.edition(); !strings.Contains(got, "subject: Ada's\n") || !strings.Contains(got, "- c.md") {
		t.Errorf("the file says %s", got)
	}
	bob.file = a.Clash.File // having seen hers, he keeps his
	bob.do("do", "subject", "value", "Bob's")
	if got := s.edition(); !strings.Contains(got, "subject: Bob's\n") {
		t.Errorf("the file says %s", got)
	}
	// After a restart nobody knows what an old page was made from: what is there
	// is not written over.
	bob.p = s.loaded()
	bob.file = ada.file
	if code, _ := bob.post("", "do", "subject", "value", "Third"); code != http.StatusConflict {
		t.Errorf("an unknown version's change answers %d", code)
	}
}

// A file with faults is shown with its lines, and stays as it is.
func TestFaultyFile(t *testing.T) {
	s := newSite(t)
	p := s.loaded()
	e := (&editor{t: t, p: p}).open()
	e.do("do", "subject", "value", "Good")
	e.open()
	const broken = "subject: Better\nleed: c.md\n"
	s.write("content/editions/weekly/2021-W40.yaml", broken)
	page := get(p, w40)
	wantText(t, page.Body.String(), "weekly/2021-W40.yaml:2: leed: unknown key", "2 | leed: c.md", "data-broken")
	if page.Code != http.StatusOK || !strings.Contains(get(p, w40+"/digest.eml").Body.String(), "Subject: Good") {
		t.Error("the last good edition is gone")
	}
	for _, do := range []string{"subject", "preheader"} {
		if code, _ := e.post("", "do", do, "value", "x"); code != http.StatusUnprocessableEntity {
			t.Errorf("%s answers %d", do, code)
		}
	}
	if got := s.edition(); got != broken {
		t.Errorf("the file was changed to %q", got)
	}
}

func TestApproval(t *testing.T) {
	s := newSite(t)
	p := s.loaded()
	e := (&editor{t: t, p: p}).open()
	hash := func() string { return p.show(asked{digest: "weekly", period: "2021-W40"}).proof.Hash }
	if code, _ := e.post("/approve", "hash", "0", "by", "Ada"); code != http.StatusConflict {
		t.Errorf("what nobody saw is approved: %d", code)
	}
	if code, _ := e.post("/approve", "hash", hash()); code != http.StatusUnprocessableEntity {
		t.Errorf("nobody approves: %d", code)
	}
	if code, a := e.post("/approve", "hash", hash(), "by", "Ada"); code != http.StatusOK {
		t.Fatalf("%d %s", code, a.Error)
	}
	wantText(t, get(p, w40).Body.String(), `data-approval="approved"`, "Approved by <b>Ada</b>, 12 Oct 2021, 09:00")
	if got := s.edition(); !strings.Contains(got, "  by: Ada\n  at: 2021-10-12T09:00:00Z\n  hash: "+hash()) {
		t.Errorf("the file says %s", got)
	}
	e.do("do", "intro", "value", "Late news.")
	wantText(t, get(p, w40).Body.String(), `data-approval="changed"`, "Changed since approval")
	wantText(t, get(p, w40+"/changes?against=approved").Body.String(), "Approved by Ada", "Late news.")
	if code, _ := e.post("/approve", "do", "withdraw"); code != http.StatusOK {
		t.Error("the approval can't be withdrawn")
	}
	wantText(t, get(p, w40).Body.String(), `data-approval="open"`)
}

// An edition whose pictures are being made is not there yet, and is not approved.
func TestPicturesAreBeingMade(t *testing.T) {
	p := newSite(t).loaded()
	desk := *p.state.now().desk
	desk.Render = func(Wanted) (*Proof, error) { return nil, &Making{Done: 3, Total: 30} }
	e := (&editor{t: t, p: p}).open()
	p.state.replace(&desk, nil)
	wantText(t, get(p, w40).Body.String(), "Pictures for what has changed are being made", "data-again") // beside the last one
	if code, _ := e.post("/approve", "hash", "0", "by", "Ada"); code != http.StatusUnprocessableEntity {
		t.Errorf("it is approved: %d", code)
	}
	w39 := get(p, "/edition/weekly/2021-W39").Body.String()
	wantText(t, w39, "Making its pictures…", "3 of 30", "data-again")
	if strings.Contains(w39, "could not be rendered") {
		t.Error("it is told as an error")
	}
}

func TestSearch(t *testing.T) {
	p := newSite(t).loaded()
	page := get(p, w40+"/search?q=fail+GATE").Body.String()
	wantText(t, page, "Gateways Fail Quietly", "published before the period", "Add")
	if strings.Contains(page, "Payers") {
		t.Error("finds what was not asked for")
	}
	wantText(t, get(p, w40+"/search?q=%3Cb%3E").Body.String(), "No article has these words")
}

func TestSeenBy(t *testing.T) {
	s := newSite(t)
	s.article("e.md", "Hogar", "2021-10-08", "language: es")
	p := s.loaded()
	whole := get(p, w40+"/digest.txt").Body.String()
	part := get(p, w40+"/digest.txt?language=es").Body.String()
	if !strings.Contains(whole, "Payers") || strings.Contains(part, "Payers") || !strings.Contains(part, "Hogar") {
		t.Errorf("readers of Spanish get\n%s", part)
	}
	wantText(t, get(p, w40+"?language=es").Body.String(), "Seen by readers of <b>es</b>", "view.html?language=es")
	wantText(t, get(p, w40+"?language=fr").Body.String(), "This segment gets nothing")
	wantText(t, get(p, "/edition/monthly/2021-10").Body.String(), "October 2021", "The Month")
}
