package main

import (
	"context"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/corpusgen"
)

// benchArticles is the size of the benchmarks' corpus, and benchCorpus a folder
// where it is already or is to stay:
//
//	go test ./cmd/newsdesk -run '^$' -bench Build -articles 100000 -corpus /tmp/c100k
var (
	benchArticles = flag.Int("articles", 10_000, "articles in the benchmarks' corpus")
	benchCorpus   = flag.String("corpus", "", "folder of the benchmarks' corpus; a temporary one if empty")
)

// benchSite gives a folder with a generated corpus and its configuration.
func benchSite(b *testing.B) string {
	b.Helper()
	dir := *benchCorpus
	if dir == "" {
		dir = b.TempDir()
	}
	config := filepath.Join(dir, "config.yaml")
	if _, err := os.Stat(config); err == nil {
		return dir
	}
	err := corpusgen.Generate(*benchArticles, 1, func(name string, data []byte) error {
		file := filepath.Join(dir, "content", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, data, 0o644)
	})
	if err != nil {
		b.Fatal(err)
	}
	text := "site: {title: Bench, url: https://www.medigy.com, timezone: America/New_York}\n"
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
	return dir
}

// readAll reads all files below dir once, on all processors, with os.ReadFile:
// what every figure is measured against.
func readAll(b *testing.B, dir string) time.Duration {
	b.Helper()
	var names []string
	filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	start := time.Now()
	var group sync.WaitGroup
	for w := range 2 {
		group.Go(func() {
			for i := w; i < len(names); i += 2 {
				os.ReadFile(names[i])
			}
		})
	}
	group.Wait()
	return time.Since(start)
}

// BenchmarkBuild is a cold "feed build": all topics, three formats, an empty
// output folder. The metric x-read is its time as a multiple of reading the same
// files once.
func BenchmarkBuild(b *testing.B) {
	dir := benchSite(b)
	readAll(b, filepath.Join(dir, "content"))
	var reading, building time.Duration
	for b.Loop() {
		b.StopTimer()
		reading += readAll(b, filepath.Join(dir, "content"))
		b.StartTimer()
		start := time.Now()
		args := []string{"feed", "build", "--quiet", "--config", filepath.Join(dir, "config.yaml"), "--out", b.TempDir()}
		if code := run(context.Background(), args, nil, io.Discard, io.Discard); code != exitOK {
			b.Fatalf("exit code %d", code)
		}
		building += time.Since(start)
	}
	b.ReportMetric(building.Seconds()/reading.Seconds(), "x-read")
	b.ReportMetric(reading.Seconds()/float64(b.N)*1e3, "read-ms")
}
