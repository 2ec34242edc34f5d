package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/templates"
)

// site is a folder of articles as an editor has it, loaded by the functions
// that the command loads it by.
type site struct {
	t   *testing.T
	dir string
	now time.Time
}

// newSite makes a site of three articles in two weeks that have ended, and one
// in a week that has not. It is Tuesday, 12 October 2021.
func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t, t.TempDir(), time.Date(2021, 10, 12, 9, 0, 0, 0, time.UTC)}
	s.article("a.md", "Gateways Fail Quietly", "2021-09-28")
	s.article("b.md", "Interpreters Join the Queue", "2021-10-05", "featuredImage: { href: queue.png }")
	s.article("c.md", "Payers Publish Prices", "2021-10-07")
	s.article("d.md", "Not Yet in a Finished Week", "2021-10-12")
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 1200, 600))); err != nil {
		t.Fatal(err)
	}
	s.write("images/queue.png", picture.String())
	return s
}

func (s *site) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *site) write(name, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// article writes content/name with a title, which may have any characters, and
// more lines of front matter.
func (s *site) article(name, title, date string, more ...string) {
	s.t.Helper()
	s.write("content/"+name, fmt.Sprintf("---\ntitle: %q\ndate: %s\nlink: https://publisher.example/%s\ncategories: ['Healthcare IT News: Cybersecurity']\n%s\n---\nA body with enough words in it to make a summary.\n",
		title, date, name, strings.Join(more, "\n")))
}

// load does what newsdesk digest preview does to load. A file named broken
// stands for any error in templates or configuration.
func (s *site) load(ctx context.Context, _ []string) (*Desk, error) {
	if text, err := os.ReadFile(s.path("broken")); err == nil {
		return nil, errors.New(string(text))
	}
	t, err := digest.Parse(templates.FS(os.DirFS(s.path("templates"))), digest.Theme{},
		digest.Links{Home: "https://www.medigy.com", Base: "https://www.medigy.com/feeds/"})
	if err != nil {
		return nil, err
	}
	images := os.DirFS(s.path("images"))
	c, report := corpus.Load(ctx, os.DirFS(s.path("content")), corpus.Options{
		Site: "https://www.medigy.com", Zone: time.UTC, Language: "en-US", Now: s.now,
		Permalink: "/news/:slug/", Images: images, ImagesURL: "/images/news/",
	})
	desk := &Desk{
		Site: "Medigy News", Report: report,
		Images: images, ImagesURL: "https://www.medigy.com/images/news/",
		Render: func(p digest.Period) (*Proof, error) { return render(c, t, p) },
	}
	for _, p := range digest.Periods(c.Heads, digest.Week, time.UTC) {
		desk.Editions = append(desk.Editions, Week{p, len(digest.Wanted(c.Heads, p, digest.Options{}))})
	}
	if p, ok := digest.Latest(c.Heads, digest.Week, s.now, time.UTC, digest.Options{}); ok {
		desk.Latest = p.Name
	}
	return desk, nil
}

func render(c *corpus.Corpus, t *digest.Templates, p digest.Period) (*Proof, error) {
	edition := digest.Compile(c, p, digest.Options{Title: "Medigy News", Language: "en-US"})
	issue, err := t.Render(edition, digest.Selection{})
	if err != nil {
		return nil, err
	}
	eml := "From: \"Medigy <News>\" <news@medigy.example>\r\nDate: Mon, 11 Oct 2021 07:00:00 +0000\r\nSubject: " + issue.Subject + "\r\n\r\n" + string(issue.Text)
	return &Proof{Edition: edition, Issue: issue, EML: []byte(eml), Hash: issue.Hash()}, nil
}

// preview makes the preview of the site. Only if run is called does it watch.
func (s *site) preview() *Preview {
	s.t.Helper()
	p, err := NewPreview(Options{
		Load:      s.load,
		Watch:     []string{s.path("content"), s.path("templates"), s.path("broken")},
		Templates: templates.FS(nil),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// loaded makes the preview of the site as it is now.
func (s *site) loaded() *Preview {
	s.t.Helper()
	p := s.preview()
	p.load(s.t.Context(), nil)
	return p
}

// run runs a preview until the test ends.
func (s *site) run() *Preview {
	s.t.Helper()
	p := s.preview()
	ctx, stop := context.WithCancel(s.t.Context())
	done := make(chan error)
	go func() { done <- p.Run(ctx) }()
	s.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			s.t.Errorf("Run: %v", err)
		}
	})
	return p
}
