package feed

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"strings"
	"text/template"

	"github.com/medigy/newsdesk/internal/atomicfile"
)

// cssFile is the look of RSS and Atom feeds that a browser opens, at the top of
// the output folder. A processing instruction in each leads to it: readers skip
// it, and validators, who want no XHTML among a feed's elements, and so no link
// that could be followed, have nothing to say.
const cssFile = "feed.css"

// cssMark begins a cssFile that newsdesk has written.
const cssMark = "/* Written by newsdesk from templates/feed.css. */\n"

// stylesheet gives the processing instruction (https://www.w3.org/TR/xml-stylesheet/)
// of a feed. Its address is relative: from a disk, another host's mirror or a
// folder on a server it is the same.
func (f *Feed) stylesheet() string {
	return `<?xml-stylesheet type="text/css" href="` + f.top() + cssFile + `"?>`
}

// top is the way from the feed's folder to the output folder.
func (f *Feed) top() string { return strings.Repeat("../", strings.Count(f.Path, "/")) }

// cssText is a string of CSS (CSS Syntax 3, 4.3.5).
func cssText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\a `).Replace(clean(s)) + `"`
}

// cssOutput is the file cssFile, in the colours and the voice of the pages.
func cssOutput(o Options, templates fs.FS) file {
	names := []string{cssFile, "partials/page-style.html"}
	h := sha256.New()
	for _, name := range names {
		text, _ := fs.ReadFile(templates, name) // the error comes when the file is made
		fmt.Fprintf(h, "%q\n", text)
	}
	look := struct{ Accent, AccentDark, Dir, ThisIsFeed string }{Dir: o.voice.Dir, ThisIsFeed: cssText(o.voice.Words.ThisIsFeed)}
	look.Accent, look.AccentDark = accents(o.Accent)
	fmt.Fprintf(h, "%q\n", look)
	return file{cssFile, atomicfile.Recipe(h.Sum(nil)), nil, func() ([]byte, error) {
		t, err := template.New(cssFile).ParseFS(templates, names...)
		if err != nil {
			return nil, err
		}
		b := bytes.NewBufferString(cssMark)
		err = t.Execute(b, look)
		return b.Bytes(), err
	}}
}
