package publish

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// file is one to publish. Its content is read when it is put: all of them at once
// may be more than fits into memory.
type file struct {
	name   string
	md5    string // of the content, in hex
	size   int64
	header Header
	rank   rank
	read   func() ([]byte, error)
}

// hash gives the MD5 of a file's content in hex. Servers give it as a file's ETag,
// so it is the one hash that tells what is there without fetching it. Nobody
// is kept out by it.
func hash(data []byte) string {
	sum := md5.Sum(data)
	return hex.EncodeToString(sum[:])
}

// newFile makes a file of what read gives.
func newFile(name string, o Options, read func() ([]byte, error)) (*file, error) {
	data, err := read()
	if err != nil {
		return nil, err
	}
	return &file{name: name, md5: hash(data), size: int64(len(data)), header: headerOf(name, o), read: read}, nil
}

// content reads the file once more and holds that it is what was planned.
func (f *file) content() ([]byte, error) {
	data, err := f.read()
	if err == nil && hash(data) != f.md5 {
		err = fmt.Errorf("%s has changed since it was looked at (is it built at this moment? run the command again)", f.name)
	}
	return data, err
}

// collect finds the files of a folder in the order in which they are to be put,
// with what is made of them: _headers and compressed variants. Hidden files and
// folders are left out, but for .well-known.
func collect(dir fs.FS, o Options) ([]*file, error) {
	names, err := walk(dir)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(names, func(name string) bool { return feedTypes[path.Base(name)] != "" }) {
		return nil, ErrNoFeeds
	}
	var files []*file
	add := func(name string, read func() ([]byte, error)) error {
		f, err := newFile(name, o, read)
		files = append(files, f)
		return err
	}
	for _, name := range names {
		read := func() ([]byte, error) { return fs.ReadFile(dir, name) }
		if err := add(name, read); err != nil {
			return nil, err
		}
		if o.Gzip && isText(name) {
			if err := add(name+".gz", func() ([]byte, error) { return compressed(read) }); err != nil {
				return nil, err
			}
		}
	}
	if !slices.Contains(names, headersFile) {
		cdn := headersOf(names, o)
		if err := add(headersFile, func() ([]byte, error) { return cdn, nil }); err != nil {
			return nil, err
		}
	}
	order(files)
	return files, nil
}

// walk lists the files to publish by name.
func walk(dir fs.FS) ([]string, error) {
	var names []string
	err := fs.WalkDir(dir, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch hidden := strings.HasPrefix(e.Name(), ".") && name != "." && e.Name() != ".well-known"; {
		case hidden && e.IsDir():
			return fs.SkipDir
		case e.IsDir(), hidden, name == manifestFile:
			return nil
		case !utf8.ValidString(name):
			return fmt.Errorf("%q: the name is not UTF-8 (give it another)", name)
		}
		if info, err := fs.Stat(dir, name); err != nil || !info.Mode().IsRegular() {
			return fmt.Errorf("%s: neither a file nor a folder, or a link that leads out of the folder (take it away)", name)
		}
		names = append(names, name)
		return nil
	})
	return names, err
}

// order sorts files by rank and name.
func order(files []*file) {
	folders := map[string]bool{}
	for _, f := range files {
		if feedTypes[path.Base(f.name)] != "" {
			folders[path.Dir(f.name)] = true
		}
	}
	for _, f := range files {
		f.rank = rankOf(strings.TrimSuffix(f.name, ".gz"), folders)
	}
	slices.SortFunc(files, func(a, b *file) int {
		if a.rank != b.rank {
			return int(a.rank - b.rank)
		}
		return strings.Compare(a.name, b.name)
	})
}

// isText reports whether compressing a file is worth it.
func isText(name string) bool {
	t := headerOf(name, Options{}).Type
	return strings.Contains(t, "charset=") && name != headersFile
}

func compressed(read func() ([]byte, error)) ([]byte, error) {
	data, err := read()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b) // without a name or time: the same bytes every time
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}
