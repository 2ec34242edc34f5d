package corpus

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Load reads every article file of fsys. What is wrong is in the report, all
// of it; the articles that are right are in the corpus. The only errors that
// leave the corpus empty are a folder that cannot be read and a done context,
// and they are findings too.
//
// It reads twice: first of every file what choosing needs, and then, of the
// files that o.Want picks, the rest. So a hundred thousand articles cost no
// more memory than their heads. With o.Index it reads, in both passes, only the
// files that changed.
func Load(ctx context.Context, fsys fs.FS, o Options) (*Corpus, Report) {
	s, err := newSettings(o)
	if err != nil {
		return New(nil), Report{Findings: []Finding{{Error, "bad-option", ".", 0, "", err.Error()}}}
	}
	s.content = fsys
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

// loader reads one folder.
type loader struct {
	*settings
	fsys   fs.FS
	stamps bool   // there is something to compare stamps with before the files are read
	list   []file // of the folder, by path
	report Report
}

func (l *loader) load(ctx context.Context) (*Corpus, error) {
	if l.Want == nil {
		return l.loadAll(ctx)
	}
	if l.Index != nil {
		defer func() { l.report.Notices = l.Index.end() }()
	}
	c, err := l.loadHeads(ctx)
	if err != nil {
		return nil, err
	}
	return c, l.loadWanted(ctx, c)
}

// loadAll reads every article whole.
func (l *loader) loadAll(ctx context.Context) (*Corpus, error) {
	files, err := l.files(ctx)
	if err != nil {
		return nil, err
	}
	results, articles := make([]result, len(files)), make([]*Article, len(files))
	tell := l.progress(0, len(files))
	err = each(ctx, len(files), func(i int) {
		if reason := l.skip.file(files[i].path); reason != "" {
			results[i].remarks = &remarks{leftOut: reason}
		} else {
			results[i], articles[i], _ = l.read(files[i].path)
		}
		tell()
	})
	if err != nil {
		return nil, err
	}
	c := &Corpus{}
	heads := l.collect(files, results)
	c.arrange(heads, unrankedList(len(heads)), publishedSeconds(heads))
	c.hold(heads, articles)
	l.report.Findings = append(l.report.Findings, likelyDuplicates(heads, results)...)
	l.samePages(c, c.Heads)
	return c, nil
}

// loadHeads reads what choosing needs of the files that the index does not know.
func (l *loader) loadHeads(ctx context.Context) (*Corpus, error) {
	k, err := l.recall(ctx)
	if err != nil {
		return nil, err
	}
	var unread []int
	for i, r := range k.results {
		if !r.known() {
			unread = append(unread, i)
		}
	}
	tell := l.progress(len(k.files)-len(unread), len(k.files))
	var opened atomic.Int64
	err = each(ctx, len(unread), func(n int) {
		f, r := &k.files[unread[n]], &k.results[unread[n]]
		if reason := l.skip.file(f.path); reason != "" {
			r.remarks = &remarks{leftOut: reason}
		} else {
			*r, _, f.stamp = l.read(f.path)
			opened.Add(1)
		}
		tell()
	})
	if err != nil {
		return nil, err
	}
	c := l.corpus(k)
	if l.Index != nil {
		l.Index.remember(l.settings, k, int(opened.Load()))
	}
	l.list = k.files
	return c, nil
}

// corpus makes the corpus of what the files gave. Ranks hold for heads as the
// files give them: one that got another ID has none, and gets none.
func (l *loader) corpus(k known) *Corpus {
	heads := l.collect(k.files, k.results)
	seconds := make([]int64, len(heads))
	var renamed []int
	for i, r := range k.results {
		seconds[i] = r.sums.seconds
		if heads[i] != r.head && heads[i] != nil {
			renamed = append(renamed, i)
			k.ranks[i] = unranked
		}
	}
	var duplicates []Finding
	var comparing sync.WaitGroup
	titled := slices.Clone(heads)
	comparing.Go(func() { duplicates = likelyDuplicates(titled, k.results) })
	c := &Corpus{}
	c.arrange(heads, k.ranks, seconds)
	for _, i := range renamed {
		k.ranks[i] = unranked
	}
	comparing.Wait()
	l.report.Findings = append(l.report.Findings, duplicates...)
	return c
}

// recall lists the files, with what the index knows of them.
func (l *loader) recall(ctx context.Context) (k known, err error) {
	x := l.Index
	if x == nil {
		k.files, err = l.files(ctx)
		k.results, k.ranks = make([]result, len(k.files)), unrankedList(len(k.files))
		return k, err
	}
	l.settled = x.settled()
	k.settings = l.headKey(x.version)
	changed, told := x.changed, x.told
	x.changed, x.told = nil, false
	ok := false
	if told && k.settings == x.heads.settings {
		k.files, ok = l.patch(changed)
	}
	if ok {
		l.report.LeftOut = append(l.report.LeftOut, x.skipped...)
	}
	var loading sync.WaitGroup
	loading.Go(func() { x.load(l.settings, k.settings) })
	if !ok {
		l.stamps = x.hasHeads()
		k.files, err = l.files(ctx)
	}
	loading.Wait()
	l.report.Files = len(k.files)
	k.results, k.ranks = make([]result, len(k.files)), unrankedList(len(k.files))
	x.recall(&k, l.Now)
	return k, err
}

// files lists the article files by path.
func (l *loader) files(ctx context.Context) ([]file, error) {
	list := func(folder string) ([]child, error) { return listFS(l.fsys, folder) }
	if d, ok := l.fsys.(*Dir); ok {
		var settled time.Time
		if l.stamps {
			settled = l.settled
		}
		list = func(folder string) ([]child, error) { return d.list(folder, settled) }
	}
	found := walk(ctx, l.skip, list)
	l.report.Files = len(found.files)
	l.report.Findings = append(l.report.Findings, found.failed...)
	l.report.LeftOut = append(l.report.LeftOut, found.skipped...)
	if x := l.Index; x != nil {
		x.walked = nil
		if d, ok := l.fsys.(*Dir); ok && found.failed == nil {
			x.walked, x.skipped = d, found.skipped
		}
	}
	return found.files, ctx.Err()
}

// progress gives a function that is to be called after each of total files of
// which some are done.
func (l *loader) progress(already, total int) func() {
	if l.Progress == nil {
		return func() {}
	}
	const step = 256
	l.Progress(already, total)
	var done atomic.Int64
	done.Store(int64(already))
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

// read reads one file: the head, and the article if all are wanted.
func (l *loader) read(name string) (res result, a *Article, s stamp) {
	r := &reader{settings: l.settings, path: name}
	want := l.headKeys.has
	if l.Want == nil {
		want = nil
	}
	var leftOut string
	s, err := l.withDocument(name, want, func(doc document) {
		var d draft
		if d, leftOut = r.head(doc); leftOut != "" {
			return
		}
		res.head, res.sums, res.byPath = d.head, newSums(d.head), d.byPath
		if l.Want == nil {
			a = r.article(doc, &d)
		}
	})
	if err != nil {
		at, ok := errors.AsType[*lineError](err)
		if !ok {
			at = &lineError{0, readError(err)}
		}
		r.fail("broken", at.line, "", at.text)
		leftOut = "error"
	}
	if leftOut != "" || r.findings != nil || !r.until.IsZero() {
		res.remarks = &remarks{leftOut, r.findings, r.since, r.until}
	}
	return res, a, s
}

// withDocument reads one file and calls use with it; want is as parseDocument
// has it. The document is use's only until it returns, but for its texts.
func (l *loader) withDocument(name string, want func(key []byte) bool, use func(document)) (stamp, error) {
	return withFile(l.fsys, name, l.settled, func(data []byte) error {
		doc, err := parseDocument(data, l.Encoding, want)
		if err != nil {
			return err
		}
		use(doc)
		doc.release()
		return nil
	})
}
