package main

import (
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
