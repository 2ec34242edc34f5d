package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What is dated ahead is built when its time comes, without a change of any file;
// and when a week ends, its digest.
func TestWatchBuildsWhenTheTimeComes(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "content"), 0o755); err != nil {
		t.Fatal(err)
	}
	write("config.yaml", "site: {title: News, url: https://example.org}\n")
	write("content/now.md", "---\ntitle: Hot Tea\ndate: 2021-09-29\n---\nText.\n")
	write("content/later.md", "---\ntitle: Iced Tea\ndate: 2021-10-02\n---\nText.\n")

	now := time.Date(2021, 10, 1, 23, 59, 30, 0, time.UTC) // a Friday
	waits, wake, built := make(chan time.Duration), make(chan time.Time), make(chan error)
	a := &app{
		stdout: &strings.Builder{}, stderr: &strings.Builder{},
		clock: func() time.Time { return now },
		after: func(d time.Duration) <-chan time.Time { waits <- d; return wake },
		flags: globalFlags{config: filepath.Join(dir, "config.yaml")},
	}
	defer a.folders.close()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		ended <- a.watch(ctx, func(ctx context.Context) error { err := a.build(ctx); built <- err; return err })
	}()
	has := func(file, text string) bool {
		data, _ := os.ReadFile(filepath.Join(dir, "public", filepath.FromSlash(file)))
		return strings.Contains(string(data), text)
	}
	passes := func(to time.Time, wantWait time.Duration) {
		t.Helper()
		if got := <-waits; got != wantWait {
			t.Errorf("waits %v, want %v", got, wantWait)
		}
		now = to
		wake <- now
		if err := <-built; err != nil {
			t.Fatal(err)
		}
	}
	if err := <-built; err != nil {
		t.Fatal(err)
	}
	if !has("rss.xml", "Hot Tea") || has("rss.xml", "Iced Tea") {
		t.Error("the first build: want today's article, and not tomorrow's")
	}
	passes(time.Date(2021, 10, 2, 0, 0, 0, 0, time.UTC), 30*time.Second)
	if !has("rss.xml", "Iced Tea") {
		t.Error("the time of an article has come, and it is not in the feed")
	}
	if has("digest/2021-W39/index.html", "Tea") {
		t.Error("the digest of a week that goes on")
	}
	passes(time.Date(2021, 10, 4, 0, 0, 1, 0, time.UTC), time.Minute)
	if !has("digest/2021-W39/index.html", "Iced Tea") {
		t.Error("the week has ended, and there is no digest of it")
	}
	<-waits
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestWatchTriesAgain: a build that fails for a reason outside of the site is tried
// again in a minute, and told once; one that is the site's fault waits for a change.
func TestWatchTriesAgain(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(config, []byte("site: {title: News, url: https://example.org}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2021, 10, 1, 12, 0, 0, 0, time.UTC)
	waits, wake := make(chan time.Duration), make(chan time.Time)
	var told strings.Builder
	a := &app{
		stdout: &strings.Builder{}, stderr: &told,
		clock: func() time.Time { return now },
		after: func(d time.Duration) <-chan time.Time { waits <- d; return wake },
		flags: globalFlags{config: config},
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	results := make(chan error)
	go func() { ended <- a.watch(ctx, func(context.Context) error { return <-results }) }()
	full := errors.New("no space left on device")
	for range 3 {
		results <- full
		if got := <-waits; got != tryAgain {
			t.Errorf("tries again in %v", got)
		}
		now = now.Add(tryAgain)
		wake <- now
	}
	results <- incomplete() // it waits for nothing but a change
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(told.String(), full.Error()); got != 1 {
		t.Errorf("told %d times:\n%s", got, told.String())
	}
}
