package main

import (
	"context"
	"strings"
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
