// Package templates holds every template of newsdesk, and nothing else: the
// digest (digest.html, digest.txt and their partials), its public pages
// (archive.html, issues.html) and an issue as the item of a feed (issue.html); the
// pages and the look of feeds (index.html, topic.html, feed.css); the newsletter's
// pages (subscribe.html, confirm.html, preferences.html, unsubscribe.html,
// notice.html) and letters (mail-*.html, mail-*.txt); the numbers and an edition's
// report; the editors' desk (preview.html) with its assets. No other package embeds
// templates.
//
// A site's own folder replaces them file by file: FS(os.DirFS("templates"))
// serves the site's digest.html if it has one and ours otherwise.
package templates

import (
	"embed"
	"errors"
	"io/fs"
)

//go:embed *.html *.txt *.css partials assets
var builtin embed.FS

// FS returns the built-in templates, with the files of override, if it is not
// nil, in place of those of the same name.
func FS(override fs.FS) fs.FS {
	if override == nil {
		return builtin
	}
	return overlay{override}
}

type overlay struct{ top fs.FS }

// Open opens name in the site's folder, or the built-in one where the site has
// none. A folder is not merged: templates are asked for by name.
func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.top.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return builtin.Open(name)
	}
	return f, err
}
