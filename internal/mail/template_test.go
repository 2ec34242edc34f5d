package mail

import (
	"bytes"
	"flag"
	"html"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

const (
	markLeave = "https://mark.newsdesk.invalid/unsubscribe"
	markView  = "https://mark.newsdesk.invalid/view"
)

func sample() *Template {
	return &Template{
		From:       mail.Address{Name: "Medigy News", Address: "news@medigy.example"},
		ReplyTo:    mail.Address{Name: "The editors", Address: "desk@medigy.example"},
		Subject:    "Röntgen, “AI” and 12 more stories about hospitals that were attacked while nobody was looking at the logs",
		Date:       time.Date(2021, 10, 4, 6, 0, 0, 0, time.FixedZone("", -4*3600)),
		ListID:     "weekly.medigy.example",
		ListTitle:  "Medigy News",
		ArchivedAt: "https://www.medigy.example/digest/2021-W39/",
		FeedbackID: FeedbackID("weekly", "2021-W39", "medigy.example"),
		Language:   "en-US",
		OneClick:   true,
		Text: []byte("Medigy News\n\n.A line that begins with a dot, and “quotes”.\nFrom here on: " + strings.Repeat("long ", 300) +
			"\nleave: " + markLeave + "\n"),
		HTML: []byte("<!doctype html><html lang=\"en\"><p><a href=\"" + markView + "\">view</a> Röntgen = X-ray</p>" + strings.Repeat("x", 2000) +
			"<a href=\"" + markLeave + "\">leave</a></html>\n"),
		Marks: []string{markLeave, markView},
	}
}

func reader() *Recipient {
	leave := "https://news.medigy.example/unsubscribe/AbCdEf-0123456789_AbCdEf0123456789?a=1&b=2"
	values := []string{leave, "https://www.medigy.example/digest/2021-W39/"}
	return &Recipient{
		To:              mail.Address{Name: "Zoë Müller-Lüdenscheid, MD", Address: "zoe@example.org"},
		MessageID:       MessageID("weekly", "2021-W39", "zoe@example.org", "medigy.example"),
		ListUnsubscribe: []string{leave, "mailto:leave@medigy.example?subject=unsubscribe%20AbCdEf"},
		Text:            values,
		HTML:            []string{html.EscapeString(values[0]), html.EscapeString(values[1])},
	}
}

func compose(t testing.TB, m *Template, r *Recipient) []byte {
	t.Helper()
	e, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	data, err := e.Append(nil, r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// filled is what a part of a message must decode to: with the line breaks of
// mail, and then with the values, whose own line breaks are none of the part's.
func filled(part []byte, marks, values []string) string {
	var pairs []string
	for i := range marks {
		pairs = append(pairs, marks[i], values[i])
	}
	text := strings.ReplaceAll(strings.ReplaceAll(string(part), "\r\n", "\n"), "\n", "\r\n")
	return strings.NewReplacer(pairs...).Replace(text)
}

// TestAppendGolden is a message with all that one can have.
func TestAppendGolden(t *testing.T) {
	m := sample()
	m.Inline = []Inline{{"lead@medigy.example", "image/png", []byte(strings.Repeat("\x89PNG", 40))}}
	m.DKIM = []*Signer{rsaSigner(t), edSigner(t)}
	got := compose(t, m, reader())
	golden := filepath.Join("testdata", "message.eml")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the message differs from %s (look, then run with -update):\n%s", golden, got)
	}
}

// TestAppend reads a message as a mail reader would.
func TestAppend(t *testing.T) {
	m, r := sample(), reader()
	message := parse(t, compose(t, m, r))
	for name, want := range map[string]string{
		"Subject":               m.Subject,
		"Message-Id":            "<7a3gfhj5dokeclwcs7fntiovia@medigy.example>",
		"List-Id":               `"Medigy News" <weekly.medigy.example>`,
		"List-Unsubscribe":      "<" + strings.Join(r.ListUnsubscribe, ">, <") + ">",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"Archived-At":           "<https://www.medigy.example/digest/2021-W39/>",
		"Feedback-Id":           "2021-W39:weekly:digest:medigy-example",
		"Auto-Submitted":        "auto-generated",
		"Precedence":            "bulk",
		"Content-Language":      "en-US",
		"Mime-Version":          "1.0",
	} {
		if got := message.decoded(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]mail.Address{"From": m.From, "Reply-To": m.ReplyTo, "To": r.To} {
		if got, err := message.Header.AddressList(name); err != nil || len(got) != 1 || *got[0] != want {
			t.Errorf("%s = %v, error %v", name, got, err)
		}
	}
	if date, err := message.Header.Date(); err != nil || !date.Equal(m.Date) {
		t.Errorf("Date = %v, error %v", date, err)
	}
	for name, values := range message.Header {
		if len(values) != 1 || name == "User-Agent" || strings.HasPrefix(name, "X-") {
			t.Errorf("%s: %q", name, values)
		}
	}
	message.wantParts(filled(m.Text, m.Marks, r.Text), filled(m.HTML, m.Marks, r.HTML))
}

// TestAppendTwice: the same message at any time, and after any other.
func TestAppendTwice(t *testing.T) {
	e, err := sample().Encode()
	if err != nil {
		t.Fatal(err)
	}
	first, err := e.Append(nil, reader())
	if err != nil {
		t.Fatal(err)
	}
	other := reader()
	other.To = mail.Address{Name: strings.Repeat("Joe ", 50), Address: "joe@example.org"}
	buffer, err := e.Append(nil, other)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := e.Append(buffer[:0], reader()); err != nil || !bytes.Equal(first, again) {
		t.Errorf("error %v:\n%s", err, again)
	}
	if behind, err := e.Append([]byte("before"), reader()); err != nil || string(behind) != "before"+string(first) {
		t.Errorf("behind other bytes: error %v:\n%s", err, behind)
	}
	if again := compose(t, sample(), reader()); !bytes.Equal(first, again) {
		t.Errorf("encoded again:\n%s", again)
	}
}

func TestRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Template, *Recipient)
		want   string
	}{
		{"address", func(_ *Template, r *Recipient) { r.To.Address = "zoe@example.org>\r\nBcc: <all@example.org" }, "To: "},
		{"IDN address", func(_ *Template, r *Recipient) { r.To.Address = "zoe@exämple.org" }, "want name@example.org in ASCII"},
		{"long address", func(_ *Template, r *Recipient) { r.To.Address = strings.Repeat("x", 1000) + "@example.org" }, "To: "},
		{"message ID", func(_ *Template, r *Recipient) { r.MessageID = "a>\r\nX: y@z" }, "Message-ID"},
		{"unsubscribe", func(_ *Template, r *Recipient) { r.ListUnsubscribe[1] = "javascript:x" }, "List-Unsubscribe"},
		{"unsubscribe", func(_ *Template, r *Recipient) { r.ListUnsubscribe[0] = "https://x/>, <https://y" }, "List-Unsubscribe"},
		{"one click by mail", func(_ *Template, r *Recipient) { r.ListUnsubscribe = r.ListUnsubscribe[1:] }, "one click needs an https: URL"},
		{"values", func(_ *Template, r *Recipient) { r.HTML = r.HTML[1:] }, "2 and 1 values for 2 marks"},
		{"sender", func(m *Template, _ *Recipient) { m.From.Address = "news" }, "From: "},
		{"answers", func(m *Template, _ *Recipient) { m.ReplyTo.Address = "a b@c" }, "Reply-To: "},
		{"language", func(m *Template, _ *Recipient) { m.Language = "en\nX: y" }, "Content-Language"},
		{"list", func(m *Template, _ *Recipient) { m.ListID = "a b" }, "List-Id"},
		{"page", func(m *Template, _ *Recipient) { m.ArchivedAt = "https://x/>\r\nX: y" }, "Archived-At"},
		{"feedback", func(m *Template, _ *Recipient) { m.FeedbackID = "a\r\nX: y" }, "Feedback-ID"},
		{"date", func(m *Template, _ *Recipient) { m.Date = time.Time{} }, "no Date"},
		{"mark", func(m *Template, _ *Recipient) { m.Marks[0] = "" }, "a mark is empty"},
		{"content ID", func(m *Template, _ *Recipient) { m.Inline = []Inline{{"lead", "image/png", nil}} }, "Content-ID"},
		{"media type", func(m *Template, _ *Recipient) { m.Inline = []Inline{{"a@b", "image/png\r\nX: y", nil}} }, "media type"},
	}
	for _, tt := range tests {
		m, r := sample(), reader()
		tt.change(m, r)
		e, err := m.Encode()
		if err == nil {
			var b []byte
			b, err = e.Append([]byte("x"), r)
			if string(b) != "x" {
				t.Errorf("%s: appended %q", tt.name, b)
			}
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q in it", tt.name, err, tt.want)
		}
	}
}

// TestHostileTexts: what a title or a name may be, and how it is shown then.
func TestHostileTexts(t *testing.T) {
	long := strings.Repeat("hospital ", 4000)
	tests := []struct{ text, want string }{
		{"News\r\nBcc: all@example.org", "News Bcc: all@example.org"},
		{"News\x00\x1b[31m red\x7f", "News [31m red"},
		{"two\u2028lines\u0085", "two lines"},
		{"broken \xff UTF-8", "broken \uFFFD UTF-8"},
		{"=?utf-8?q?Bcc=3A?=", "=?utf-8?q?Bcc=3A?="},
		{`a "b" <c@d>, (e) \f`, `a "b" <c@d>, (e) \f`},
		{`Zoë \ Müller`, `Zoë \ Müller`},
		{"Zoë_?=", "Zoë_?="},
		{"two  spaces", "two  spaces"},
		{strings.TrimSpace(long), strings.TrimSpace(long)},
		{strings.Repeat("x", 36000), strings.Repeat("x", 36000)},
		{strings.Repeat("é世😀", 4000), strings.Repeat("é世😀", 4000)},
		{"", ""},
	}
	for _, tt := range tests {
		m, r := sample(), reader()
		m.Subject, m.ListTitle, m.From.Name, r.To.Name = tt.text, tt.text, tt.text, tt.text
		message := parse(t, compose(t, m, r))
		if got := message.decoded("Subject"); got != tt.want {
			t.Errorf("%.60q: Subject = %.60q", tt.text, got)
		}
		for name, address := range map[string]string{"From": m.From.Address, "To": r.To.Address} {
			if got, err := message.Header.AddressList(name); err != nil || *got[0] != (mail.Address{Name: tt.want, Address: address}) {
				t.Errorf("%.60q: %s = %.60v, error %v", tt.text, name, got, err)
			}
		}
		if id := message.Header.Get("List-Id"); !strings.HasSuffix(id, "<weekly.medigy.example>") {
			t.Errorf("%.60q: List-Id = %.60q", tt.text, id)
		}
		if message.widest > lineColumns {
			t.Errorf("%.60q: a line has %d columns", tt.text, message.widest)
		}
	}
}

func TestInline(t *testing.T) {
	m, r := sample(), reader()
	m.HTML = []byte(`<img src="cid:lead@medigy.example"><a href="` + markLeave + `">`)
	m.Inline = []Inline{
		{"lead@medigy.example", "image/png", bytes.Repeat([]byte{0, 0x89, '\n'}, 1000)},
		{"logo@medigy.example", "image/jpeg", []byte("JFIF")},
		{"none@medigy.example", "image/gif", nil},
	}
	message := parse(t, compose(t, m, r))
	message.wantParts(filled(m.Text, m.Marks, r.Text), filled(m.HTML, m.Marks, r.HTML))
	if len(message.inline) != len(m.Inline) {
		t.Fatalf("%d files", len(message.inline))
	}
	for i, want := range m.Inline {
		if got := message.inline[i]; got.Type != want.Type || got.ContentID != want.ContentID || !bytes.Equal(got.Data, want.Data) {
			t.Errorf("file %d: %.80q", i, got)
		}
	}
}

func TestMessageID(t *testing.T) {
	id := MessageID("weekly", "2021-W39", "zoe@example.org", "medigy.example")
	if want := "7a3gfhj5dokeclwcs7fntiovia@medigy.example"; id != want {
		t.Errorf("MessageID = %s, want %s: a message sent again would be another one", id, want)
	}
	for _, other := range []string{
		MessageID("weekly", "2021-W39", "joe@example.org", "medigy.example"),
		MessageID("weekly", "2021-W40", "zoe@example.org", "medigy.example"),
		MessageID("weekly2", "021-W39", "zoe@example.org", "medigy.example"),
	} {
		if other == id {
			t.Errorf("two messages have the ID %s", id)
		}
	}
}

func TestFeedbackID(t *testing.T) {
	for domain, want := range map[string]string{
		"medigy.example":          "2021-W39:weekly:digest:medigy-example",
		"t.co":                    "2021-W39:weekly:digest:t-co-",
		"news.hospital-weekly.eu": "2021-W39:weekly:digest:pital-weekly-eu",
	} {
		if got := FeedbackID("weekly", "2021-W39", domain); got != want {
			t.Errorf("FeedbackID of %s = %s, want %s", domain, got, want)
		}
	}
}
