package mail

import (
	"bytes"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

func sample() *Message {
	return &Message{
		From:      mail.Address{Name: "Medigy News", Address: "news@medigy.example"},
		To:        mail.Address{Name: "Zoë Müller-Lüdenscheid, MD", Address: "zoe@example.org"},
		Subject:   "Röntgen, “AI” and 12 more stories about hospitals that were attacked while nobody was looking at the logs",
		Date:      time.Date(2021, 10, 4, 6, 0, 0, 0, time.FixedZone("", -4*3600)),
		MessageID: MessageID("weekly", "2021-W39", "zoe@example.org", "medigy.example"),
		ListID:    "weekly.medigy.example",
		Language:  "en-US",
		ListUnsubscribe: []string{
			"https://news.medigy.example/unsubscribe/AbCdEf-0123456789_AbCdEf0123456789",
			"mailto:leave@medigy.example?subject=unsubscribe%20AbCdEf",
		},
		OneClick: true,
		Text:     []byte("Medigy News\n\n.A line that begins with a dot, and “quotes”.\nFrom here on: " + strings.Repeat("long ", 300) + "\n"),
		HTML:     []byte("<!doctype html><html lang=\"en\"><p>Röntgen = X-ray</p>" + strings.Repeat("x", 2000) + "</html>\n"),
	}
}

func TestBytesGolden(t *testing.T) {
	got, err := sample().Bytes()
	if err != nil {
		t.Fatal(err)
	}
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

func TestBytesSameEveryTime(t *testing.T) {
	first, err := sample().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for range 50 { // the order of a map would show
		if next, err := sample().Bytes(); err != nil || !bytes.Equal(first, next) {
			t.Fatalf("composed again, error %v:\n%s", err, next)
		}
	}
}

// TestBytesParts reads the message as a mail reader would.
func TestBytesParts(t *testing.T) {
	m := sample()
	message, parts := parse(t, m)
	var words mime.WordDecoder
	if got, _ := words.DecodeHeader(message.Header.Get("Subject")); got != m.Subject {
		t.Errorf("Subject = %q", got)
	}
	if to, err := message.Header.AddressList("To"); err != nil || len(to) != 1 || *to[0] != m.To {
		t.Errorf("To = %v, error %v", to, err)
	}
	if date, err := message.Header.Date(); err != nil || !date.Equal(m.Date) {
		t.Errorf("Date = %v, error %v", date, err)
	}
	for name, values := range message.Header {
		if len(values) != 1 {
			t.Errorf("%s is there %d times", name, len(values))
		}
	}
	for _, name := range []string{"User-Agent", "X-Mailer"} {
		if v := message.Header.Get(name); v != "" {
			t.Errorf("%s: %s", name, v)
		}
	}
	if parts[0] != strings.ReplaceAll(string(m.Text), "\n", "\r\n") || parts[1] != strings.ReplaceAll(string(m.HTML), "\n", "\r\n") {
		t.Errorf("the parts came out changed: %q", parts)
	}
}

func TestBytesRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Message)
		want   string
	}{
		{"subject", func(m *Message) { m.Subject = "News\r\nBcc: all@example.org" }, "Subject"},
		{"name", func(m *Message) { m.To.Name = "Zoë\nBcc: all@example.org" }, "To"},
		{"address", func(m *Message) { m.To.Address = "zoe@example.org>\r\nBcc: <all@example.org" }, "To"},
		{"IDN address", func(m *Message) { m.To.Address = "zoe@exämple.org" }, "want name@example.org in ASCII"},
		{"language", func(m *Message) { m.Language = "en\nX: y" }, "Content-Language"},
		{"list", func(m *Message) { m.ListID = "a b" }, "List-Id"},
		{"message ID", func(m *Message) { m.MessageID = "a>\r\nX: y@z" }, "Message-ID"},
		{"unsubscribe", func(m *Message) { m.ListUnsubscribe[1] = "javascript:x" }, "List-Unsubscribe"},
		{"unsubscribe", func(m *Message) { m.ListUnsubscribe[0] = "https://x/>, <https://y" }, "List-Unsubscribe"},
		{"one click by mail", func(m *Message) { m.ListUnsubscribe = m.ListUnsubscribe[1:] }, "one click needs an https: URL"},
		{"date", func(m *Message) { m.Date = time.Time{} }, "no Date"},
		{"endless word", func(m *Message) { m.Subject = strings.Repeat("x", 1000) }, "998 are allowed"},
	}
	for _, tt := range tests {
		m := sample()
		tt.change(m)
		if _, err := m.Bytes(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q in it", tt.name, err, tt.want)
		}
	}
}

// FuzzBytes checks that no subject, name or text breaks a message: it is
// refused, or it reads back with its two parts, its twelve header fields and
// its one recipient.
func FuzzBytes(f *testing.F) {
	f.Add("News", "Zoë", "text")
	f.Add("=?utf-8?q?x?=", `a "b" <c>`, "--boundary\r\n.\r\n")
	f.Add("News", `Zoë \ Müller`, "a backslash beside what is encoded")
	f.Add("News", "\\\a", "and beside a control character")
	f.Add(strings.Repeat("Röntgen ", 40), strings.Repeat("Zoë ", 40), strings.Repeat("é", 500))
	f.Fuzz(func(t *testing.T, subject, name, text string) {
		m := sample()
		m.Subject, m.To.Name, m.Text = subject, name, []byte(text)
		data, err := m.Bytes()
		if err != nil {
			return
		}
		for line := range strings.SplitSeq(string(data), "\r\n") {
			if strings.ContainsAny(line, "\r\n") || len(line) > 998 {
				t.Fatalf("line %q", line)
			}
		}
		message, parts := parse(t, m)
		if len(parts) != 2 || len(message.Header) != 12 {
			t.Fatalf("%d parts, header %v", len(parts), message.Header)
		}
		if to, err := message.Header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != m.To.Address {
			t.Fatalf("To = %v, error %v, in %s", to, err, message.Header.Get("To"))
		}
	})
}

func parse(t *testing.T, m *Message) (*mail.Message, []string) {
	t.Helper()
	data, err := m.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	message, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	mediaType, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || mediaType != "multipart/alternative" {
		t.Fatalf("Content-Type %s, error %v", mediaType, err)
	}
	var parts []string
	for r := multipart.NewReader(message.Body, params["boundary"]); ; {
		part, err := r.NextPart() // decodes quoted-printable
		if err == io.EOF {
			return message, parts
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, string(body))
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

// BenchmarkBytes composes a message as large as a usual digest.
func BenchmarkBytes(b *testing.B) {
	m := sample()
	m.HTML = bytes.Repeat([]byte("<td style=\"padding: 8px\">story</td>\n"), 1500)
	b.SetBytes(int64(len(m.HTML) + len(m.Text)))
	for b.Loop() {
		if _, err := m.Bytes(); err != nil {
			b.Fatal(err)
		}
	}
}
