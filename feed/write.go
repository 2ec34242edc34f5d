package feed

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/medigy/newsdesk/internal/atomicfile"
)

// Stats counts what Write did.
type Stats struct {
	Feeds   int   // feeds, each in every format
	Files   int   // files of the feeds, the OPML list and the page
	Written int   // files that were new or changed
	Bytes   int64 // in all files
}

// Write puts the feeds into dir: rss.xml, atom.xml and feed.json of all
// articles at the top and of each topic under topic/<slug>/, feeds.opml and
// index.html. A file that holds the same bytes already is left alone.
// templates has index.html and its partials. Feeds of topics that are gone are
// not removed: readers still ask for them.
//
// An error names its file. The other files are written all the same, but the
// lists only if every feed is in its place.
func Write(dir *atomicfile.Dir, feeds []*Feed, templates fs.FS) (Stats, error) {
	stats := Stats{Feeds: len(feeds)}
	var failed error
	for _, format := range Formats { // one after the other: what is encoded of one is memory
		s, err := writeFormat(dir, feeds, format)
		stats.add(s)
		failed = errors.Join(failed, err)
	}
	if failed != nil {
		return stats, failed
	}
	lists, err := write(dir, []file{
		{opmlFile, func() ([]byte, error) { return encodeOPML(feeds) }},
		{"index.html", func() ([]byte, error) { return encodeIndex(feeds, templates) }},
	})
	stats.add(lists)
	return stats, err
}

// writeFormat writes all feeds in one format.
func writeFormat(dir *atomicfile.Dir, feeds []*Feed, format Format) (Stats, error) {
	encode := format.Encoder()
	var files []file
	for _, f := range feeds {
		files = append(files, file{f.Path + format.File, func() ([]byte, error) { return encode(f) }})
	}
	return write(dir, files)
}

// file is one that is to be written.
type file struct {
	name   string // in the output folder
	encode func() ([]byte, error)
}

// write makes and writes all files, a few at a time: most of that time goes
// into waiting for the disk.
func write(dir *atomicfile.Dir, files []file) (Stats, error) {
	const writers = 8
	all := make([]Stats, len(files))
	errs := make([]error, len(files))
	var group sync.WaitGroup
	for first := range writers {
		group.Go(func() {
			for i := first; i < len(files); i += writers {
				all[i], errs[i] = files[i].write(dir)
			}
		})
	}
	group.Wait()
	var sum Stats
	for _, s := range all {
		sum.add(s)
	}
	return sum, errors.Join(errs...)
}

func (f file) write(dir *atomicfile.Dir) (Stats, error) {
	data, err := f.encode()
	if err != nil {
		return Stats{}, fmt.Errorf("%s: %w", f.name, err)
	}
	changed, err := dir.Write(f.name, data)
	if err != nil {
		return Stats{}, fmt.Errorf("%s: %w", f.name, err)
	}
	s := Stats{Files: 1, Bytes: int64(len(data))}
	if changed {
		s.Written = 1
	}
	return s, nil
}

func (s *Stats) add(t Stats) {
	s.Feeds += t.Feeds
	s.Files += t.Files
	s.Written += t.Written
	s.Bytes += t.Bytes
}
