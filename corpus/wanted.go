package corpus

import (
	"context"
	"maps"
	"slices"
)

// loadWanted reads the rest of the articles that l.Want picks, or recalls what
// the index knows of them.
func (l *loader) loadWanted(ctx context.Context, c *Corpus) error {
	wanted := l.Want(c.Heads)
	c.loader, c.states = l, make(map[*Head]articleState, len(wanted))
	if l.Index != nil {
		l.Index.readArticles(l.articleKey(l.Index.version))
	}
	states, known := make([]articleState, len(wanted)), make([]bool, len(wanted))
	if err := each(ctx, len(wanted), func(i int) { states[i], known[i] = l.recallArticle(wanted[i]) }); err != nil {
		return err
	}
	var unread []*Head
	for i, h := range wanted {
		if known[i] {
			c.states[h] = states[i]
			l.report.Findings = append(l.report.Findings, states[i].findings...)
		} else {
			unread = append(unread, h)
		}
	}
	findings, err := c.read(ctx, unread)
	if err != nil {
		return err
	}
	l.report.Findings = append(l.report.Findings, findings...)
	if l.Index != nil && len(unread) > 0 {
		l.Index.rememberArticles(c.states, l.list)
	}
	l.samePages(c, slices.SortedFunc(slices.Values(wanted), compareHeads))
	return nil
}

// recallArticle gives what the index knows of an article that is as it was.
func (l *loader) recallArticle(h *Head) (articleState, bool) {
	if l.Index == nil {
		return articleState{}, false
	}
	return l.Index.state(h.Path, stampIn(l.list, h.Path), l.settings)
}

// stampIn gives the stamp of a file of a sorted list, or 0 if it is not there.
func stampIn(files []file, path string) stamp {
	i, ok := slices.BinarySearchFunc(files, path, compareToPath)
	if !ok {
		return 0
	}
	return files[i].stamp
}

// Read gives a corpus that holds the articles of some heads of c: those that c
// holds, and the others read now, from the file system that Load was given. The
// findings are of files that changed since.
func (c *Corpus) Read(ctx context.Context, heads []*Head) (*Corpus, []Finding, error) {
	more := &Corpus{Heads: c.Heads, Topics: c.Topics, loader: c.loader, articles: make(map[*Head]*Article, len(heads)), states: maps.Clone(c.states)}
	var unread []*Head
	for _, h := range heads {
		if a := c.articles[h]; a != nil || c.loader == nil {
			more.articles[h] = a
		} else {
			unread = append(unread, h)
		}
	}
	findings, err := more.read(ctx, unread)
	findings = slices.DeleteFunc(findings, func(f Finding) bool { return f.Kind != "changed" })
	return more, findings, err
}

// read reads the articles of heads into c.
func (c *Corpus) read(ctx context.Context, heads []*Head) (findings []Finding, err error) {
	l := c.loader
	articles, states := make([]*Article, len(heads)), make([]articleState, len(heads))
	if err := each(ctx, len(heads), func(i int) { articles[i], states[i] = l.readArticle(heads[i]) }); err != nil {
		return nil, err
	}
	if c.articles == nil {
		c.articles = make(map[*Head]*Article, len(heads))
	}
	for i, h := range heads {
		findings = append(findings, states[i].findings...)
		if articles[i] != nil {
			c.articles[h] = articles[i]
			c.states[h] = states[i]
		}
	}
	return findings, nil
}

// readArticle reads the rest of one file whose head is known. What is wrong
// with the head has been told.
func (l *loader) readArticle(h *Head) (a *Article, state articleState) {
	r := &reader{settings: l.settings, path: h.Path}
	s, err := l.withDocument(h.Path, nil, func(doc document) {
		d, leftOut := r.head(doc)
		if leftOut != "" || !d.head.Published.Equal(h.Published) || d.head.ID != h.ID && !d.byPath {
			return
		}
		r.findings = nil
		d.head = h
		a = r.article(doc, &d)
	})
	if err != nil || a == nil {
		r.findings = nil
		r.warn("changed", 0, "", "changed while it was read; it is in no output until the next run")
		return nil, articleState{findings: r.findings}
	}
	state = articleState{stamp: s, looked: r.looked, url: a.URL, findings: r.findings, body: a.bodyVersion()}
	return a, state
}
