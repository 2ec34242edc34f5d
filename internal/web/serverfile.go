package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// file is a file of the output with everything that its answers need, made once.
type file struct {
	name     string
	info     fs.FileInfo
	identity variant // the file's own bytes
	kind     kind
	modified time.Time // in set seconds

	lastModified, cacheControl, link []string // header values; link may be nil

	// encoded are the compressed variants, the shortest first. They are made
	// after the file is shown; nil until then.
	encoded atomic.Pointer[[]variant]
}

// variant is a representation of a file: its bytes in one content coding.
type variant struct {
	coding coding
	data   []byte

	etag, length, encoding []string // header values; encoding is nil for identity
}

func newVariant(c coding, data []byte) variant {
	sum := sha256.Sum256(data)
	v := variant{
		coding: c, data: data,
		etag:   []string{`"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`},
		length: []string{strconv.Itoa(len(data))},
	}
	if c != identity {
		v.encoding = []string{codingNames[c]}
	}
	return v
}

// newFile makes a file; before is the one that it takes the place of, or nil.
func newFile(name string, info fs.FileInfo, data []byte, o Output, before *file, now time.Time) *file {
	f := &file{name: name, info: info, kind: kindOf(name, data), cacheControl: noCache}
	if f.kind.feed {
		f.cacheControl = []string{"public, max-age=" + strconv.Itoa(int(o.TTL/time.Second))}
		f.link = links(o, name)
	}
	if before != nil && bytes.Equal(before.identity.data, data) {
		f.identity, f.modified = before.identity, before.modified
		f.encoded.Store(before.encoded.Load())
	} else {
		f.identity = newVariant(identity, data)
		f.modified = modified(f.kind, data, info.ModTime(), before, now)
	}
	f.lastModified = []string{f.modified.UTC().Format(http.TimeFormat)}
	return f
}

// modified is when a file changed, in set seconds: for a feed the time that it
// names itself, that of its newest item, which is the same on every machine that
// made it. But an article that is corrected without a new date, or withdrawn,
// must not give other bytes the date that readers have already seen: then it is
// the file's time. (What a server did not see change it cannot tell; readers that
// send ETags are told right always.)
func modified(k kind, data []byte, written time.Time, before *file, now time.Time) time.Time {
	t := newest(k, data).Truncate(time.Second)
	if t.IsZero() || t.After(now) || before != nil && !t.After(before.modified) {
		t = written.Truncate(time.Second)
	}
	if t.After(now) { // RFC 9110 section 8.8.2.1: never later than Date
		t = now.Truncate(time.Second)
	}
	return t
}

// links are the values of Link: where the feed is, and its hubs (WebSub, section
// 4).
func links(o Output, name string) []string {
	values := []string{"<" + strings.TrimSuffix(o.URL, "/") + "/" + urlPath(name) + `>; rel="self"`}
	for _, hub := range o.Hubs {
		values = append(values, "<"+hub+`>; rel="hub"`)
	}
	return []string{strings.Join(values, ", ")}
}

// isAt tells whether a file of the folder is the one that was read.
func (f *file) isAt(info fs.FileInfo) bool {
	return os.SameFile(f.info, info) && f.info.Size() == info.Size() && f.info.ModTime().Equal(info.ModTime())
}

// serve answers GET and HEAD. What is usual is answered with header values that
// were made with the file; what is rare, ranges and preconditions of writers, is
// http.ServeContent's.
func (f *file) serve(w http.ResponseWriter, r *http.Request) (status int, size int64) {
	v := f.choose(r.Header["Accept-Encoding"])
	ranges := byteRanges(r)
	if ranges != "" {
		v = &f.identity
		r.Header.Set("Range", ranges)
	} else {
		delete(r.Header, "Range")
	}
	h := w.Header()
	set := func(name string, value []string) { h[name] = value }
	if ranges != "" || len(r.Header["If-Match"]) > 0 || len(r.Header["If-Unmodified-Since"]) > 0 {
		f.fields(v, true, set)
		h["Content-Type"] = f.kind.typeFor(r.Header["Accept"])
		return f.serveContent(w, r, v)
	}
	if f.isFresh(r.Header["If-None-Match"], r.Header["If-Modified-Since"], v) {
		f.fields(v, false, set)
		w.WriteHeader(http.StatusNotModified)
		return http.StatusNotModified, 0
	}
	f.fields(v, true, set)
	h["Content-Type"] = f.kind.typeFor(r.Header["Accept"])
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return http.StatusOK, 0
	}
	n, _ := w.Write(v.data) // an error here is a client that went away
	return http.StatusOK, int64(n)
}

// byteRanges gives the ranges of bytes that are asked for, or "" where Range is
// to be ignored (RFC 9110 section 14.2): of all but GET, and in other units than
// bytes, whose name has no case. A range of the last 0 bytes would be satisfied by
// http.ServeContent, with a Content-Range that ends before it begins.
func byteRanges(r *http.Request) string {
	const unit = "bytes="
	value := r.Header.Get("Range")
	if r.Method != http.MethodGet || len(value) < len(unit) || !strings.EqualFold(value[:len(unit)], unit) {
		return ""
	}
	for one := range strings.SplitSeq(value[len(unit):], ",") {
		if strings.Trim(one, " \t0") == "-" {
			return ""
		}
	}
	return unit + value[len(unit):]
}

// fields gives the header fields of an answer, each with one value: all, or those
// that a 304 has (RFC 9110 section 15.4.5).
func (f *file) fields(v *variant, body bool, set func(name string, value []string)) {
	set("Etag", v.etag)
	set("Last-Modified", f.lastModified)
	set("Cache-Control", f.cacheControl)
	switch {
	case f.kind.page != nil:
		set("Vary", varyPage)
	case f.kind.text:
		set("Vary", varyEncoding)
	}
	if f.link != nil {
		set("Link", f.link)
	}
	if !body {
		return
	}
	set("Content-Type", f.kind.contentType)
	set("Content-Length", v.length)
	set("X-Content-Type-Options", nosniff)
	if v.encoding != nil {
		set("Content-Encoding", v.encoding)
	} else {
		set("Accept-Ranges", acceptRanges)
	}
}

func (f *file) serveContent(w http.ResponseWriter, r *http.Request, v *variant) (status int, size int64) {
	delete(w.Header(), "Content-Length") // of a part it is another
	return recorded(w, func(w http.ResponseWriter) {
		http.ServeContent(w, r, "", f.modified, bytes.NewReader(v.data))
	})
}
