package work

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// sameAgain is how long a message of River is not told again.
const sameAgain = 10 * time.Minute

// seldom is a handler that leaves out what was told a moment ago. While the database is
// away River says so, in several ways, for each of its queues and every second: what
// matters would drown in it.
type seldom struct {
	slog.Handler
	told *toldAt
}

// toldAt knows when a message was told last.
type toldAt struct {
	mu sync.Mutex
	at map[string]time.Time
}

// tellSeldom gives a logger that tells each message seldom; nil stays nil.
func tellSeldom(log *slog.Logger) *slog.Logger {
	if log == nil {
		return nil
	}
	return slog.New(seldom{log.Handler(), &toldAt{at: map[string]time.Time{}}})
}

// Handle implements slog.Handler.
func (s seldom) Handle(ctx context.Context, r slog.Record) error {
	s.told.mu.Lock()
	last, known := s.told.at[r.Message]
	if known && r.Time.Sub(last).Abs() < sameAgain {
		s.told.mu.Unlock()
		return nil
	}
	s.told.at[r.Message] = r.Time
	s.told.mu.Unlock()
	return s.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (s seldom) WithAttrs(attrs []slog.Attr) slog.Handler {
	return seldom{s.Handler.WithAttrs(attrs), s.told}
}

// WithGroup implements slog.Handler.
func (s seldom) WithGroup(name string) slog.Handler {
	return seldom{s.Handler.WithGroup(name), s.told}
}
