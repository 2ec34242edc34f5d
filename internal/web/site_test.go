package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/watch"
	"github.com/medigy/newsdesk/templates"
)

// site is a folder of articles as an editor has it, loaded by the functions
// that the command loads it by.
type site struct {
	t   testing.TB
	dir string
	now time.Time

	post   Post
	access Access
}

// newSite makes a site of three articles in two weeks that have ended, and one
// in a week that has not. It is Tuesday, 12 October 2021.
func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir(), now: time.Date(2021, 10, 12, 9, 0, 0, 0, time.UTC), access: Access{Key: []byte("test")}}
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
	weekly := Series{Name: "weekly", Periods: digest.Periods(c.Heads, digest.Week, time.UTC)}
	if p, ok := digest.Latest(c.Heads, digest.Week, s.now, time.UTC, digest.Options{}); ok {
		weekly.Latest = p.Name
	}
	monthly := Series{Name: "monthly", Title: "The Month", Periods: digest.Periods(c.Heads, digest.Month, time.UTC)}
	return &Desk{
		Site: "Medigy News", Report: report, Heads: c.Heads, Topics: c.Topics, Digests: []Series{weekly, monthly},
		Images: images, ImagesURL: "https://www.medigy.com/images/news/",
		Editions: s.path("content/editions"), Approved: s.path("approved"), Own: []string{"www.medigy.com"},
		Render: func(w Wanted) (*Proof, error) { return render(c, t, w) },
		Post:   s.post, Readers: findReaders,
	}, nil
}

// findReaders finds a reader of Spanish and one who has paused, or the segments.
func findReaders(_ context.Context, _, text string, _ int) ([]Reader, error) {
	spanish := digest.Selection{Language: "es"}
	if text == "" {
		return []Reader{{Size: 41}, {Selection: spanish, Size: 1}}, nil
	}
	all := []Reader{
		{Address: "bo@example.org", Name: "Bo Berg", Selection: spanish},
		{Address: "ann@example.org", Name: "Ann", Why: "gets nothing: paused"},
	}
	return slices.DeleteFunc(all, func(r Reader) bool { return !strings.Contains(strings.ToLower(r.Address+r.Name), text) }), nil
}

func render(c *corpus.Corpus, t *digest.Templates, w Wanted) (*Proof, error) {
	o := digest.Options{Digest: w.Digest, Title: "Medigy News", Language: "en-US", Choices: w.Choices}
	edition := digest.Compile(c, w.Period, o)
	part := edition.Select(w.Selection)
	if part.Empty() {
		return &Proof{Edition: part}, nil
	}
	issue, err := t.Render(edition, w.Selection)
	if err != nil {
		return nil, err
	}
	composer, err := delivery.NewComposer(issue, delivery.Sender{
		From: mail.Address{Name: "Medigy <News>", Address: "news@medigy.example"}, ListID: "weekly.medigy.example", Base: "https://www.medigy.com/newsletter",
	}, w.Period.End, nil)
	if err != nil {
		return nil, err
	}
	eml, err := composer.Append(nil, delivery.Recipient{Name: "Sample", Address: "sample@example.org", Unsubscribe: "sample", Preferences: "sample"})
	return &Proof{Edition: part, Issue: issue, EML: eml, Hash: issue.Hash()}, err
}

// preview makes the preview of the site. Only if run is called does it watch.
func (s *site) preview() *Preview {
	s.t.Helper()
	p, err := NewPreview(PreviewOptions{
		Load:      s.load,
		Watch:     []string{s.path("content"), s.path("templates"), s.path("broken")},
		Templates: templates.FS(nil),
		Clock:     watch.Clock{Now: func() time.Time { return s.now }, After: time.After},
		Access:    s.access,
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
