package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestTellEnding: what ends soon is not told of.
func TestTellEnding(t *testing.T) {
	var b strings.Builder
	ended := make(chan struct{})
	now := make(chan time.Time, 1)
	now <- time.Time{}
	(&app{stderr: &b, after: func(time.Duration) <-chan time.Time { return now }}).tellEnding(ended)
	if !strings.Contains(b.String(), "a second signal ends it at once") {
		t.Errorf("%q", &b)
	}
	b.Reset()
	close(ended)
	(&app{stderr: &b, after: func(time.Duration) <-chan time.Time { return nil }}).tellEnding(ended)
	if b.Len() > 0 {
		t.Errorf("%q", &b)
	}
}

// TestStopped: a signal is no "context canceled".
func TestStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out, problems strings.Builder
	if code := run(ctx, []string{"check", "--config", "../../config.yaml"}, strings.NewReader(""), &out, &problems); code != exitFailed || !strings.Contains(problems.String(), errStopped.Error()) {
		t.Errorf("%d, %q", code, &problems)
	}
}

// failing is a writer that can't.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "/dev/stdout", Err: f.err}
}

// TestUnwritten: a result that could not be written is a failure, but not that nobody
// reads it to its end.
func TestUnwritten(t *testing.T) {
	for _, args := range []string{"build", "build --json", "check", "help", "version"} {
		for _, test := range []struct {
			err  error
			code int
			says string
		}{
			{syscall.ENOSPC, exitFailed, "no space left"},
			{syscall.EPIPE, exitOK, ""},
		} {
			if errors.Is(test.err, syscall.EPIPE) && (args == "build --json" || args == "version") {
				continue // its error is returned; a real one ends the process before
			}
			command := append(strings.Fields(args), "--config", "../../config.yaml", "--content", "../../content", "--out", t.TempDir())
			var problems strings.Builder
			code := run(t.Context(), command, strings.NewReader(""), failing{test.err}, &problems)
			if said := problems.String(); code != test.code || !strings.Contains(said, test.says) || strings.Count(said, "write /dev/stdout") > 1 {
				t.Errorf("%s: %d, %q", args, code, said)
			}
		}
	}
}
