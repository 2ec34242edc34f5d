package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
)

// body is a body that is being encoded: multipart/alternative with the text part
// first, and the HTML part last, within multipart/related if it shows something
// inline.
type body struct {
	quoted
	marks []string
	slots []slot
	cuts  []int // where, in b, the slots' values come
}

// body gives the words of the Content-Type field, the pieces of the body and
// the slots between them.
func (t *Template) body() (contentType []string, pieces [][]byte, slots []slot) {
	boundary := t.boundary()
	w := &body{marks: t.Marks}
	w.b = make([]byte, 0, (len(t.Text)+len(t.HTML))*5/4+1024)
	w.add("--" + boundary + "\r\n")
	w.part("text/plain", t.Text, false)
	w.add("\r\n--" + boundary + "\r\n")
	if len(t.Inline) == 0 {
		w.part("text/html", t.HTML, true)
	} else {
		w.related(boundary+"-related", t)
	}
	w.add("\r\n--" + boundary + "--\r\n")
	begin := 0
	for _, cut := range append(w.cuts, len(w.b)) {
		pieces = append(pieces, w.b[begin:cut])
		begin = cut
	}
	return []string{"multipart/alternative;", `boundary="` + boundary + `"`}, pieces, w.slots
}

// related writes the HTML part and what it shows inline (RFC 2387).
func (w *body) related(boundary string, t *Template) {
	w.add("Content-Type: multipart/related; type=\"text/html\";\r\n boundary=\"" + boundary + "\"\r\n\r\n--" + boundary + "\r\n")
	w.part("text/html", t.HTML, true)
	for _, i := range t.Inline {
		w.add("\r\n--" + boundary + "\r\n")
		w.inline(i)
	}
	w.add("\r\n--" + boundary + "--\r\n")
}

// boundary is made from the content, so that equal content gives equal bytes.
// "=_" can be neither in quoted-printable nor in base64 (RFC 2045, 6.7), so no
// part has a line that looks like it.
func (t *Template) boundary() string {
	h := sha256.New()
	add := func(part []byte) {
		fmt.Fprintf(h, "%d\n", len(part))
		h.Write(part)
	}
	add(t.Text)
	add(t.HTML)
	for _, i := range t.Inline {
		add(i.Data)
	}
	return "=_newsdesk-" + hex.EncodeToString(h.Sum(nil)[:12])
}

func (w *body) add(s string) { w.b = append(w.b, s...) }

// part writes a part and notes where in it the marks stand.
func (w *body) part(mediaType string, content []byte, html bool) {
	w.add("Content-Type: " + mediaType + "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	w.column = 0
	for {
		mark, at := w.firstMark(content)
		if mark < 0 {
			w.text(content)
			return
		}
		w.text(content[:at])
		w.cuts = append(w.cuts, len(w.b))
		w.slots = append(w.slots, slot{mark, html, w.column})
		content = content[at+len(w.marks[mark]):]
		if len(content) > 0 && content[0] != '\n' && !bytes.HasPrefix(content, []byte("\r\n")) {
			w.softBreak() // nobody knows the column after the value
		}
	}
}

// firstMark finds the mark that stands first in content, or gives -1.
func (w *body) firstMark(content []byte) (mark, at int) {
	mark = -1
	for i, m := range w.marks {
		if found := bytes.Index(content, []byte(m)); found >= 0 && (mark < 0 || found < at) {
			mark, at = i, found
		}
	}
	return mark, at
}

func (w *body) inline(i Inline) {
	w.add("Content-Type: " + i.Type + "\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <" + i.ContentID + ">\r\nContent-Disposition: inline\r\n\r\n")
	for line := range slices.Chunk(i.Data, 57) { // octets that make 76 columns
		w.b = append(base64.StdEncoding.AppendEncode(w.b, line), "\r\n"...)
	}
}
