package web

import (
	"bytes"
	"html"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"regexp"

	"github.com/medigy/newsdesk/digest"
)

// sourceURL finds the places where a mail loads an image from. Links are not
// among them: they stay as they are sent.
var sourceURL = regexp.MustCompile(`((?:\ssrc|\sbackground)=["']|url\(["']?)([^"')\s>]+)`)

// localImages gives the mail for the frame: the bytes that are sent, but every
// image that is in the local folder is loaded from the preview. The site's own
// URLs usually work only once the edition's articles are published. Images that
// are not in the folder keep their URL.
func localImages(mail []byte, prefix string, images fs.FS) []byte {
	if images == nil || prefix == "" {
		return mail
	}
	return sourceURL.ReplaceAllFunc(mail, func(match []byte) []byte {
		part := sourceURL.FindSubmatch(match)
		name, ok := localName(string(part[2]), prefix, images)
		if !ok {
			return match
		}
		return append(bytes.Clone(part[1]), "/images/"+html.EscapeString(name)...)
	})
}

// localName turns an image's URL, as HTML writes it, into the path of the local
// file below /images/, escaped for a URL.
func localName(written, prefix string, images fs.FS) (name string, ok bool) {
	u, err := url.Parse(html.UnescapeString(written))
	if err != nil {
		return "", false
	}
	base, err := url.Parse(prefix)
	if err != nil || u.Scheme != base.Scheme || u.Host != base.Host {
		return "", false
	}
	name, ok = trimDir(u.Path, base.Path)
	if !ok || !fs.ValidPath(name) {
		return "", false
	}
	if info, err := fs.Stat(images, name); err != nil || !info.Mode().IsRegular() {
		return "", false
	}
	return (&url.URL{Path: name}).EscapedPath(), true
}

// trimDir cuts the folder dir, with or without a slash at its end, off name.
func trimDir(name, dir string) (rest string, ok bool) {
	dir = path.Clean("/" + dir)
	if dir != "/" {
		dir += "/"
	}
	if len(name) <= len(dir) || name[:len(dir)] != dir {
		return "", false
	}
	return name[len(dir):], true
}

// serveView serves the mail for the frame of the page. Scripts cannot run in
// it: the frame's sandbox and this policy both forbid them. It is of the page's
// origin only so that the page can tell its height, scroll it and mark elements.
func (p *Preview) serveView(w http.ResponseWriter, r *http.Request) {
	v, ok := p.wantProof(w, r)
	if !ok {
		return
	}
	// Readers who block images see what a policy without images shows: the
	// bytes stay the same.
	images := "img-src 'self' data: https: http:"
	if r.FormValue("images") == "off" {
		images = "img-src 'none'"
	}
	w.Header().Set("Content-Security-Policy", mailPolicy(images,
		"frame-ancestors 'self'", "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"))
	head := outside
	if r.FormValue("scheme") == "inverted" {
		head += inverted
	}
	mail := localImages(localPictures(v.proof.Issue.HTML, v.proof.Pictures), v.now.desk.ImagesURL, v.now.desk.Images)
	writeBytes(w, "text/html; charset=utf-8", addHead(mail, head))
}

// localPictures gives the mail for the frame with the pictures of the proof, be
// they linked or embedded, loaded from the preview: see servePicture.
func localPictures(mail []byte, pictures []digest.Picture) []byte {
	local := make(map[string]string, 2*len(pictures))
	for _, p := range pictures {
		local[p.URL] = "images/" + path.Base(p.URL)
		if p.ContentID != "" {
			local["cid:"+p.ContentID] = local[p.URL]
		}
	}
	return sourceURL.ReplaceAllFunc(mail, func(match []byte) []byte {
		part := sourceURL.FindSubmatch(match)
		name, ok := local[html.UnescapeString(string(part[2]))]
		if !ok {
			return match
		}
		return append(bytes.Clone(part[1]), html.EscapeString(name)...)
	})
}

// servePicture serves one of the pictures of an edition. Its name is a hash of
// what is in it.
func (p *Preview) servePicture(w http.ResponseWriter, r *http.Request) {
	v, ok := p.wantProof(w, r)
	if !ok {
		return
	}
	for _, picture := range v.proof.Pictures {
		if path.Base(picture.URL) == r.PathValue("name") {
			w.Header().Set("Content-Security-Policy", mailPolicy("sandbox"))
			writeBytes(w, picture.Type, picture.Bytes)
			return
		}
	}
	http.NotFound(w, r)
}

var headTag = regexp.MustCompile(`(?i)<head(\s[^>]*)?>`)

const (
	// outside makes the mail's links open in a tab of their own, as they do in a
	// mail program, and not inside the frame.
	outside = `<base target="_blank">`
	// inverted does what clients do that force dark mode, such as Outlook's and
	// Gmail's apps: every colour is turned round, images are left.
	inverted = `<style>html{background:#fff;filter:invert(1) hue-rotate(180deg)}img,video{filter:invert(1) hue-rotate(180deg)}</style>`
)

// addHead puts elements at the beginning of the mail's head, on the same line.
func addHead(mail []byte, elements string) []byte {
	at := headTag.FindIndex(mail)
	if at == nil {
		return mail
	}
	return bytes.Join([][]byte{mail[:at[1]], []byte(elements), mail[at[1]:]}, nil)
}

func (p *Preview) serveImage(w http.ResponseWriter, r *http.Request) {
	desk := p.state.now().desk
	name := r.PathValue("name")
	if desk == nil || desk.Images == nil || !fs.ValidPath(name) {
		http.NotFound(w, r)
		return
	}
	// An SVG opened by itself is a document: no script of it may run here.
	w.Header().Set("Content-Security-Policy", mailPolicy("sandbox"))
	if info, err := fs.Stat(desk.Images, name); err != nil || !info.Mode().IsRegular() {
		http.NotFound(w, r)
		return
	}
	http.ServeFileFS(w, r, desk.Images, name)
}

func (p *Preview) serveAsset(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, p.options.Templates, "assets/"+r.PathValue("name"))
}
