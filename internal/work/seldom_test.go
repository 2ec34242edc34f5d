package work

import (
	"log/slog"
	"strings"
	"testing"
	"time"
)

// TestSeldom: the same message is told once in ten minutes, whatever it says of; another
// at once.
func TestSeldom(t *testing.T) {
	var b strings.Builder
	log := tellSeldom(slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})))
	start := time.Date(2021, 10, 4, 7, 0, 0, 0, time.UTC)
	for _, one := range []struct {
		after         time.Duration
		message, name string
	}{
		{0, "no jobs", "a"}, {time.Second, "no jobs", "b"}, {2 * time.Second, "no leader", "a"},
		{sameAgain - 1, "no jobs", "c"}, {sameAgain, "no jobs", "d"},
	} {
		r := slog.NewRecord(start.Add(one.after), slog.LevelError, one.message, 0)
		if err := log.With("queue", one.name).Handler().Handle(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	const want = `level=ERROR msg="no jobs" queue=a
level=ERROR msg="no leader" queue=a
level=ERROR msg="no jobs" queue=d
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
	if tellSeldom(nil) != nil {
		t.Error("a logger of nothing")
	}
}
