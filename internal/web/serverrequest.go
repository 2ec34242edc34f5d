package web

import (
	"bytes"
	"strings"
)

// request is what most requests are: GET or HEAD of a plain path, with header
// fields that change nothing but these.
type request struct {
	head                      bool
	navigates                 bool // Accept has text/html
	path                      []byte
	accept, ifNone, ifChanged []byte // Accept-Encoding, If-None-Match, If-Modified-Since; nil if not there
}

// parse reads a request whose bytes end with its empty line (RFC 9112 sections 3
// and 5), and reports whether it is one that a conversation answers. It is strict
// and knows little: whatever is not plainly right is for net/http to judge.
func (r *request) parse(text []byte) bool {
	*r = request{}
	line, rest, _ := bytes.Cut(text, crlf)
	target, ok := bytes.CutPrefix(line, []byte("GET "))
	if !ok {
		r.head = true
		if target, ok = bytes.CutPrefix(line, []byte("HEAD ")); !ok {
			return false
		}
	}
	if target, ok = bytes.CutSuffix(target, []byte(" HTTP/1.1")); !ok || !r.parseTarget(target) {
		return false
	}
	hosts := 0
	for {
		line, rest, ok = bytes.Cut(rest, crlf)
		if !ok {
			return false
		}
		if len(line) == 0 {
			return hosts == 1 && len(rest) == 0
		}
		name, value, ok := bytes.Cut(line, colon)
		if !ok || !all(name, &tokenBytes) || len(name) == 0 || !all(value, &valueBytes) || !r.field(name, bytes.Trim(value, " \t"), &hosts) {
			return false
		}
	}
}

var crlf, colon, textHTML = []byte("\r\n"), []byte(":"), []byte("text/html")

// parseTarget takes an absolute path without escapes; a query changes nothing.
func (r *request) parseTarget(target []byte) bool {
	path, query, _ := bytes.Cut(target, []byte("?"))
	r.path = path
	return len(path) > 0 && path[0] == '/' && !bytes.HasPrefix(path, []byte("//")) && all(path, &pathBytes) && all(query, &queryBytes)
}

// field notes a header field, and reports whether the request is still a plain
// one. A field that is there twice is not.
func (r *request) field(name, value []byte, hosts *int) bool {
	once := func(field *[]byte) bool {
		if *field != nil {
			return false
		}
		if *field = value; value == nil { // there, and empty
			*field = []byte{}
		}
		return true
	}
	switch len(name) {
	case len("Host"):
		if is(name, "host") {
			*hosts++
			return len(value) > 0 && all(value, &hostBytes)
		}
	case len("Accept"):
		if is(name, "accept") && bytes.Contains(value, textHTML) {
			r.navigates = true
		}
	case len("Connection"):
		if is(name, "connection") {
			return is(value, "keep-alive")
		}
	case len("If-None-Match"):
		if is(name, "if-none-match") {
			return once(&r.ifNone)
		}
	case len("Accept-Encoding"):
		if is(name, "accept-encoding") {
			return once(&r.accept)
		}
	case len("If-Modified-Since"):
		if is(name, "if-modified-since") {
			return once(&r.ifChanged)
		}
	}
	for _, other := range notPlain {
		if is(name, other) {
			return false
		}
	}
	return true
}

// notPlain are the fields that make a request more than a plain one.
var notPlain = []string{
	"content-length", "transfer-encoding", "trailer", "expect", "upgrade", "http2-settings",
	"range", "if-range", "if-match", "if-unmodified-since",
}

// is compares without case; lower is in lower case.
func is(text []byte, lower string) bool {
	if len(text) != len(lower) {
		return false
	}
	for i, b := range text {
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		if b != lower[i] {
			return false
		}
	}
	return true
}

// bytesOf is a set of bytes.
type bytesOf [256]bool

func setOf(list string) (s bytesOf) {
	for _, b := range []byte(list) {
		s[b] = true
	}
	return s
}

func all(text []byte, set *bytesOf) bool {
	for _, b := range text {
		if !set[b] {
			return false
		}
	}
	return true
}

const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

var (
	pathBytes  = setOf(alphanumeric + "/-._~!$&'()*+,;=:@")
	queryBytes = setOf(alphanumeric + "/-._~!$&'()*+,;=:@?")
	hostBytes  = setOf(alphanumeric + "-.:[]")
	tokenBytes = setOf(alphanumeric + "!#$%&'*+-.^_`|~")
	valueBytes = setOf(strings.Map(func(r rune) rune {
		if r == 127 || r < ' ' && r != '\t' {
			return -1
		}
		return r
	}, ascii()))
)

// ascii gives the 128 characters. Values with others are for net/http.
func ascii() string {
	var b strings.Builder
	for c := range byte(128) {
		b.WriteByte(c)
	}
	return b.String()
}
