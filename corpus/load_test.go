package corpus

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// options are those of the seeds' site.
func options(t testing.TB) Options {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Site: "https://www.medigy.com", Zone: zone, Language: "en-US",
		Permalink: "/news/:year/:month/:day/:slug/", ImagesURL: "/images/news/",
		Now: time.Date(2021, 11, 1, 0, 0, 0, 0, time.UTC),
	}
}

// TestLoad runs each txtar file of testdata/load: the files below content/ are
// loaded, with those below images/ as the images, and what comes of it is
// compared with the file want.
func TestLoad(t *testing.T) {
	runArchives(t, "testdata/load", func(t *testing.T, archive *txtar.Archive, files fstest.MapFS) string {
		o := options(t)
		o.Expire = strings.Contains(string(archive.Comment), "expire: true")
		o.Repair = strings.Contains(string(archive.Comment), "repair: true")
		if _, list, ok := strings.Cut(string(archive.Comment), "languages: "); ok {
			o.Languages = strings.Fields(list)
		}
		if _, name, ok := strings.Cut(string(archive.Comment), "preset: "); ok {
			o.Fields = Presets[strings.Fields(name)[0]]
		}
		o.Images = sub(t, files, "images")
		return dump(Load(context.Background(), sub(t, files, "content"), o))
	})
}

func sub(t *testing.T, fsys fs.FS, dir string) fs.FS {
	t.Helper()
	s, err := fs.Sub(fsys, dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// dump writes a corpus and its report for people to read.
func dump(c *Corpus, report Report) string {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		if text := fmt.Sprintf(format, args...); text != "" {
			fmt.Fprintf(&b, "  %-12s %s\n", name, text)
		}
	}
	for _, h := range c.Heads {
		a := c.Article(h)
		fmt.Fprintln(&b, h.Path)
		line("id", "%s", a.ID)
		line("title", "%s", a.Title)
		line("published", "%s", a.Published.Format(time.RFC3339Nano))
		if !a.Updated.Equal(a.Published) {
			line("updated", "%s", a.Updated.Format(time.RFC3339Nano))
		}
		if a.Language != "en-US" {
			line("language", "%s", a.Language)
		}
		for _, topic := range a.Topics {
			line("topic", "%s | %s | %s | %s", topic.Slug, topic.Label, topic.Vocabulary, topic.Scheme)
		}
		line("url", "%s", a.URL)
		line("original", "%s", a.Original)
		line("source", "%s", strings.TrimRight(a.Source.Name+" | "+a.Source.Domain+" | "+a.Source.FeedURL, " |"))
		for _, p := range a.Authors {
			line("author", "%s", p.Name)
		}
		for _, p := range a.Contributors {
			line("contributor", "%s", p.Name)
		}
		line("summary", "%s", a.Summary)
		if i := a.Image; i != nil {
			line("image", "%s %s %dx%d, %d bytes, alt %q", i.URL, i.Type, i.Width, i.Height, i.Bytes, i.Alt)
		}
		for _, o := range a.Offerings {
			line("offering", "%s | %s | %s | %d topics", o.ID, o.Name, o.URL, len(o.Topics))
		}
		line("html", "%s", strings.ReplaceAll(a.HTML, "\n", "\n               "))
	}
	for _, f := range report.Findings {
		fmt.Fprintf(&b, "%s %s %s\n", []string{"warning", "error"}[f.Severity], f.Kind, f)
	}
	for _, l := range report.LeftOut {
		fmt.Fprintf(&b, "left out %s: %s\n", l.Path, l.Reason)
	}
	return b.String()
}
