package feed

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"html/template"
	"io/fs"
	"sync"
	"time"
)

// pageTemplate is the template of pages about feeds, with its partials. However
// many pages are made of it, it is read and parsed once.
type pageTemplate struct {
	hash  [sha256.Size]byte // of its text
	parse func() (*template.Template, error)
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
	return &pageTemplate{[sha256.Size]byte(h.Sum(nil)), sync.OnceValues(func() (*template.Template, error) {
		return template.New(name).Funcs(template.FuncMap{
			"day":  func(t time.Time) string { return t.Format("2 Jan 2006") },
			"date": func(t time.Time) string { return t.Format(time.DateOnly) },
			"many": many,
			"type": typeAttribute,
		}).ParseFS(fsys, names...)
	})}
}

// encode renders a page.
func (t *pageTemplate) encode(page any) ([]byte, error) {
	parsed, err := t.parse()
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

func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
