package delivery

import (
	"bytes"
	"slices"
	"strings"
	"testing"
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
			m := Compose(testIssue(), r, s, start)
			for _, part := range [][]byte{m.HTML, m.Text} {
				for _, link := range []string{tt.unsubscribe, tt.preferences, testIssue().URL} {
					if !bytes.Contains(part, []byte(link)) {
						t.Errorf("no %s in %s", link, part)
					}
				}
				if bytes.Contains(part, []byte("mark.newsdesk.invalid")) {
					t.Errorf("a mark is left in %s", part)
				}
			}
			if !slices.Equal(m.ListUnsubscribe, tt.header) || m.OneClick != tt.oneClick {
				t.Errorf("List-Unsubscribe %q, one click %v", m.ListUnsubscribe, m.OneClick)
			}
			first, err := m.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			if again, err := Compose(testIssue(), r, s, start).Bytes(); err != nil || !bytes.Equal(first, again) {
				t.Errorf("composed again, the message differs, error %v", err)
			}
		})
	}
}

func TestSenderCheck(t *testing.T) {
	tests := []struct {
		change func(*Sender)
		want   string
	}{
		{func(s *Sender) { s.From.Address = "news" }, `sender: "news" has no @`},
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
