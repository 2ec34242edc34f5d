package feed

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/atomicfile"
)

// Stats counts what Write did.
type Stats struct {
	Feeds   int   // feeds, each in every format
	Files   int   // files of the feeds, the OPML list and the page
	Written int   // files that were new or changed
	Kept    int   // pages of topics, or feed.css, that are the site's own and stay
	Bytes   int64 // in all files
	Removed int   // feeds that there are no longer, and whose files were emptied or deleted
}

// Write puts the feeds into dir: rss.xml, atom.xml and feed.json of all
// articles at the top and of each topic under topic/<slug>/, with a page
// index.html there; feeds.opml and the index.html that lists them; and feed.css,
// the look of feeds in a browser. The other kinds
// of feeds have folders like the topics'. A file that holds the same bytes already
// is left alone, and one that made knows to be of the same recipe is not even made;
// made may be nil, and is not saved. WriteLater has written the feeds that it has
// to. The items of the others must be whole (see Needed), or the file stays as it
// is. templates has index.html, topic.html, feed.css and their partials. Feeds
// that there are no longer are dealt with as Options.Removed
// says: readers still ask for them.
//
// An error names its file. The other files are written all the same, but the
// lists only if every feed is in its place.
func Write(dir *atomicfile.Dir, feeds []*Feed, templates fs.FS, made *atomicfile.Made) (Stats, error) {
	stats := Stats{Feeds: len(feeds)}
	var failed error
	for _, files := range rounds(held(feeds), templates, made) {
		s, err := write(dir, files, made)
		stats.Add(s)
		failed = errors.Join(failed, err)
		clear(files) // with them goes what was encoded of their format
	}
	if failed != nil {
		return stats, failed
	}
	var removed []*Feed
	if feeds[0].Options.Removed != RemovedKeep {
		removed = former(dir, feeds)
		stats.Removed = len(removed)
	}
	if err := retire(dir, removed, feeds); err != nil {
		return stats, err
	}
	listed, err := write(dir, lists(feeds, templates), made)
	stats.Add(listed)
	return stats, err
}

// rounds gives the files of all feeds, those of one format after those of another:
// what is encoded of one is memory. Few are one round, for each waits for the disk.
func rounds(feeds []*Feed, templates fs.FS, made *atomicfile.Made) [][]file {
	const few = 32
	all := [][]file{pages(feeds, templates)}
	for _, format := range Formats {
		all = append(all, format.files(feeds))
	}
	stale := 0
	for _, f := range slices.Concat(all...) {
		if _, ok := made.Current(f.name, f.recipe); !ok {
			stale++
		}
	}
	if stale <= few {
		return [][]file{slices.Concat(all...)}
	}
	return all
}

// Needed returns the heads whose articles Write needs: those of the items in
// files that have to be made.
func Needed(feeds []*Feed, templates fs.FS, made *atomicfile.Made) []*corpus.Head {
	now := held(feeds)
	files := pages(now, templates)
	for _, format := range Formats {
		files = append(files, format.files(now)...)
	}
	var needed []*corpus.Head
	seen := map[*Item]bool{}
	for _, f := range append(files, lists(feeds, templates)...) {
		if _, ok := made.Current(f.name, f.recipe); ok {
			continue
		}
		for _, i := range f.items {
			if !seen[i] {
				seen[i] = true
				needed = append(needed, i.Head)
			}
		}
	}
	return needed
}

// held are the feeds that are not written later; the first is that of all articles.
func held(feeds []*Feed) []*Feed {
	return slices.DeleteFunc(slices.Clone(feeds), func(f *Feed) bool { return f.later != nil })
}

// file is one that is to be written.
type file struct {
	name   string // in the output folder
	recipe atomicfile.Recipe
	items  []*Item // that it takes the articles of
	encode func() ([]byte, error)
}

// files are all feeds in one format.
func (format Format) files(feeds []*Feed) []file {
	encode := format.Encoder()
	var files []file
	for _, f := range feeds {
		files = append(files, file{f.Path + format.File, f.recipe, f.Items, func() ([]byte, error) { return encode(f) }})
	}
	return files
}

// pages are the pages of the feeds but that of all articles, which is the list's.
func pages(feeds []*Feed, templates fs.FS) []file {
	var files []file
	t := newPageTemplate(templates, "topic.html")
	for _, f := range feeds[1:] {
		if f.Options.Pages {
			files = append(files, f.pageFile(t))
		}
	}
	return files
}

func (f *Feed) pageFile(t *pageTemplate) file {
	return file{f.Path + indexFile, f.pageRecipe(t), f.Items, func() ([]byte, error) { return t.encode(newTopicPage(f), f.Options.voice) }}
}

// lists are the files that list the feeds.
func lists(feeds []*Feed, templates fs.FS) []file {
	t := newPageTemplate(templates, "index.html")
	recipe := listRecipe(feeds, t)
	return []file{
		cssOutput(feeds[0].Options, templates),
		{opmlFile, recipe, nil, func() ([]byte, error) { return encodeOPML(feeds) }},
		{indexFile, recipe, latest(feeds[0]), func() ([]byte, error) { return t.encode(newIndexPage(feeds), feeds[0].Options.voice) }},
	}
}

// write makes and writes all files.
func write(dir *atomicfile.Dir, files []file, made *atomicfile.Made) (Stats, error) {
	w := newWriter(dir, made)
	w.write(files)
	return w.close()
}

// writer writes files, and counts them when they are in their places.
type writer struct {
	dir   *atomicfile.Dir
	batch *atomicfile.Batch
	made  *atomicfile.Made

	mu     sync.Mutex
	stats  Stats
	failed error
}

func newWriter(dir *atomicfile.Dir, made *atomicfile.Made) *writer {
	return &writer{dir: dir, batch: dir.Batch(), made: made}
}

func (w *writer) close() (Stats, error) {
	err := w.batch.Flush()
	return w.stats, errors.Join(w.failed, err)
}

func (w *writer) count(s Stats, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stats.Add(s)
	w.failed = errors.Join(w.failed, err)
}

// write makes and writes files, a few at a time, for some of that time goes into
// waiting for the disk.
func (w *writer) write(files []file) {
	const writers = 8
	var group sync.WaitGroup
	for first := range writers {
		group.Go(func() {
			for i := first; i < len(files); i += writers {
				if err := w.writeFile(files[i]); err != nil {
					w.count(Stats{}, fmt.Errorf("%s: %w", files[i].name, err))
				}
			}
		})
	}
	group.Wait()
}

func (w *writer) writeFile(f file) error {
	if size, ok := w.made.Current(f.name, f.recipe); ok {
		w.count(Stats{Files: 1, Bytes: size}, nil)
		return nil
	}
	if slices.ContainsFunc(f.items, func(i *Item) bool { return !i.whole }) {
		w.count(Stats{Files: 1}, nil) // changed since it was read, which was told: the next run makes the file
		return nil
	}
	data, err := f.encode()
	if err != nil {
		return err
	}
	defer release(data)
	if f.isOthers(w.dir) {
		w.count(Stats{Kept: 1}, nil)
		return nil
	}
	s := Stats{Files: 1, Bytes: int64(len(data))}
	inPlace := func(written int) {
		s.Written = written
		w.made.Note(f.name, f.recipe, s.Bytes)
		w.count(s, nil)
	}
	changed, err := w.batch.Write(f.name, data, func() { inPlace(1) })
	if err == nil && !changed {
		inPlace(0)
	}
	return err
}

// isOthers reports whether the site has a file of its own by that name, which stays.
func (f file) isOthers(dir *atomicfile.Dir) bool {
	if f.name == cssFile {
		text, err := dir.ReadString(cssFile)
		return err == nil && text != "" && !strings.HasPrefix(text, cssMark)
	}
	return strings.HasSuffix(f.name, "/"+indexFile) && OthersPage(dir, f.name)
}

// OthersPage reports whether a page of dir is there that newsdesk has not written:
// the site's home page, or one that it has of its own for a topic.
func OthersPage(dir *atomicfile.Dir, name string) bool {
	text, err := dir.ReadString(name)
	return err == nil && text != "" && !strings.Contains(text, `<meta name="generator" content="newsdesk`)
}

// Add adds what another call did.
func (s *Stats) Add(t Stats) {
	s.Feeds += t.Feeds
	s.Files += t.Files
	s.Written += t.Written
	s.Kept += t.Kept
	s.Bytes += t.Bytes
	s.Removed += t.Removed
}
