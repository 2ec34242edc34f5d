package publish

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/medigy/newsdesk/internal/mediatype"
)

// manifestFile is the manifest's name at the target.
const manifestFile = "newsdesk-published.json"

var manifestHeader = Header{Type: mediatype.Of(manifestFile), Cache: "no-store"}

// manifest is what newsdesk put at the target, by name.
type manifest map[string]entry

// entry is one file there.
type entry struct {
	MD5     string `json:"md5"`            // of the content
	Type    string `json:"type,omitempty"` // "" where the target keeps no headers
	Cache   string `json:"cache,omitempty"`
	ETag    string `json:"etag,omitempty"`    // that the target gave it, if it is not the MD5
	Pending bool   `json:"pending,omitempty"` // is about to be put, or has been
	Was     string `json:"was,omitempty"`     // of a pending one: the ETag of what was there before,
	WasOurs bool   `json:"wasOurs,omitempty"` // and that newsdesk put that, too
	Gone    bool   `json:"gone,omitempty"`    // is about to be deleted, or has been
}

func newEntry(f *file, etag string) entry {
	e := entry{MD5: f.md5, Type: f.header.Type, Cache: f.header.Cache}
	if etag != f.md5 {
		e.ETag = etag
	}
	return e
}

// is reports whether the entry is of this content and header.
func (e entry) is(f *file) bool {
	return e.MD5 == f.md5 && Header{e.Type, e.Cache} == f.header
}

// wrote reports whether what is there under this ETag is what newsdesk put.
func (e entry) wrote(etag string) bool {
	if etag == "" || e.MD5 == "" {
		return false
	}
	if e.Pending && etag == e.Was {
		return e.WasOurs
	}
	return etag == cmp.Or(e.ETag, e.MD5)
}

// there reports whether what is there under this ETag is surely what the entry
// says. A pending one is not if the ETag is that of before: either it was not
// put, or only its header was to change, which the ETag does not tell.
func (e entry) there(etag string) bool {
	return etag == cmp.Or(e.ETag, e.MD5) && !(e.Pending && etag == e.Was)
}

const (
	manifestAbout   = "Written by newsdesk feed publish: the files that it put here, and alone replaces and deletes. While it runs, some are pending; those that are gone may be deleted already."
	manifestVersion = 1
)

// encode gives the manifest, one line a file.
func (m manifest) encode() []byte {
	var b bytes.Buffer
	about, _ := json.Marshal(manifestAbout) // a string
	fmt.Fprintf(&b, "{\n\"about\": %s,\n\"version\": %d,\n\"files\": {", about, manifestVersion)
	for i, name := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(name)
		value, _ := json.Marshal(m[name])
		fmt.Fprintf(&b, "\n%s: %s", key, value)
	}
	b.WriteString("\n}\n}\n")
	return b.Bytes()
}

func decodeManifest(data []byte) (manifest, error) {
	var m struct {
		Version int
		Files   manifest
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("it is damaged (%w); delete it and run with --adopt", err)
	}
	if m.Version != manifestVersion {
		return nil, fmt.Errorf("it is of version %d, and this newsdesk knows %d (use the newsdesk that published last)", m.Version, manifestVersion)
	}
	for name := range m.Files {
		if !fs.ValidPath(name) || name == "." {
			return nil, fmt.Errorf("it names %q, which is no file below the target; delete it and run with --adopt", name)
		}
	}
	if m.Files == nil {
		m.Files = manifest{}
	}
	return m.Files, nil
}

// readManifest reads the manifest of a target and gives its bytes, too; nil if
// there is none.
func readManifest(ctx context.Context, t Target) (manifest, []byte, error) {
	data, err := t.Read(ctx, manifestFile)
	if errors.Is(err, fs.ErrNotExist) {
		return manifest{}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	m, err := decodeManifest(data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %s: %w", t, manifestFile, err)
	}
	return m, data, nil
}
