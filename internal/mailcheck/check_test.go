package mailcheck

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// page puts a body into a mail in which nothing else is wrong.
func page(body string) string {
	return `<!DOCTYPE html>
<html lang="en" dir="ltr"><head><title>t</title></head>
<body><div lang="en" dir="ltr"><h1>News</h1>
` + body + `
<a href="https://a.example.org/u">Unsubscribe</a></div></body></html>`
}

const bodyLine = 4 // of page

func TestCheckHTML(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"nothing", `<p>Good.</p>`, ""},
		{"script", `<script>alert(1)</script>`, "error client-removed"},
		{"flex", `<p style="display:flex">a</p>`, "warning client-css-display-flex"},
		{"flex under a condition", `<style>@media (min-width:600px){p{display:flex}}</style>`, ""},
		{"corner", `<p style="border-radius:4px">a</p>`, ""},
		{"webp", `<img src="https://a.example.org/a.webp" alt="" width="9">`, "warning client-image-webp"},
		{"variable", `<p style="color:var(--x)">a</p>`, "warning client-css-variables"},
		{"broken CSS", `<style>p{color:red;}}} a{</style>`, "warning css-broken"},

		{"no address", `<a>go</a>`, "warning link-without-address"},
		{"empty link", `<a href="#">to the top</a>`, "error link-empty"},
		{"relative", `<a href="/news">News of today</a>`, "error link-relative"},
		{"script link", `<a href="javascript:alert(1)">Press</a>`, "error link-scheme"},
		{"blank in it", `<a href="https://a.example.org/a b">Press</a>`, "error link-broken"},
		{"home", `<a href="http://192.168.1.1/">Router</a>`, "error link-private"},
		{"own localhost", `<a href="http://preview.localhost:8080/x">Preview</a>`, "warning link-private"},
		{"localhost", `<a href="http://localhost:8080/x">Preview</a>`, "error link-private"},
		{"intranet", `<a href="https://wiki/x">Wiki</a>`, "warning link-private"},
		{"printer", `<a href="http://printer.local/">Printer</a>`, "warning link-private"},
		{"metadata", `<a href="http://169.254.169.254/">Cloud</a>`, "error link-private"},
		{"short", `<a href="https://bit.ly/x">Report</a>`, "warning link-shortener"},
		{"own over http", `<a href="http://news.example.net/">Ours</a>`, "warning link-not-encrypted"},
		{"other over http", `<a href="http://other.example.com/">Theirs</a>`, ""},
		{"says nothing", `<a href="https://a.example.org/">Read more…</a>`, "warning link-vague"},
		{"silent", `<a href="https://a.example.org/"><img src="https://a.example.org/a.png" alt="" width="9"></a>`, "warning link-silent"},
		{"silent, heard elsewhere", `<a href="https://a.example.org/" aria-hidden="true"><img src="https://a.example.org/a.png" alt="" width="9"></a>`, ""},
		{"phishing", `<a href="https://evil.example.com/">www.bank.example.org</a>`, "warning link-disguised"},
		{"itself", `<a href="https://www.bank.example.org/x">bank.example.org</a>`, ""},

		{"no alt", `<img src="https://a.example.org/a.png" width="9">`, "error image-without-alt"},
		{"no width", `<img src="https://a.example.org/a.png" alt="">`, "warning image-without-width"},
		{"data", `<img src="data:image/png;base64,AA" alt="" width="9">`, "error image-data, warning client-image-base64"},
		{"relative image", `<img src="/a.png" alt="" width="9">`, "error image-address"},
		{"embedded", `<img src="cid:a@b" alt="A lamp" width="9">`, ""},
		{"file's name", `<img src="https://a.example.org/a.png" alt="IMG_2.JPG" width="9">`, "warning image-alt-file"},
		{"tracker", `<img src="https://a.example.org/a.png" alt="" width="1" height="1">`, "warning image-pixel"},
		{"alt is the headline", `<div><img src="https://a.example.org/a.png" alt="Clinics share" width="9"><h2>Clinics share.</h2></div>`, "warning image-alt-repeats"},
		{"alt is another's headline", `<div><div><img src="https://a.example.org/a.png" alt="B" width="9"><h2>A</h2></div><h2>B</h2></div>`, ""},

		{"grey on white", `<p style="color:#bbbbbb">pale</p>`, "error contrast-light, warning contrast-inverted"},
		{"inherited", `<div style="background:#0b6e75"><p style="color:#0b6e76">gone</p></div>`, "error contrast-light, warning contrast-inverted"},
		{"large", `<p style="color:#888888;font-size:24px">large</p>`, ""},
		{"not shown", `<p style="color:#ffffff;display:none">hidden</p>`, ""},
		{"by class", `<style>.pale{color:#ccc}</style><p class="x pale">pale</p>`, "error contrast-light, warning contrast-inverted"},
		{"dark", `<style>@media (prefers-color-scheme:dark){.p{background-color:#111111!important}}</style><p class="p" style="color:#000000;background-color:#ffffff">a</p>`, "error contrast-dark"},
		{"dark as it should be", `<style>@media (prefers-color-scheme:dark){.p{background-color:#111111!important;color:#eeeeee!important}}</style><p class="p" style="color:#000000;background-color:#ffffff">a</p>`, ""},

		{"small", `<p style="font-size:9px">small</p>`, "warning access-small"},
		{"justified", `<p style="text-align:justify">a</p>`, "warning access-justify"},
		{"table", `<table><tr><td>a</td></tr></table>`, "warning access-table"},
		{"table of data", `<table><tr><th>a</th></tr></table>`, ""},
		{"level", `<h3>deep</h3>`, "warning access-heading-order"},
		{"old", `<center>a</center>`, ""},

		{"template", `<p><no value></p><p>%!s(int=3)</p>`, "warning left-template, warning left-template"},
		{"braces", `<p>{{.Name}}</p>`, "warning left-template"},
		{"unsafe", `<p style="color:ZgotmplZ">a</p>`, "error left-template"},
		{"about unsafe", `<p>How ZgotmplZ comes about</p>`, ""},
		{"placeholder", `<p>Lorem ipsum dolor</p>`, "warning left-placeholder"},
		{"mark", `<a href="https://mark.newsdesk.invalid/view">See it</a>`, ""},
		{"other mark", `<a href="https://mark.newsdesk.invalid/other">See it</a>`, "error left-mark, warning link-invalid"},
		{"disarmed mark", `<a href="https://a.example.org/?u=https://mark.invalid/view">https://mark.invalid/unsubscribe</a>`, "warning link-disguised"},
		{"invalid", `<a href="https://mark.invalid/view">See it</a>`, "warning link-invalid"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := Mail{Subject: "Clinics", Preheader: "share", HTML: []byte(page(test.body)), Own: []string{"example.net", "preview.localhost"}, Marks: []string{"https://mark.newsdesk.invalid/view"}}
			var got []string
			for _, f := range Check(m) {
				if f.Severity == Note || f.Kind == "spam-images" {
					continue
				}
				got = append(got, fmt.Sprintf("%v %s", f.Severity, f.Kind))
				if f.Line != bodyLine {
					t.Errorf("%v: want line %d", f, bodyLine)
				}
			}
			if got := strings.Join(got, ", "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestCheckMail(t *testing.T) {
	const header = "From: N <n@example.org>\r\nTo: r@example.org\r\nSubject: s\r\nDate: Mon, 04 Oct 2021 07:00:00 -0400\r\nMessage-ID: <a@example.org>\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: text/html\r\nList-Id: <n.example.org>\r\nList-Unsubscribe: <https://example.org/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
	good := Mail{Subject: "Clinics share", Preheader: "And more", HTML: []byte(page("")), Text: []byte("News\n\nhttps://a.example.org/u\n"), Header: []byte(header)}
	for _, test := range []struct {
		name, want string
		change     func(*Mail)
	}{
		{"good", "", func(*Mail) {}},
		{"no subject", "error subject-empty", func(m *Mail) { m.Subject = " " }},
		{"line break", "error subject-control", func(m *Mail) { m.Subject = "a\r\nBcc: x" }},
		{"long subject", "note subject-long", func(m *Mail) { m.Subject = strings.Repeat("a ", 40) }},
		{"shouting", "warning spam-capitals", func(m *Mail) { m.Subject = "CLINICS SHARE" }},
		{"spam", "warning spam-marks, warning spam-words", func(m *Mail) { m.Subject = "Act now!!" }},
		{"an answer", "warning spam-reply", func(m *Mail) { m.Subject = "Re: our call" }},
		{"no preheader", "warning preheader-empty", func(m *Mail) { m.Preheader = "" }},
		{"preheader twice", "warning preheader-repeats", func(m *Mail) { m.Preheader = m.Subject }},
		{"no text", "error text-empty", func(m *Mail) { m.Text = []byte("\n") }},
		{"text without the link", "warning text-without-link", func(m *Mail) { m.Text = []byte("News\n") }},
		{"HTML in text", "warning text-markup", func(m *Mail) { m.Text = append([]byte("<p>News\n"), m.Text...) }},
		{"no way out", "error unsubscribe-missing", func(m *Mail) { m.HTML = []byte(strings.ReplaceAll(string(m.HTML), "Unsubscribe", "Bye")) }},
		{"no lang", "error access-lang", func(m *Mail) { m.HTML = []byte(strings.Replace(string(m.HTML), `lang="en"`, "", 1)) }},
		{"no title", "warning access-title", func(m *Mail) { m.HTML = []byte(strings.Replace(string(m.HTML), "<title>t</title>", "", 1)) }},
		{"large", "warning size", func(m *Mail) { m.HTML = []byte(page(strings.Repeat("<p>word</p>", 8000))) }},
		{"clipped", "error size", func(m *Mail) { m.HTML = []byte(page(strings.Repeat("<p>word</p>", 10000))) }},
		{"styles", "error size-style", func(m *Mail) {
			m.HTML = []byte(page("<style>" + strings.Repeat("p{color:#000000}\n", 1100) + "</style>"))
		}},
		{"no list header", "error header-unsubscribe", func(m *Mail) {
			m.Header = []byte(strings.Replace(header, "List-Unsubscribe: <https://example.org/u>\r\n", "", 1))
		}},
		{"no one click", "warning header-one-click", func(m *Mail) { m.Header = []byte(strings.Replace(header, "List-Unsubscribe-Post", "X-Post", 1)) }},
		{"no date", "error header-missing", func(m *Mail) { m.Header = []byte(strings.Replace(header, "Date:", "X-Date:", 1)) }},
		{"two", "error header-twice", func(m *Mail) { m.Header = []byte("Subject: x\r\n" + header) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := good
			test.change(&m)
			var got []string
			for _, f := range Check(m) {
				got = append(got, fmt.Sprintf("%v %s", f.Severity, f.Kind))
			}
			if got := strings.Join(got, ", "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestSections(t *testing.T) {
	source := page("<h2>One</h2>\n<p>12345</p>\n<h2>Two</h2>")
	sum := 0
	var names []string
	for _, s := range Sections([]byte(source)) {
		sum += s.Bytes
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " "); got != "Head Top One Two" || sum != len(source) {
		t.Errorf("got %s, %d bytes of %d", got, sum, len(source))
	}
}

func TestFeatures(t *testing.T) {
	for _, f := range Features([]byte(page(`<p style="margin-left:2px">a</p>`))) {
		if len(f.Support) != len(Clients()) {
			t.Errorf("%s: %q for %d clients", f.Slug, f.Support, len(Clients()))
		}
		if f.Slug == "css-margin" {
			return
		}
	}
	t.Error("margin is not found")
}

// FuzzCheck holds that no mail makes a check fall over, and that lines are
// those of the mail.
func FuzzCheck(f *testing.F) {
	f.Add(page(`<p style="color:#bbb;;}{">a</p><style>@media{a{b:c}}</style>`), "text")
	f.Add("<a><b></a></b><table><td><!--[if mso]><p><![endif]-->", "")
	for _, name := range []string{"sample.html", "sample.archive.html"} {
		if data, err := os.ReadFile(filepath.Join("..", "..", "digest", "testdata", name)); err == nil {
			f.Add(string(data), "text")
		}
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		m := Mail{Subject: "s", Preheader: "p", HTML: []byte(source), Text: []byte(text), Header: []byte(text)}
		for _, found := range Check(m) {
			if max := 1 + strings.Count(source, "\n"); found.Part == HTML && found.Line > max {
				t.Errorf("%v: there are %d lines", found, max)
			}
		}
		sum := 0
		for _, s := range Sections([]byte(source)) {
			sum += s.Bytes
		}
		if sum != len(source) {
			t.Errorf("the sections have %d bytes of %d", sum, len(source))
		}
		Features([]byte(source))
	})
}

func BenchmarkCheck(b *testing.B) {
	source, err := os.ReadFile("../../digest/testdata/sample.html")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Check(Mail{Subject: "s", Preheader: "p", HTML: source})
	}
}
