package delivery

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"github.com/medigy/newsdesk/digest"
)

func TestCompose(t *testing.T) {
	r := Recipient{Name: "Zoë", Address: "Zoe@example.org", Unsubscribe: "TOKEN-U", Preferences: "TOKEN-P"}
	tests := []struct {
		name, base, mailto       string
		unsubscribe, preferences string
		header                   []string
		oneClick                 bool
	}{
		{
			"https", "https://news.medigy.example/", "",
			"https://news.medigy.example/unsubscribe/TOKEN-U", "https://news.medigy.example/preferences/TOKEN-P",
			[]string{"https://news.medigy.example/unsubscribe/TOKEN-U"}, true,
		},
		{
			"https and mail", "https://medigy.example/desk", "leave@medigy.example",
			"https://medigy.example/desk/unsubscribe/TOKEN-U", "https://medigy.example/desk/preferences/TOKEN-P",
			[]string{"https://medigy.example/desk/unsubscribe/TOKEN-U", "mailto:leave@medigy.example?subject=unsubscribe%20TOKEN-U"}, true,
		},
		{
			"http", "http://127.0.0.1:8080", "",
			"http://127.0.0.1:8080/unsubscribe/TOKEN-U", "http://127.0.0.1:8080/preferences/TOKEN-P",
			[]string{"http://127.0.0.1:8080/unsubscribe/TOKEN-U"}, false,
		},
		{
			"mail only", "", "leave@medigy.example",
			"mailto:leave@medigy.example?subject=unsubscribe%20TOKEN-U", "mailto:leave@medigy.example?subject=preferences%20TOKEN-P",
			[]string{"mailto:leave@medigy.example?subject=unsubscribe%20TOKEN-U"}, false,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := testSender()
			s.Base, s.Mailto = tt.base, tt.mailto
			if err := s.check(); err != nil {
				t.Fatal(err)
			}
			c, err := NewComposer(testIssue(), s, start, nil)
			if err != nil {
				t.Fatal(err)
			}
			html, text := c.Parts(r)
			for _, part := range [][]byte{html, text} {
				for _, link := range []string{tt.unsubscribe, tt.preferences, testIssue().URL} {
					if !bytes.Contains(part, []byte(link)) {
						t.Errorf("no %s in %s", link, part)
					}
				}
				if bytes.Contains(part, []byte("mark.newsdesk.invalid")) {
					t.Errorf("a mark is left in %s", part)
				}
			}
			message := compose(t, testIssue(), r, s)
			header, parts := read(t, message)
			if got, want := header.Get("List-Unsubscribe"), "<"+strings.Join(tt.header, ">, <")+">"; got != want {
				t.Errorf("List-Unsubscribe %s, want %s", got, want)
			}
			if oneClick := header.Get("List-Unsubscribe-Post") != ""; oneClick != tt.oneClick {
				t.Errorf("one click %v", oneClick)
			}
			if want := []string{crlf(text), crlf(html)}; !slices.Equal(parts, want) {
				t.Errorf("the message's parts are %q\nthe issue's %q", parts, want)
			}
			if again := compose(t, testIssue(), r, s); !bytes.Equal(message, again) {
				t.Errorf("composed again, the message differs")
			}
		})
	}
}

// TestComposeHeader is what the header says of the issue.
func TestComposeHeader(t *testing.T) {
	s := testSender()
	s.ReplyTo = mail.Address{Name: "Desk", Address: "desk@medigy.example"}
	header, _ := read(t, compose(t, testIssue(), Recipient{Address: "zoe@example.org", Unsubscribe: "U", Preferences: "P"}, s))
	for name, want := range map[string]string{
		"From":             `"Medigy News" <news@medigy.example>`,
		"Reply-To":         `"Desk" <desk@medigy.example>`,
		"To":               "<zoe@example.org>",
		"Date":             "Mon, 04 Oct 2021 06:00:00 -0400",
		"List-Id":          `"Medigy News" <weekly.medigy.example>`,
		"Archived-At":      "<https://www.medigy.example/digest/2021-W39/>",
		"Feedback-ID":      "2021-W39:weekly:digest:medigy-example",
		"Content-Language": "en-US",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func compose(t *testing.T, issue *digest.Issue, r Recipient, s Sender) []byte {
	t.Helper()
	c, err := NewComposer(issue, s, start, nil)
	if err != nil {
		t.Fatal(err)
	}
	message, err := c.Append(nil, r)
	if err != nil {
		t.Fatal(err)
	}
	return message
}

// read gives a message's header and its parts.
func read(t *testing.T, data []byte) (header mail.Header, parts []string) {
	t.Helper()
	message, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	for r := multipart.NewReader(message.Body, params["boundary"]); ; {
		part, err := r.NextPart()
		if err == io.EOF {
			return message.Header, parts
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, string(text))
	}
}

func crlf(part []byte) string { return strings.ReplaceAll(string(part), "\n", "\r\n") }

func TestSenderCheck(t *testing.T) {
	tests := []struct {
		change func(*Sender)
		want   string
	}{
		{func(s *Sender) { s.From.Address = "news" }, `sender: "news" has no @`},
		{func(s *Sender) { s.ReplyTo.Address = "desk" }, "address for answers"},
		{func(s *Sender) { s.Base = "" }, "no way to unsubscribe"},
		{func(s *Sender) { s.Base = "news.medigy.example" }, "want https://host/path"},
		{func(s *Sender) { s.Mailto = "leave" }, "address to unsubscribe"},
	}
	for _, tt := range tests {
		s := testSender()
		tt.change(&s)
		if err := s.check(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v, want %q", err, tt.want)
		}
	}
}
