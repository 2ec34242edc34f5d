package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// Output is a folder that a Server serves.
type Output struct {
	// Files is the folder. Regular files are served, index.html for its folder
	// too; neither links nor hidden files are, nor _headers, which is for a CDN, the
	// database and what publish notes.
	Files fs.FS

	// URL is where the world sees the folder. Names are served below its path, so
	// that the server may stand behind a proxy that passes paths on as they are.
	URL string

	TTL  time.Duration // how long caches may keep a feed without asking again
	Hubs []string      // WebSub hubs of the feeds
	Gone []string      // names that answer 410, with all below them, once they are not there
}

// sameHeaders tells whether two outputs give a file the same header.
func (o Output) sameHeaders(p Output) bool {
	return o.URL == p.URL && o.TTL == p.TTL && slices.Equal(o.Hubs, p.Hubs)
}

// outputSnapshot is all that is served at one time. It is not changed after it is
// shown, but for the encodings that files get.
type outputSnapshot struct {
	output  Output
	files   map[string]*file  // by the URL's path, unescaped
	folders map[string]string // by path without the slash at the end: escaped path with it
	byName  map[string]*file
	gone    []string
	made    time.Time
	bytes   int64
}

// readSnapshot reads what changed since old, which may be nil.
func readSnapshot(ctx context.Context, o Output, old *outputSnapshot, now time.Time) (*outputSnapshot, error) {
	base, err := url.Parse(o.URL)
	if err != nil {
		return nil, err
	}
	prefix := strings.TrimSuffix(base.Path, "/") + "/"
	s := &outputSnapshot{
		output: o, files: map[string]*file{}, folders: map[string]string{}, byName: map[string]*file{}, made: now,
	}
	for _, name := range o.Gone {
		s.gone = append(s.gone, prefix+strings.Trim(name, "/"))
	}
	err = fs.WalkDir(o.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case cmp.Or(ctx.Err(), err) != nil:
			return cmp.Or(ctx.Err(), err)
		case name == ".":
			return nil
		case hidden(entry.Name()) && entry.IsDir():
			return fs.SkipDir
		case hidden(entry.Name()) || !entry.Type().IsRegular():
			return nil
		}
		f, err := s.read(name, entry, old)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // gone since it was listed
		}
		if err == nil {
			s.add(prefix, f)
		}
		return err
	})
	return s, err
}

// hidden tells whether a name is of what newsdesk keeps for itself, should the
// folder be that of more than the output.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || name == "_headers" ||
		name == "newsdesk-published.json" || strings.HasPrefix(name, "newsdesk.db")
}

// read gives a file: the old one, if it is as it was.
func (s *outputSnapshot) read(name string, entry fs.DirEntry, old *outputSnapshot) (*file, error) {
	info, err := entry.Info()
	if err != nil {
		return nil, err
	}
	var before *file
	if old != nil {
		before = old.byName[name]
	}
	if before != nil && before.isAt(info) && old.output.sameHeaders(s.output) {
		return before, nil
	}
	data, err := fs.ReadFile(s.output.Files, name)
	if err != nil {
		return nil, fmt.Errorf("reading the output: %w", err)
	}
	return newFile(name, info, data, s.output, before, s.made), nil
}

// add shows a file at its path, an index.html at its folder's, too.
func (s *outputSnapshot) add(prefix string, f *file) {
	s.byName[f.name] = f
	s.files[prefix+f.name] = f
	s.bytes += int64(len(f.identity.data))
	if path.Base(f.name) != "index.html" {
		return
	}
	folder := strings.TrimSuffix(prefix+f.name, "index.html")
	s.files[folder] = f
	if folder != "/" {
		s.folders[strings.TrimSuffix(folder, "/")] = (&url.URL{Path: folder}).EscapedPath()
	}
}

// isGone tells whether a path, or a folder above it, is one that is gone.
func (s *outputSnapshot) isGone(name string) bool {
	return slices.ContainsFunc(s.gone, func(gone string) bool {
		return strings.HasPrefix(name, gone) && (len(name) == len(gone) || name[len(gone)] == '/')
	})
}

// sorted gives the files in the order of their names.
func (s *outputSnapshot) sorted() []*file {
	var list []*file
	for _, name := range slices.Sorted(maps.Keys(s.byName)) {
		list = append(list, s.byName[name])
	}
	return list
}
