package atomicfile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Recipe is a hash of all that a file is made of. Equal recipes make equal files.
type Recipe [sha256.Size]byte

// Made remembers of what recipes the files of a folder were made, so that one
// need not be made again while its recipe is the same and nobody has touched it.
// A nil *Made remembers nothing. Its methods may be called by several goroutines.
type Made struct {
	dir, store *Dir
	name       string // in store
	version    string // of the program, quoted

	mu      sync.Mutex
	files   map[string]madeFile
	changed bool
}

type madeFile struct {
	recipe Recipe
	stamp  Stamp
	size   int64

	looked, touched bool // whether the file was looked at, and had another stamp
}

// OpenMade reads from store what it knows of dir. What is not there or of another
// version of the program is nothing: then every file is made again. So is what is
// damaged, which is an error that is worth a line; the Made is good all the same.
func OpenMade(store, dir *Dir, version string) (*Made, error) {
	absolute, err := filepath.Abs(dir.Name())
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(absolute))
	m := &Made{dir: dir, version: fmt.Sprintf("%q", version), store: store, name: "made-" + hex.EncodeToString(sum[:8]), files: map[string]madeFile{}}
	text, err := store.ReadString(m.name)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	head, lines, _ := strings.Cut(text, "\n")
	known, whole := strings.CutPrefix(head, header(lines))
	if err != nil || !whole {
		return m, fmt.Errorf("%s/%s is damaged; every feed is made anew", store.Name(), m.name)
	}
	if known == m.version {
		m.parse(lines)
	}
	return m, nil
}

// header begins the first line of the file, with a checksum of the others. The
// version follows.
func header(lines string) string {
	return fmt.Sprintf("newsdesk made 1 %08x ", crc32.ChecksumIEEE([]byte(lines)))
}

// madeLine is a file's recipe, stamp, size and name.
const madeLine = "%x %x %d %s\n"

func (m *Made) parse(lines string) {
	for line := range strings.Lines(lines) {
		var f madeFile
		var recipe []byte
		var name string
		_, err := fmt.Sscanf(line, madeLine, &recipe, &f.stamp, &f.size, &name)
		if err == nil && len(recipe) == len(f.recipe) {
			f.recipe = Recipe(recipe)
			m.files[name] = f
		}
	}
}

// Current reports whether a file is there, of this recipe and untouched, and its
// size in bytes. It looks at a file once.
func (m *Made) Current(name string, recipe Recipe) (size int64, ok bool) {
	if m == nil {
		return 0, false
	}
	m.mu.Lock()
	f, ok := m.files[name]
	m.mu.Unlock()
	if !ok || f.recipe != recipe || f.stamp == 0 {
		return 0, false
	}
	if !f.looked {
		f.looked, f.touched = true, f.stamp != m.stamp(name)
		m.mu.Lock()
		m.files[name] = f
		m.mu.Unlock()
	}
	return f.size, !f.touched
}

// Note notes that a file has just been written.
func (m *Made) Note(name string, recipe Recipe, size int64) {
	if m == nil {
		return
	}
	f := madeFile{recipe: recipe, stamp: m.stamp(name), size: size}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.changed = m.changed || m.files[name] != f
	m.files[name] = f
}

func (m *Made) stamp(name string) Stamp {
	info, err := m.dir.root.Stat(name)
	if err != nil {
		return 0
	}
	s, _ := StampOf(info)
	return s
}

// Save writes what is new.
func (m *Made) Save() error {
	if m == nil || !m.changed {
		return nil
	}
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(m.files)) {
		f := m.files[name]
		if !strings.ContainsAny(name, " \n") {
			fmt.Fprintf(&lines, madeLine, f.recipe, uint64(f.stamp), f.size, name)
		}
	}
	m.changed = false
	return m.store.Create(m.name, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s%s\n%s", header(lines.String()), m.version, lines.String())
		return err
	})
}
