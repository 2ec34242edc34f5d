package feed

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"html/template"
	"io/fs"
	"sync"
)

// pageTemplate is the template of pages about feeds, with its partials. However
// many pages are made of it, it is read once, and parsed once for each language that
// they speak.
type pageTemplate struct {
	hash  [sha256.Size]byte // of its text
	fsys  fs.FS
	names []string

	mu     sync.Mutex
	parsed map[*voice]*template.Template
}

// newPageTemplate reads a template of fsys. The error of a file that cannot be
// read comes when a page is made.
func newPageTemplate(fsys fs.FS, name string) *pageTemplate {
	names := []string{name, "partials/page-style.html", "partials/feed-style.html", "partials/feed-parts.html"}
	h := sha256.New()
	for _, name := range names {
		text, _ := fs.ReadFile(fsys, name)
		fmt.Fprintf(h, "%q\n", text)
	}
	return &pageTemplate{hash: [sha256.Size]byte(h.Sum(nil)), fsys: fsys, names: names, parsed: map[*voice]*template.Template{}}
}

// in gives the template with a voice's functions.
func (t *pageTemplate) in(v *voice) (*template.Template, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if parsed := t.parsed[v]; parsed != nil {
		return parsed, nil
	}
	parsed, err := template.New(t.names[0]).Funcs(v.funcs()).ParseFS(t.fsys, t.names...)
	if err != nil {
		return nil, err
	}
	t.parsed[v] = parsed
	return parsed, nil
}

// encode renders a page in a voice.
func (t *pageTemplate) encode(page any, v *voice) ([]byte, error) {
	parsed, err := t.in(v)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := parsed.Execute(&b, page); err != nil {
		return nil, err
	}
	return []byte(clean(b.String())), nil
}

// typeAttribute writes a media type of this package as it is; html/template
// would write its "+" as a reference, which some feed finders do not decode.
func typeAttribute(mediaType string) template.HTMLAttr {
	return template.HTMLAttr(`type="` + mediaType + `"`)
}
