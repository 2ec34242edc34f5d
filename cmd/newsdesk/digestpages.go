package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/feed"
	"github.com/medigy/newsdesk/internal/atomicfile"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/store"
)

// listingFile says beside an issue's page what the list of issues and their feeds
// say of it. So an edition that is in no database is listed as long as its page is
// there.
const listingFile = "issue.json"

// issuePage is an issue that has a public page.
type issuePage struct {
	digest.Listing
	period digest.Period
	html   []byte // of one that was just made, or nil
	frozen bool   // the database has the page
}

// issueWriter writes the pages of a digest's issues, the list of them and its
// feeds.
type issueWriter struct {
	*press
	dir   *atomicfile.Dir // of the output
	db    *store.DB       // or nil
	batch *atomicfile.Batch
}

// write writes all that there is: the editions that were frozen, as they were
// then, the one that was just built, if not nil, and those whose pages are in the
// output folder. It gives how many files changed.
func (w *issueWriter) write(ctx context.Context, built *digest.Issue) (changed int, err error) {
	all, err := w.issues(ctx, built)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	w.batch = w.dir.Batch()
	defer func() { err = errors.Join(err, w.batch.Flush()) }()
	listed := w.listed(all)
	for i := range all {
		n, err := w.writePage(ctx, &all[i], listed)
		changed += n
		if err != nil {
			return changed, err
		}
	}
	if err := w.batch.Flush(); err != nil { // what the list leads to comes first
		return changed, err
	}
	for i, p := range listed {
		if i < w.config.Feeds.Items {
			j := slices.IndexFunc(all, func(q issuePage) bool { return q.Period == p.Period })
			listed[i].Content = all[j].Content
		}
	}
	n, err := w.writeLists(listed)
	return changed + n, err
}

// issues gives all issues, newest period first. What is frozen goes before what
// was built, and that before what is in the folder.
func (w *issueWriter) issues(ctx context.Context, built *digest.Issue) ([]issuePage, error) {
	var all []issuePage
	add := func(p issuePage) {
		period, err := digest.ParsePeriod(p.Period, w.config.zone)
		known := slices.ContainsFunc(all, func(q issuePage) bool { return q.Period == p.Period })
		if err == nil && !known && p.Digest == w.Name {
			p.period = period
			all = append(all, p)
		}
	}
	if w.db != nil {
		frozen, err := delivery.Listings(ctx, w.db, w.Name)
		if err != nil {
			return nil, err
		}
		for _, l := range frozen {
			l.Date = l.Date.In(w.config.zone)
			add(issuePage{Listing: l, frozen: true})
		}
	}
	if built != nil {
		add(issuePage{Listing: built.Listing, html: built.Archive})
	}
	there, err := os.ReadDir(filepath.Join(w.config.Feeds.Dir, w.folder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, entry := range there {
		var l digest.Listing
		text, err := w.dir.ReadString(w.folder + entry.Name() + "/" + listingFile)
		if err == nil && json.Unmarshal([]byte(text), &l) == nil && l.Period == entry.Name() {
			add(issuePage{Listing: l})
		}
	}
	slices.SortFunc(all, func(a, b issuePage) int {
		return cmp.Or(b.period.Start.Compare(a.period.Start), strings.Compare(a.Period, b.Period))
	})
	return all, nil
}

// listed gives the issues that are out: of a period that has ended or that was
// frozen. Of a digest that is sent, what is newer than the last that was frozen
// waits until it is, too: its editor may change it still.
func (w *issueWriter) listed(all []issuePage) (out []issuePage) {
	first := max(0, slices.IndexFunc(all, func(p issuePage) bool { return p.frozen }))
	for _, p := range all[first:] {
		if p.frozen || !p.Date.After(w.now) {
			out = append(out, p)
		}
	}
	return out
}

// writePage writes one issue's page with links to those before and after it, and
// its listing.
func (w *issueWriter) writePage(ctx context.Context, p *issuePage, listed []issuePage) (changed int, err error) {
	folder := w.folder + p.Period + "/"
	page := p.html
	switch {
	case p.frozen:
		page, p.Content, err = delivery.Page(ctx, w.db, w.Name, p.Period)
	case page == nil:
		var text string
		text, err = w.dir.ReadString(folder + "index.html")
		if errors.Is(err, fs.ErrNotExist) {
			return 0, nil // somebody has taken it away
		}
		page = []byte(text)
	}
	if err != nil {
		return 0, err
	}
	previous, next := neighbours(p, listed)
	var listing bytes.Buffer
	e := json.NewEncoder(&listing)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(p.Listing); err != nil {
		return 0, err
	}
	return w.writeFiles(map[string][]byte{
		folder + "index.html": digest.WithNeighbours(page, previous, next),
		folder + listingFile:  listing.Bytes(),
	})
}

// neighbours gives the listed issues before and after one, or nil.
func neighbours(p *issuePage, listed []issuePage) (previous, next *digest.Listing) {
	for i := range listed {
		switch order := listed[i].period.Start.Compare(p.period.Start); {
		case order > 0:
			next = &listed[i].Listing
		case order < 0:
			return &listed[i].Listing, next
		}
	}
	return nil, next
}

// writeLists writes the page that lists the issues, and their feeds.
func (w *issueWriter) writeLists(listed []issuePage) (changed int, err error) {
	listings := make([]digest.Listing, len(listed))
	for i, p := range listed {
		listings[i] = p.Listing
	}
	files := map[string][]byte{}
	if index := w.folder + "index.html"; !feed.OthersPage(w.dir, index) {
		if files[index], err = w.templates.Index(w.heading(), w.language(), listings); err != nil {
			return 0, err
		}
	}
	f := w.feedOf(listings)
	for _, format := range feed.Formats {
		if files[w.folder+format.File], err = format.Encode(f); err != nil {
			return 0, err
		}
	}
	return w.writeFiles(files)
}

func (w *issueWriter) writeFiles(files map[string][]byte) (changed int, err error) {
	for name, data := range files {
		written, err := w.batch.Write(name, data, nil)
		if err != nil {
			return changed, notWritten(path.Join(w.config.Feeds.Dir, path.Dir(name)), err)
		}
		if written {
			changed++
		}
	}
	return changed, nil
}

// writeIssues writes the pages of a digest's issues, that of the one that was just
// built among them. A database is read if there is one, and not made.
func writeIssues(ctx context.Context, p *press, dir *atomicfile.Dir, built *digest.Issue) (changed int, err error) {
	db, err := openForReading(ctx, p.config)
	if err != nil {
		return 0, err
	}
	w := &issueWriter{press: p, dir: dir, db: db}
	changed, err = w.write(ctx, built)
	if db != nil {
		err = errors.Join(err, db.Close())
	}
	return changed, err
}
