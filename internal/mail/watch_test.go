package mail

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/textproto"
	"testing"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// played is a connection whose other side is written already.
type played struct {
	io.Reader
	bytes.Buffer // what was sent
	deadlines    []time.Time
	fail         func(b []byte) int // how many octets of b leave, if not nil and not all of them
}

func (p *played) Read(b []byte) (int, error) { return p.Reader.Read(b) }

func (p *played) Write(b []byte) (int, error) {
	if p.fail != nil {
		if n := p.fail(b); n < len(b) {
			return n, io.ErrClosedPipe
		}
	}
	return p.Buffer.Write(b)
}

func (p *played) Close() error { return nil }

func (p *played) SetDeadline(t time.Time) error {
	p.deadlines = append(p.deadlines, t)
	return nil
}

func (p *played) SetReadDeadline(t time.Time) error  { return p.SetDeadline(t) }
func (p *played) SetWriteDeadline(t time.Time) error { return p.SetDeadline(t) }
func (p *played) LocalAddr() net.Addr                { return &net.TCPAddr{} }
func (p *played) RemoteAddr() net.Addr               { return &net.TCPAddr{} }

func playedSession(t testing.TB, conn *played) *Session {
	t.Helper()
	return &Session{config: Config{Host: "played.example"}.withDefaults(), conn: conn, stream: conn,
		client: &smtp.Client{Text: textproto.NewConn(conn)}}
}

// TestWatchSteps: each step has its own time. go-mail's deadline is one for the
// whole dialogue, 15 seconds after the dial.
func TestWatchSteps(t *testing.T) {
	conn := &played{Reader: bytes.NewReader(bytes.Repeat([]byte("250 a\r\n250 b\r\n354 c\r\n250 d\r\n"), 3))}
	start := time.Now()
	if err := playedSession(t, conn).Stream(t.Context(), newList(three...)); err != nil {
		t.Fatal(err)
	}
	// MAIL, RCPT 5 min; DATA 2; body 3; dot 10, to write and to read, and the
	// write of the end is a step of its own.
	var minutes []int
	for _, d := range conn.deadlines[:min(7, len(conn.deadlines))] {
		minutes = append(minutes, int(d.Sub(start).Round(time.Minute).Minutes()))
	}
	want := []int{5, 5, 5, 2, 3, 10, 10}
	for i := range want {
		if i >= len(minutes) || minutes[i] != want[i] {
			t.Fatalf("deadlines after %v minutes, want %v", minutes, want)
		}
	}
	for i := 1; i < len(conn.deadlines); i++ {
		if len(conn.deadlines) < 3*6 || conn.deadlines[i].Sub(start) < time.Minute {
			t.Fatalf("deadlines %v", conn.deadlines)
		}
	}
}

// TestWatchHurry: the end of the context leaves a step its patience only, and
// nothing to one that comes after; a released watch leaves the connection to
// whoever has it then.
func TestWatchHurry(t *testing.T) {
	conn := &played{}
	ctx, cancel := context.WithCancel(t.Context())
	w := newWatch(ctx, conn)
	w.step(time.Hour, time.Minute)
	start := time.Now()
	w.hurry()
	w.step(time.Hour, 0)
	w.release()
	cancel()
	w.hurry()
	if len(conn.deadlines) != 3 || conn.deadlines[1].Sub(start).Round(time.Minute) != time.Minute || conn.deadlines[2].Sub(start).Round(time.Minute) != 0 {
		t.Errorf("deadlines %v, start %v", conn.deadlines, start)
	}
}

func TestShape(t *testing.T) {
	tests := []struct {
		in   string
		want shape
	}{
		{"a: b\r\n\r\nc.\r\n", shape{}},
		{".\r\n", shape{dots: true}},
		{"a\r\n.b\r\n", shape{dots: true}},
		{"ascii 567é\r\n", shape{eightBit: true}},
		{"éascii 567\r\n", shape{eightBit: true}},
		{"a\n", shape{broken: true}},
		{"\n", shape{broken: true}},
		{"a\r\nb", shape{broken: true}},
		{"a\rb\r\n", shape{broken: true}},
		{"a\r\r\n", shape{broken: true}},
		{"", shape{broken: true}},
	}
	for _, tt := range tests {
		if got := shapeOf([]byte(tt.in)); got != tt.want {
			t.Errorf("shapeOf(%q) = %+v, want %+v", tt.in, got, tt.want)
		}
	}
	if got := string(appendStuffed([]byte("x"), []byte(".\r\na\r\n..b\r\n"))); got != "x..\r\na\r\n...b\r\n" {
		t.Errorf("stuffed: %q", got)
	}
	if got := shapeOf(compose(t, sample(), reader())); got != (shape{}) {
		t.Errorf("a message of ours is %+v: it should need no dots stuffed", got)
	}
}
