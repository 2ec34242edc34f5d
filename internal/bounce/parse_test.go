package bounce

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite what the examples want")

func testKeys(t testing.TB, secrets ...string) *Keys {
	t.Helper()
	var list [][]byte
	for _, s := range secrets {
		list = append(list, bytes.Repeat([]byte(s), minKey))
	}
	k, err := NewKeys(list...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func testOptions(t testing.TB) Options {
	return Options{Address: "bounce@news.example", Unsubscribe: "unsub@news.example", Keys: testKeys(t, "k")}
}

// filled puts the tokens of subscriber 42 in edition 7 into an example.
func filled(t testing.TB, mail []byte) []byte {
	k, who := testKeys(t, "k"), Token{Edition: 7, Subscriber: 42}
	token := k.Sign(ForBounce, who)
	return []byte(strings.NewReplacer(
		"{TOKEN}", token,
		"{TOKENUPPER}", strings.ToUpper(token),
		"{FORGED}", testKeys(t, "x").Sign(ForBounce, who),
		"{UNSUBTOKEN}", k.Sign(ForUnsubscribe, who),
	).Replace(string(mail)))
}

type example struct {
	name, file string
	archive    *txtar.Archive
	mail       []byte
}

func examples(t testing.TB) []example {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	var list []example
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, example{strings.TrimSuffix(filepath.Base(file), ".txtar"), file, a, filled(t, a.Files[0].Data)})
	}
	return list
}

// show writes verdicts without their IDs, a line each.
func show(t testing.TB, verdicts []Verdict) string {
	var b strings.Builder
	for _, v := range verdicts {
		v.ID = ""
		var line bytes.Buffer
		e := json.NewEncoder(&line)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		b.WriteString(strings.Replace(line.String(), `"id":"",`, "", 1))
	}
	return b.String()
}

// TestParse holds what mails mean: testdata has one in each file, after a line that
// says what it shows.
func TestParse(t *testing.T) {
	for _, e := range examples(t) {
		t.Run(e.name, func(t *testing.T) {
			verdicts := Parse(e.mail, testOptions(t))
			got := show(t, verdicts)
			if *update {
				e.archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(e.file, txtar.Format(e.archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(e.archive.Files[1].Data); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			crlf := Parse(bytes.ReplaceAll(e.mail, []byte("\n"), []byte("\r\n")), testOptions(t))
			if !slices.Equal(crlf, verdicts) {
				t.Errorf("with CRLF\n%+v\nwant\n%+v", crlf, verdicts)
			}
		})
	}
}

// TestParseCut holds that a mail that ends anywhere makes nobody's address dead who is
// not in the whole, and that nothing panics.
func TestParseCut(t *testing.T) {
	o := testOptions(t)
	for _, e := range examples(t) {
		hard := map[string]bool{}
		for _, v := range Parse(e.mail, o) {
			hard[v.Address] = true
		}
		for n := 0; n < len(e.mail); n += 97 {
			for _, v := range Parse(e.mail[:n], o) {
				if v.Kind == Hard && v.Subscriber == 0 && len(hard) == 1 && !hard[v.Address] && !hard[""] && !isPrefix(v.Address, hard) {
					t.Errorf("%s, %d octets: %+v", e.name, n, v)
				}
			}
		}
	}
}

func isPrefix(address string, of map[string]bool) bool {
	for whole := range of {
		if strings.HasPrefix(whole, address) {
			return true
		}
	}
	return false
}

// TestParseLimits holds that hostile mails take little.
func TestParseLimits(t *testing.T) {
	o := testOptions(t)
	for name, mail := range map[string]string{
		"recipients": "Content-Type: message/delivery-status\n\n" + strings.Repeat("Final-Recipient: rfc822; a@b.example\nAction: failed\n\n", 15000),
		"failed":     "From: mailer-daemon@x\nX-Failed-Recipients: " + strings.Repeat("a@b.example,", 10000) + "\n\n" + strings.Repeat("x", 100000),
		"addresses":  "From: mailer-daemon@x\n\nundeliverable\n" + numbered("u%d@b.example\n550 no\n", 5000),
		"folded":     "Subject: x\n" + strings.Repeat(" a\n", 300000),
		"parts":      "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 100000),
		"nested":     strings.Repeat("Content-Type: message/rfc822\n\n", 30000),
		"boundaries": strings.Repeat("Content-Type: multipart/mixed; boundary=b\n\n--b\n", 20000),
		"tokens":     "To: " + strings.Repeat("bounce+aaaaaaaaaaaaaaaaaaaaaaaa@news.example,", 20000) + "\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			verdicts := Parse([]byte(mail), o)
			if len(verdicts) == 0 || len(verdicts) > maxRecipients {
				t.Errorf("%d verdicts", len(verdicts))
			}
			for _, v := range verdicts {
				if len(v.Diagnostic) > 500 {
					t.Errorf("diagnostic of %d octets", len(v.Diagnostic))
				}
			}
		})
	}
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestFailure shows what codes and words mean.
func TestFailure(t *testing.T) {
	for _, test := range []struct {
		said string
		want Kind
	}{
		{"550 5.1.1 User unknown", Hard},
		{"550 no such user", Hard},
		{"550 Requested action not taken: mailbox unavailable", Hard},
		{"550 5.7.1 No such user here", Hard},
		{"550 5.2.1 The email account that you tried to reach is disabled", Hard},
		{"556 5.1.10 Recipient domain has null MX", Hard},
		{"550 5.1.8 Sender address rejected: domain not found", Soft},
		{"552 5.2.2 Over quota", Soft},
		{"550 5.1.1 mailbox full", Soft},
		{"552 5.3.4 Message too big", Soft},
		{"554 5.4.6 Too many hops", Soft},
		{"550 5.7.26 This mail is unauthenticated (DMARC)", Soft},
		{"554 Message rejected as spam", Soft},
		{"550 blocked by policy", Soft},
		{"450 4.2.1 greylisted", Soft},
		{"421 try again later", Soft},
		{"554 5.0.0 Service unavailable, user unknown", Hard},
		{"something else", Soft},
		{"", Soft},
	} {
		v := Verdict{Diagnostic: test.said}
		v.Code, v.Reply = statusCodes("", test.said)
		if got := failure(v); got != test.want {
			t.Errorf("%q (code %q, reply %d) is %s, want %s", test.said, v.Code, v.Reply, got, test.want)
		}
	}
}

func TestFindAddress(t *testing.T) {
	for text, want := range map[string]string{
		`Ada <ada@Mail.Example>`:        "ada@mail.example",
		`<mailto:ada@mail.example>`:     "ada@mail.example",
		"to ada@mail.example.":          "ada@mail.example",
		"dörte@bücher.example":          "dörte@bücher.example",
		"a\x1bb@mail.example":           "b@mail.example", // nothing that a terminal obeys
		"ada@mail\u202e.example":        "ada@mail",
		strings.Repeat("é", 200) + "@x": strings.Repeat("é", 64) + "@x",
		"a@" + strings.Repeat("×", 255): "", // more octets than an address has
		"ada@":                          "", "@mail.example": "", "": "",
	} {
		if got := findAddress(text); got != want {
			t.Errorf("findAddress(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestParseUnbelieved holds that without keys nothing is proved, and nothing refused.
func TestParseUnbelieved(t *testing.T) {
	for _, e := range examples(t) {
		for _, v := range Parse(e.mail, Options{Address: "bounce@news.example"}) {
			if v.Subscriber != 0 || v.Kind == Refused {
				t.Errorf("%s: %+v", e.name, v)
			}
		}
	}
}

func BenchmarkParse(b *testing.B) {
	o := testOptions(b)
	for _, e := range examples(b) {
		if e.name == "postfix" || e.name == "exim-plain" {
			b.Run(e.name, func(b *testing.B) {
				for b.Loop() {
					Parse(e.mail, o)
				}
			})
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, e := range examples(f) {
		f.Add(e.mail)
	}
	o := testOptions(f)
	f.Fuzz(func(t *testing.T, mail []byte) {
		verdicts := Parse(mail, o)
		if len(verdicts) == 0 {
			t.Fatal("no verdict")
		}
		for _, v := range verdicts {
			if v.Kind == "" || v.ID == "" || len(v.ID) > 64 || len(v.Address) > maxAddress || strings.ContainsFunc(v.Address+v.Diagnostic+v.Reporter+v.MessageID+v.Feedback+v.Link, unicode.IsControl) || len(v.Diagnostic) > 500 {
				t.Errorf("%+v", v)
			}
			if v.Subscriber != 0 && v.Subscriber != 42 {
				t.Errorf("a token for %d was made up", v.Subscriber)
			}
		}
	})
}

// list keeps what it takes, each ID once.
type list struct {
	verdicts []Verdict
	ids      map[string]bool
	repeated int
	fail     error // is given back before anything is taken
	failAt   int   // so many verdicts before it
}

func (l *list) Take(_ context.Context, v Verdict) error {
	if l.fail != nil && len(l.verdicts) >= l.failAt {
		return l.fail
	}
	if l.ids[v.ID] {
		l.repeated++
		return nil
	}
	if l.ids == nil {
		l.ids = map[string]bool{}
	}
	l.ids[v.ID] = true
	l.verdicts = append(l.verdicts, v)
	return nil
}
