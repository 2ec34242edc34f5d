package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/medigy/newsdesk/internal/corpusgen"
)

// benchArticles is the size of the benchmarks' corpus, and benchCorpus a folder
// where it is already or is to stay:
//
//	go test ./cmd/newsdesk -run '^$' -bench Build -articles 100000 -corpus /tmp/c100k
//
// benchTopics and benchArchive make other scenarios of the same benchmarks: 10,000
// topics in one build, an archive of all articles. The metric peak-MB is the most
// memory that the process had, for which there should be one benchmark a run:
//
//	go test ./cmd/newsdesk -run '^$' -bench Build$ -benchtime 1x -articles 100000 -topics 10000
var (
	benchArticles = flag.Int("articles", 10_000, "articles in the benchmarks' corpus")
	benchCorpus   = flag.String("corpus", "", "folder of the benchmarks' corpus; a temporary one if empty")
	benchTopics   = flag.Int("topics", corpusgen.Topics, "topics in the benchmarks' corpus")
	benchArchive  = flag.Bool("archive", false, "the benchmarks write an archive of all articles")
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
	err := corpusgen.NewTopics(1, *benchTopics).Generate(*benchArticles, func(name string, data []byte) error {
		file := filepath.Join(dir, "content", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, data, 0o644)
	})
	if err != nil {
		b.Fatal(err)
	}
	text := "site: {title: Bench, url: https://www.medigy.com, timezone: America/New_York}\n" +
		fmt.Sprintf("feeds: {archive: %t}\n", *benchArchive)
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

// statAll walks dir and asks for the state of every file in it, folders on all
// processors.
func statAll(b *testing.B, dir string) time.Duration {
	b.Helper()
	start := time.Now()
	var group errgroup.Group
	group.SetLimit(2 * runtime.GOMAXPROCS(0))
	var walk func(dir string)
	walk = func(dir string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			b.Error(err)
		}
		for _, e := range entries {
			name := filepath.Join(dir, e.Name())
			if !e.IsDir() {
				if _, err := os.Lstat(name); err != nil {
					b.Error(err)
				}
			} else if !group.TryGo(func() error { walk(name); return nil }) {
				walk(name)
			}
		}
	}
	walk(dir)
	group.Wait()
	return time.Since(start)
}

func benchRun(b *testing.B, args ...string) {
	b.Helper()
	if code := run(context.Background(), args, nil, io.Discard, io.Discard); code != exitOK {
		b.Fatalf("exit code %d", code)
	}
}

// reportPeak reports the most memory that the process has had.
func reportPeak(b *testing.B) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes float64
	if _, err := fmt.Sscan(rest, &kilobytes); err == nil {
		b.ReportMetric(kilobytes/1024, "peak-MB")
	}
}

// BenchmarkBuild is a cold "feed build": all topics, three formats, an empty
// output folder and no index. The metric x-read is its time as a multiple of
// reading the same files once.
func BenchmarkBuild(b *testing.B) {
	dir := benchSite(b)
	readAll(b, filepath.Join(dir, "content"))
	var reading, building time.Duration
	for b.Loop() {
		b.StopTimer()
		reading += readAll(b, filepath.Join(dir, "content"))
		b.Setenv("NEWSDESK_CONTENT_INDEX", b.TempDir())
		b.StartTimer()
		start := time.Now()
		benchRun(b, "feed", "build", "--quiet", "--config", filepath.Join(dir, "config.yaml"), "--out", b.TempDir())
		building += time.Since(start)
	}
	b.ReportMetric(building.Seconds()/reading.Seconds(), "x-read")
	b.ReportMetric(reading.Seconds()/float64(b.N)*1e3, "read-ms")
	reportPeak(b)
}

// BenchmarkRebuild is a "feed build" after one article changed. The metric
// x-stat is its time as a multiple of walking the folder and asking for the state
// of every file.
func BenchmarkRebuild(b *testing.B) {
	dir := benchSite(b)
	content, changing := filepath.Join(dir, "content"), filepath.Join(dir, "content", "changing.md")
	b.Cleanup(func() { os.Remove(changing) })
	b.Setenv("NEWSDESK_CONTENT_INDEX", b.TempDir())
	args := []string{"feed", "build", "--quiet", "--config", filepath.Join(dir, "config.yaml"), "--out", b.TempDir()}
	time.Sleep(2 * time.Second) // files younger than that are not believed
	benchRun(b, args...)
	var stating, building time.Duration
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		text := fmt.Sprintf("---\ntitle: Version %d\ndate: 2026-01-05\ncategories: ['Healthcare IT News: Analytics']\n---\nText.\n", n)
		if err := os.WriteFile(changing, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
		stating += statAll(b, content)
		b.StartTimer()
		start := time.Now()
		benchRun(b, args...)
		building += time.Since(start)
	}
	b.ReportMetric(building.Seconds()/stating.Seconds(), "x-stat")
	b.ReportMetric(stating.Seconds()/float64(b.N)*1e3, "stat-ms")
	reportPeak(b)
}

// BenchmarkWatched is a "feed build --watch" after one article was saved, but for
// the time that the watch waits for the file to be at rest.
func BenchmarkWatched(b *testing.B) {
	dir := benchSite(b)
	changing := filepath.Join(dir, "content", "changing.md")
	b.Cleanup(func() { os.Remove(changing) })
	b.Setenv("NEWSDESK_CONTENT_INDEX", b.TempDir())
	a := &app{stdout: io.Discard, stderr: io.Discard, clock: time.Now}
	a.flags = globalFlags{config: filepath.Join(dir, "config.yaml"), out: b.TempDir(), quiet: true}
	a.folders.watching = true
	time.Sleep(2 * time.Second) // files younger than that are not believed
	build := func() {
		if err := a.buildFeeds(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	build()
	a.folders.index.Keep()
	build()
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		text := fmt.Sprintf("---\ntitle: Version %d\ndate: 2026-01-05\ncategories: ['Healthcare IT News: Analytics']\n---\nText.\n", n)
		if err := os.WriteFile(changing, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		a.folders.index.Changed([]string{"changing.md"})
		build()
	}
}
