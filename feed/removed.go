package feed

import (
	"encoding/xml"
	"errors"
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/medigy/newsdesk/internal/atomicfile"
)

// Removed is what becomes of the files of a feed that there was and is no longer:
// its last article went, or its kind or name is not wanted any more; and of the
// pages of an archive beyond its last, when there are fewer articles than there
// were. Nothing leads to such a page, but who has its address may ask for it.
type Removed string

// They stay as they are; they become a valid feed without items; or they are
// deleted and listed in gone.txt, for a server to answer 410 with.
const (
	RemovedKeep  Removed = "keep"
	RemovedEmpty Removed = "empty"
	RemovedGone  Removed = "gone"
)

// GoneFile has the files of RemovedGone, one a line, relative to its folder. A
// feed that is there again is not in it.
const GoneFile = "gone.txt"

// former gives the feeds that the output folder's feeds.opml lists and list does
// not have, each without items. So the output itself is the record of what was
// written, and one that cannot be read is none.
func former(dir *atomicfile.Dir, list []*Feed) []*Feed {
	text, err := dir.ReadString(opmlFile)
	var d opml
	if err != nil || xml.Unmarshal([]byte(text), &d) != nil {
		return nil
	}
	there := map[string]bool{}
	for _, f := range list {
		there[f.Path] = true
	}
	var all []*Feed
	var visit func(outlines []outline)
	visit = func(outlines []outline) {
		for _, o := range outlines {
			if f := formerFeed(o, list[0].Options); f != nil && !there[f.Path] {
				all = append(all, f)
			}
			visit(o.Outlines)
		}
	}
	visit(d.Outlines)
	return all
}

// formerFeed gives nil unless newsdesk could have written the outline for a feed
// in a folder of its own.
func formerFeed(line outline, o Options) *Feed {
	file, below := strings.CutPrefix(line.XMLURL, encodeURL(o.URL))
	file, err := url.PathUnescape(file)
	folder, named := strings.CutSuffix(file, "/"+rssFile)
	kind, slug, parts := strings.Cut(folder, "/")
	known := Kind(kind) == KindNamed || slices.Contains(Kinds, Kind(kind))
	if !below || err != nil || !named || !parts || !known || strings.Contains(slug, "/") || !fs.ValidPath(folder) {
		return nil
	}
	o.Site.Language = line.Language
	return &Feed{Kind: Kind(kind), Title: line.Title, Description: line.Description, Home: line.HTMLURL, Path: folder + "/", Options: o}
}

// formerPages gives the pages beyond the last that a feed has, or had before its
// articles became fewer, each without items. The newest come first: while one is
// there, so are those before it, and the next run finds what this one leaves.
func (f *Feed) formerPages(dir *atomicfile.Dir) []*Feed {
	var all []*Feed
	for n := f.pages() + 1; ; n++ {
		there := slices.ContainsFunc(Formats, func(format Format) bool { return dir.Has(f.Path + pageFile(format.File, n)) })
		if !there {
			slices.Reverse(all)
			return all
		}
		page := *f
		page.page, page.Items, page.Published, page.Updated = n, nil, time.Time{}, time.Time{}
		all = append(all, &page)
	}
}

// retire does what Options say with the files of former feeds, and of pages that
// there are no longer.
func retire(dir *atomicfile.Dir, removed, list []*Feed) error {
	how := list[0].Options.Removed
	var documents []*Feed
	if how != RemovedKeep {
		for _, f := range slices.Concat(removed, list) {
			documents = append(documents, f.formerPages(dir)...)
		}
		documents = append(documents, removed...)
	}
	if err := writeGone(dir, documents, list); err != nil {
		return err
	}
	var failed error
	for _, f := range documents {
		if page := f.Path + indexFile; f.page == 0 && how == RemovedGone && !OthersPage(dir, page) {
			failed = errors.Join(failed, dir.Remove(page))
		}
		for _, format := range Formats {
			var err error
			switch how {
			case RemovedGone:
				err = dir.Remove(f.Path + pageFile(format.File, f.page))
			case RemovedEmpty:
				err = f.write(dir, format)
			}
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

func (f *Feed) write(dir *atomicfile.Dir, format Format) error {
	data, err := format.Encode(f)
	if err != nil {
		return err
	}
	defer release(data)
	_, err = dir.Write(f.Path+pageFile(format.File, f.page), data)
	return err
}

// writeGone adds removed documents to the list of gone files, and takes from it
// what is there again.
func writeGone(dir *atomicfile.Dir, removed, list []*Feed) error {
	text, err := dir.ReadString(GoneFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	gone := map[string]bool{}
	for name := range strings.Lines(text) {
		gone[strings.TrimSuffix(name, "\n")] = true
	}
	if len(gone) > 0 {
		for _, f := range list {
			for n := range f.pages() + 1 {
				f.each(n, func(name string) { delete(gone, name) })
			}
		}
	}
	if list[0].Options.Removed == RemovedGone {
		for _, f := range removed {
			f.each(f.page, func(name string) { gone[name] = true })
		}
	}
	if text == "" && len(gone) == 0 {
		return nil
	}
	var b strings.Builder
	for name := range gone {
		b.WriteString(name + "\n")
	}
	lines := slices.Sorted(strings.Lines(b.String()))
	_, err = dir.Write(GoneFile, []byte(strings.Join(lines, "")))
	return err
}

// each calls do with every file of the feed's page n; 0 is the feed's own.
func (f *Feed) each(n int, do func(name string)) {
	for _, format := range Formats {
		do(f.Path + pageFile(format.File, n))
	}
	if n == 0 && f.Options.Pages {
		do(f.Path + indexFile)
	}
}
