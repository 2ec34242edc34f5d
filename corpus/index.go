package corpus

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/medigy/newsdesk/internal/atomicfile"
)

// Index remembers what the files of a folder gave, so that Load need not read
// one that has not changed: it asks the system for the file's stamp alone. It
// is two files in a folder of its own:
//
//	heads     what each article file gave for its Head, or why it gave none
//	articles  of the articles that outputs show, what they were made of
//
// Both begin with a hash of all settings that their content depends on, and end
// with a checksum. What does not match is read anew, so the folder is safe to
// delete. With Keep, an index also keeps what it knows in memory, for a program
// that loads again and again.
//
// Only folders opened with OpenDir have stamps, and only on Linux; of others
// everything is read.
type Index struct {
	dir     *atomicfile.Dir
	version string
	margin  time.Duration // how long a file must have been at rest for its stamp to be believed
	keep    bool
	writing sync.WaitGroup

	mu      sync.Mutex // guards notices
	notices []string

	heads       known
	articles    map[string]articleState // by path
	articlesKey key

	changed []string  // of the last Load's files
	told    bool      // changed is all of them
	walked  *Dir      // what the last Load listed whole, or nil
	skipped []LeftOut // folders that it skipped
}

// known is what the files of a folder gave, by path.
type known struct {
	settings key
	topics   *sync.Map // settings.topicMemo, which made the heads' topics
	files    []file
	results  []result
	ranks    []int32 // place of each file's head in the order of heads; -1 without
}

// key is a hash of settings. What was made with other settings is of no use.
type key [sha256.Size]byte

const (
	headsFile    = "heads"
	articlesFile = "articles"
)

// margin is enough for every file system's clock: that of FAT counts two seconds.
const margin = 2 * time.Second

// OpenIndex opens the index in dir, which is made if it is not there. The
// version is that of the program, or anything that changes with what it makes
// of a file. The caller closes the index.
func OpenIndex(dir, version string) (*Index, error) {
	d, err := atomicfile.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("the index: %w", err)
	}
	return &Index{dir: d, version: version, margin: margin}, nil
}

// Close releases the index's folder.
func (x *Index) Close() error { return x.dir.Close() }

// Keep keeps what the index knows in memory between loads.
func (x *Index) Keep() { x.keep = true }

// notice keeps a line for the report.
func (x *Index) notice(format string, args ...any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.notices = append(x.notices, fmt.Sprintf(format, args...))
}

// end waits for what is being written, and gives the notices.
func (x *Index) end() []string {
	x.writing.Wait()
	notices := slices.Sorted(slices.Values(x.notices))
	x.notices = nil
	return notices
}

// settled gives the time since which no file may have changed whose stamp is
// believed. It is by the file system's clock, which may not be the program's.
// Where nothing can be written it is zero, and no stamp is believed.
func (x *Index) settled() time.Time {
	now, err := x.dir.Clock()
	if err != nil {
		x.notice("%s cannot be written (%v); every article is read anew", x.dir.Name(), err)
		return time.Time{}
	}
	return now.Add(-x.margin)
}

// headKey hashes what a Head depends on, beside the file and the time.
func (s *settings) headKey(version string) key {
	return s.hash(version, s.headFields(), s.Marks, s.site, s.Zone, s.Language, s.languages, s.Encoding, s.Repair, s.Expire, s.Skip)
}

// articleKey hashes what an Article depends on, beside its Head, its file and
// its image. Without an images folder no image is looked for.
func (s *settings) articleKey(version string) key {
	head := s.headKey(version)
	return s.hash(string(head[:]), slices.Sorted(maps.Keys(s.fields)), s.Permalink, s.imagesURL, s.images != nil)
}

func (s *settings) hash(version string, fields []Field, settings ...any) key {
	h := sha256.New()
	fmt.Fprintf(h, "%q\n", version)
	for _, field := range fields {
		fmt.Fprintf(h, "%q %q\n", field, s.fields[field])
	}
	for _, setting := range settings {
		fmt.Fprintf(h, "%q\n", fmt.Sprintf("%q", setting)) // ["a b"] is not ["a", "b"]
	}
	return key(h.Sum(nil))
}

// load brings what is known to these settings.
func (x *Index) load(s *settings, settings key) {
	if x.heads.settings != settings {
		x.heads = x.readHeads(settings, s)
	}
	if x.heads.topics != nil {
		s.topicMemo = x.heads.topics
	}
}

// hasHeads reports whether there may be something to recall.
func (x *Index) hasHeads() bool { return x.dir.Has(headsFile) }

// recall fills in the results of the files that are as they were.
func (x *Index) recall(k *known, now time.Time) {
	old := &x.heads
	at := 0
	for i, f := range k.files {
		for at < len(old.files) && old.files[at].path < f.path {
			at++
		}
		if at < len(old.files) && f.stamp != 0 && old.files[at] == f && old.results[at].validAt(now) {
			k.results[i], k.ranks[i] = old.results[at], old.ranks[at]
		}
	}
}

// readHeads reads the file of heads; what is of no use is nothing.
func (x *Index) readHeads(settings key, s *settings) known {
	data, ok := x.read(headsFile, settings)
	if !ok {
		return known{}
	}
	k, err := decodeHeads(data, s)
	if err != nil {
		x.notice("%s is damaged (%v); every article is read anew", x.name(headsFile), err)
		return known{}
	}
	k.settings, k.topics = settings, s.topicMemo
	return k
}

// name gives a file of the index as the person at the keyboard knows it.
func (x *Index) name(file string) string { return x.dir.Name() + "/" + file }

// remember takes what all files gave. If so much of it is new that reading that
// again would cost more, it begins to write it.
func (x *Index) remember(s *settings, k known, read int) {
	k.topics = s.topicMemo
	changed := read + abs(len(k.files)-len(x.heads.files))
	x.heads = known{}
	if x.keep {
		x.heads = k
	}
	if changed > len(k.files)/256 {
		x.writing.Go(func() {
			x.write(headsFile, k.settings, func(w io.Writer) error { return encodeHeads(w, k) })
		})
	}
}

func abs(n int) int { return max(n, -n) }

// read gives the payload of one of the index's files, if it is whole and was
// made with these settings.
func (x *Index) read(name string, settings key) (payload string, ok bool) {
	data, err := x.dir.ReadString(name)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			x.notice("%s cannot be read (%v); every article is read anew", x.name(name), err)
		}
		return "", false
	}
	found, payload, err := unseal(data)
	if err != nil {
		x.notice("%s is damaged (%v); every article is read anew", x.name(name), err)
		return "", false
	}
	return payload, found == settings
}

// write writes one of the index's files. That it cannot be written costs time,
// not output.
func (x *Index) write(name string, settings key, payload func(w io.Writer) error) {
	err := x.dir.Create(name, func(w io.Writer) error { return seal(w, settings, payload) })
	if err != nil {
		x.notice("%s cannot be written (%v); the next run reads every article anew", x.name(name), err)
	}
}
