package mail

import (
	"bufio"
	"bytes"
	"io"
	"net/textproto"
	"strings"
	"testing"
)

func TestReadReply(t *testing.T) {
	tests := []struct {
		in   string
		code int
		text string
		rest string
	}{
		{"250 ok\r\n250 next\r\n", 250, "", "250 next\r\n"},
		{"250\r\n", 250, "", ""},
		{"250-\n250 \n", 250, "", ""},
		{"550 5.1.1 no such mailbox\r\n", 550, "5.1.1 no such mailbox", ""},
		{"550-5.1.1 no\r\n550-such\r\n550 mailbox\r\n250 x\r\n", 550, "5.1.1 no\nsuch\nmailbox", "250 x\r\n"},
		{"450\r\n", 450, "", ""},
		{"550 " + strings.Repeat("x", 10000) + "\r\n250 x\r\n", 550, strings.Repeat("x", maxReplyLine-4), "250 x\r\n"},
		{"", 0, "EOF", ""},
		{"250 cut", 0, "EOF", ""},
		{"250-cut\r\n", 0, "EOF", ""},
		{"250-a\r\n251 b\r\n", 0, "makes no sense: 251 b", ""},
		{"ok\r\n", 0, "makes no sense: ok", ""},
		{"25\r\n", 0, "makes no sense", ""},
		{"2500 x\r\n", 0, "makes no sense", ""},
		{"150 x\r\n", 0, "makes no sense", ""},
		{"650 x\r\n", 0, "makes no sense", ""},
		{"\x1b[31m\r\n", 0, "makes no sense: [31m", ""},
		{strings.Repeat("250-x\r\n", 1000), 0, "has no end", strings.Repeat("250-x\r\n", 1000-maxReplyLines)},
	}
	for _, tt := range tests {
		r := bufio.NewReader(strings.NewReader(tt.in))
		code, text, err := readReply(r)
		if err != nil {
			text = err.Error()
		}
		if code != tt.code || code != 0 && text != tt.text || !strings.Contains(text, tt.text) {
			t.Errorf("readReply(%.40q) = %d, %q", tt.in, code, text)
		}
		if rest, _ := io.ReadAll(r); (tt.code != 0 || tt.rest != "") && string(rest) != tt.rest {
			t.Errorf("readReply(%.40q) left %.40q", tt.in, rest)
		}
	}
}

// FuzzReadReply compares with net/textproto, which is laxer but for a code alone
// on its line (RFC 5321, 4.2 wants clients to take it): what we read, it reads
// alike, and leaves the same bytes.
func FuzzReadReply(f *testing.F) {
	for _, s := range []string{"250 ok\r\n", "550-5.1.1 a\r\n550 b\r\nrest", "250\r\n", "250-\n250 \n", "421 4.3.2\t\r\r\n", "2", "\xff\x00\n", "550 \r \r\n", "250- \r\n 250 x\r\n250 x\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		ours, theirs := bufio.NewReader(bytes.NewReader(in)), bufio.NewReader(bytes.NewReader(in))
		code, text, err := readReply(ours)
		for line := range strings.Lines(string(in)) {
			if len(strings.TrimSpace(line)) == 3 {
				return
			}
		}
		if err != nil {
			return
		}
		if len(text) > maxReplyLines*maxReplyLine {
			t.Fatalf("%d octets of text", len(text))
		}
		wantCode, wantText, err := textproto.NewReader(theirs).ReadResponse(0)
		if err != nil || code != wantCode || code >= 400 && len(in) < maxReplyLine && !sameWords(text, wantText) {
			t.Fatalf("%d %q, textproto has %d %q, %v", code, text, wantCode, wantText, err)
		}
		left, _ := io.ReadAll(ours)
		wantLeft, _ := io.ReadAll(theirs)
		if !bytes.Equal(left, wantLeft) {
			t.Fatalf("left %q, textproto %q", left, wantLeft)
		}
	})
}

// sameWords compares without the space at the ends of lines, which textproto
// drops.
func sameWords(a, b string) bool {
	return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}

// FuzzStream plays anything as the server's side of the dialogue. Whatever it
// is, every message is settled once, and is accepted only by a reply.
func FuzzStream(f *testing.F) {
	yes := "250 a\r\n250 b\r\n354 c\r\n"
	f.Add([]byte(yes+"250 d\r\n"+yes+"550 d\r\n"+yes+"250 e\r\n"), true, false)
	f.Add([]byte("250 a\r\n550 b\r\n354 c\r\n554 d\r\n"+yes), true, false)
	f.Add([]byte("250 a\r\n250 b\r\n250 c\r\n250 d\r\n250 a\r\n"), true, true)
	f.Add([]byte("550-a\r\n550 b\r\n250 r\r\n"+yes), false, false)
	f.Fuzz(func(t *testing.T, replies []byte, pipelining, chunking bool) {
		conn := &played{Reader: bytes.NewReader(replies)}
		s := playedSession(t, conn)
		s.caps = capabilities{pipelining: pipelining, chunking: pipelining && chunking}
		h := newList(three...)
		err := s.Stream(t.Context(), h)
		if len(h.settled) != len(h.outcomes) || len(h.settled)+len(h.to) != 3 || err == nil && len(h.to) > 0 {
			t.Fatalf("error %v, settled %v, left %v", err, h.settled, h.to)
		}
		accepted := 0
		for _, outcome := range h.outcomes {
			if outcome == nil {
				accepted++
			}
		}
		if accepted > len(h.intended) || accepted > bytes.Count(replies, []byte("\n"))/4 {
			t.Fatalf("%d accepted, intended %v", accepted, h.intended)
		}
		if dots := bytes.Count(conn.Bytes(), []byte("\r\n.\r\n")) + bytes.Count(conn.Bytes(), []byte("LAST\r\n")); dots > len(h.intended)+3-accepted {
			t.Fatalf("%d dots, intended %v", dots, h.intended)
		}
	})
}
