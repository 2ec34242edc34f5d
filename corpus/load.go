package corpus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Load reads every article file of fsys. What is wrong is in the report, all
// of it; the articles that are right are in the corpus. The only errors that
// leave the corpus empty are a folder that cannot be read and a done context,
// and they are findings too.
//
// It reads twice: first of every file what choosing needs, and then, of the
// files that o.Want picks, the rest. So a hundred thousand articles cost no
// more memory than their heads.
func Load(ctx context.Context, fsys fs.FS, o Options) (*Corpus, Report) {
	s, err := newSettings(o)
	if err != nil {
		return New(nil), Report{Findings: []Finding{{Error, "bad-option", ".", 0, "", err.Error()}}}
	}
	l := &loader{settings: s, fsys: fsys}
	c, err := l.load(ctx)
	if err != nil {
		l.report.Findings = append(l.report.Findings, Finding{Error, "stopped", ".", 0, "", err.Error()})
		return New(nil), l.report
	}
	l.report.Findings = slices.DeleteFunc(l.report.Findings, func(f Finding) bool {
		return f.Severity == Warning && slices.Contains(o.Silence, f.Kind)
	})
	slices.SortStableFunc(l.report.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line))
	})
	slices.SortStableFunc(l.report.LeftOut, func(a, b LeftOut) int { return cmp.Compare(a.Path, b.Path) })
	return c, l.report
}

type loader struct {
	*settings
	fsys   fs.FS
	report Report
}

func (l *loader) load(ctx context.Context) (*Corpus, error) {
	files := l.files()
	l.report.Files = len(files)
	results := make([]result, len(files))
	tell := l.progress(len(files))
	err := each(ctx, len(files), func(i int) {
		results[i] = l.read(files[i])
		tell()
	})
	if err != nil {
		return nil, err
	}
	c := l.collect(results)
	if l.Want == nil {
		l.samePages(c)
		return c, nil
	}
	wanted := l.Want(c.Heads)
	articles := make([]result, len(wanted))
	if err := each(ctx, len(wanted), func(i int) { articles[i] = l.readArticle(wanted[i]) }); err != nil {
		return nil, err
	}
	c.articles = make(map[*Head]*Article, len(wanted))
	for i, res := range articles {
		l.report.Findings = append(l.report.Findings, res.findings...)
		if res.article != nil {
			c.articles[wanted[i]] = res.article
		}
	}
	l.samePages(c)
	return c, nil
}

// samePages warns of articles that have one URL: the site can serve only one of
// them.
func (l *loader) samePages(c *Corpus) {
	type page struct{ url, language string } // translations: the generator keeps them apart
	seen := make(map[page]*Head, len(c.articles))
	for _, h := range c.Heads {
		a := c.articles[h]
		if a == nil {
			continue
		}
		key := page{a.URL, a.Language}
		if other := seen[key]; other != nil {
			l.report.Findings = append(l.report.Findings, Finding{Warning, "same-url", h.Path, 0, string(FieldURL),
				fmt.Sprintf("%s is the page of %s, too (give one of them another slug)", a.URL, other.Path)})
			continue
		}
		seen[key] = h
	}
}

// progress gives a function that is to be called after each of total files.
func (l *loader) progress(total int) func() {
	if l.Progress == nil {
		return func() {}
	}
	const step = 256
	l.Progress(0, total)
	var done atomic.Int64
	return func() {
		if n := int(done.Add(1)); n%step == 0 || n == total {
			l.Progress(n, total)
		}
	}
}

// each calls f for 0 to n-1 on all processors.
func each(ctx context.Context, n int, f func(int)) error {
	g, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := ctx.Err(); err != nil {
					return err
				}
				f(i)
			}
			return nil
		})
	}
	return g.Wait()
}

// files lists the article files by path. Hidden files and folders are not the
// site's content.
func (l *loader) files() []string {
	var files []string
	fs.WalkDir(l.fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			l.report.Findings = append(l.report.Findings, Finding{Error, "unreadable", name, 0, "", readError(err)})
			return nil
		}
		hidden := strings.HasPrefix(path.Base(name), ".") && name != "."
		if d.IsDir() && hidden {
			return fs.SkipDir
		}
		if !d.IsDir() && !hidden && isArticle(name) {
			files = append(files, name)
		}
		return nil
	})
	slices.Sort(files)
	return files
}

func isArticle(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown", ".html":
		return true
	}
	return false
}

// result is what one file gave: a head, perhaps with its article, or why not.
type result struct {
	path     string
	head     *Head
	article  *Article // nil until it is wanted
	byPath   bool     // the head's ID is made from the path
	leftOut  string
	findings []Finding
}

// read reads one file: the head, and the article if all are wanted.
func (l *loader) read(name string) result {
	r := &reader{settings: l.settings, path: name}
	res := result{path: name}
	if strings.HasPrefix(path.Base(name), "_index.") {
		res.leftOut = "a list page (_index)"
		return res
	}
	want := l.headKeys.has
	if l.Want == nil {
		want = nil
	}
	err := l.withDocument(name, want, func(doc document) {
		d, leftOut := r.head(doc)
		res.leftOut = leftOut
		if leftOut == "" {
			res.head, res.byPath = d.head, d.byPath
			if l.Want == nil {
				res.article = r.article(doc, d)
			}
		}
	})
	if err != nil {
		var at *lineError
		if !errors.As(err, &at) {
			at = &lineError{0, readError(err)}
		}
		r.fail("broken", at.line, "", at.text)
		res.leftOut = "error"
	}
	res.findings = r.findings
	return res
}

// readArticle reads the rest of one file whose head is known. What is wrong
// with the head has been told.
func (l *loader) readArticle(h *Head) result {
	r := &reader{settings: l.settings, path: h.Path}
	var a *Article
	err := l.withDocument(h.Path, nil, func(doc document) {
		d, leftOut := r.head(doc)
		if leftOut != "" || !d.head.Published.Equal(h.Published) || d.head.ID != h.ID && !d.byPath {
			return
		}
		r.findings = nil
		d.head = h
		a = r.article(doc, d)
	})
	if err != nil || a == nil {
		r.findings = nil
		r.warn("changed", 0, "", "changed while it was read; it is in no output until the next run")
	}
	return result{article: a, findings: r.findings}
}

// withDocument reads one file and calls use with it; want is as parseDocument
// has it. The document's body is use's only until it returns.
func (l *loader) withDocument(name string, want func(key []byte) bool, use func(document)) error {
	return withFile(l.fsys, name, func(data []byte) error {
		doc, err := parseDocument(data, l.Encoding, want)
		if err == nil {
			use(doc)
		}
		return err
	})
}

// readError says why a file cannot be read without naming it again.
func readError(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return "cannot be read: " + pathErr.Err.Error()
	}
	return err.Error()
}

// collect makes the corpus and the report of what the files gave.
func (l *loader) collect(results []result) *Corpus {
	c := &Corpus{articles: map[*Head]*Article{}}
	byID := make(map[string]*Head, len(results))
	for _, res := range results { // by path, so the first of two wins
		l.report.Findings = append(l.report.Findings, res.findings...)
		if res.leftOut == "" {
			if byID[res.head.ID] != nil && res.byPath {
				// Two columns of one name on other days: the later has its day in its ID.
				res.head.ID = l.pathID(res.path)
			}
			if other := byID[res.head.ID]; other != nil {
				res.leftOut = "has the ID of " + other.Path
				l.report.Findings = append(l.report.Findings, Finding{Warning, "same-id", res.path, 0, "id",
					fmt.Sprintf("%s is already the ID of %s; left out (give one of them another)", res.head.ID, other.Path)})
			}
		}
		if res.leftOut != "" {
			l.report.LeftOut = append(l.report.LeftOut, LeftOut{res.path, res.leftOut})
			continue
		}
		byID[res.head.ID] = res.head
		c.Heads = append(c.Heads, res.head)
		if res.article != nil {
			c.articles[res.head] = res.article
		}
	}
	c.arrange()
	l.likelyDuplicates(c)
	return c
}

// likelyDuplicates warns of articles with one title on one day: mostly one
// story, curated twice.
func (l *loader) likelyDuplicates(c *Corpus) {
	titles := map[string]*Head{} // of the day that the heads have come to
	for i, h := range c.Heads {
		if i > 0 && !sameDay(c.Heads[i-1], h) {
			clear(titles)
		}
		title := strings.ToLower(h.Title)
		if other := titles[title]; other != nil {
			l.report.Findings = append(l.report.Findings, Finding{Warning, "likely-duplicate", h.Path, 0, "title",
				fmt.Sprintf("same title and day as %s; if it is one story, keep one", other.Path)})
			continue
		}
		titles[title] = h
	}
}

func sameDay(a, b *Head) bool {
	return a.Published.YearDay() == b.Published.YearDay() && a.Published.Year() == b.Published.Year()
}
