package web

import (
	"net/http"
	"strings"
)

// coding is a content coding (RFC 9110 section 8.4.1).
type coding int

const (
	identity coding = iota
	gzipCoding
	brotliCoding
	zstdCoding
	codings // how many there are
)

var codingNames = [codings]string{"identity", "gzip", "br", "zstd"}

// choose gives the variant that Accept-Encoding wants most, of two that it wants
// alike the shorter one (RFC 9110 section 12.5.3). Where it refuses all there are,
// it gets the file's own bytes, as the section allows.
func (f *file) choose(accept []string) *variant {
	if len(accept) == 0 {
		return &f.identity
	}
	weights := weigh(accept)
	return f.chooseBy(&weights)
}

// chooseBy chooses by weights that were read.
func (f *file) chooseBy(weights *[codings]int) *variant {
	encoded := f.encoded.Load()
	if encoded == nil {
		return &f.identity
	}
	best, most := &f.identity, weights[identity]
	for i := range *encoded {
		v := &(*encoded)[i]
		if w := weights[v.coding]; w > most || w == most && w > 0 && best == &f.identity {
			best, most = v, w
		}
	}
	return best
}

// unnamed is the weight of identity where nobody names it: it will do, but any
// other that is wanted is better.
const unnamed = 0

// weigh reads Accept-Encoding into weights in thousandths; 0 is not wanted.
func weigh(accept []string) (weights [codings]int) {
	var named [codings]bool
	others := 0 // the weight of *
	for _, line := range accept {
		for member := range strings.SplitSeq(line, ",") {
			name, parameters, _ := strings.Cut(member, ";")
			name = strings.TrimSpace(name)
			if name == "*" {
				others = weight(parameters)
			} else if c := codingOf(name); c >= 0 {
				weights[c], named[c] = weight(parameters), true
			}
		}
	}
	for c := range weights {
		if !named[c] && coding(c) != identity {
			weights[c] = others
		}
	}
	if !named[identity] {
		weights[identity] = unnamed
	}
	return weights
}

// codingOf gives the coding of a name, or -1. x-gzip is gzip (RFC 9110 section
// 8.4.1.3).
func codingOf(name string) coding {
	for c := range codings {
		if strings.EqualFold(name, codingNames[c]) {
			return c
		}
	}
	if strings.EqualFold(name, "x-gzip") {
		return gzipCoding
	}
	return -1
}

// weight reads ";q=0.5" as thousandths. What is no weight wants nothing: a
// client that is misread should get what all can read.
func weight(parameters string) int {
	text := strings.TrimSpace(parameters)
	if text == "" {
		return 1000
	}
	if len(text) < 3 || text[0] != 'q' && text[0] != 'Q' || text[1] != '=' || len(text) > len("q=0.000") {
		return 0
	}
	whole, fraction, _ := strings.Cut(text[2:], ".")
	if whole != "0" && whole != "1" {
		return 0
	}
	w := int(whole[0]-'0') * 1000
	for i, scale := 0, 100; i < len(fraction); i, scale = i+1, scale/10 {
		if fraction[i] < '0' || fraction[i] > '9' {
			return 0
		}
		w += int(fraction[i]-'0') * scale
	}
	return min(w, 1000)
}

// isFresh tells whether the client has the variant already, by the values of
// If-None-Match and If-Modified-Since. The first, where there is one, decides alone (RFC 9110 section 13.2.2).
func (f *file) isFresh(tags, since []string, v *variant) bool {
	if len(tags) > 0 {
		for _, line := range tags {
			if matches(line, v.etag[0]) {
				return true
			}
		}
		return false
	}
	if len(since) != 1 {
		return false
	}
	if since[0] == f.lastModified[0] {
		return true
	}
	t, err := http.ParseTime(since[0])
	return err == nil && !f.modified.After(t)
}

// matches tells whether a list of entity tags has tag, weak or strong, or is *
// (RFC 9110 sections 8.8.3.2 and 13.1.2). What follows a mistake is not read.
func matches(list, tag string) bool {
	if list == tag || strings.TrimSpace(list) == "*" {
		return true
	}
	for {
		list = strings.TrimPrefix(strings.TrimLeft(list, " \t,"), "W/")
		if len(list) == 0 || list[0] != '"' {
			return false
		}
		end := strings.IndexByte(list[1:], '"') + 2
		if end < 2 {
			return false
		}
		if list[:end] == tag {
			return true
		}
		list = list[end:]
	}
}
