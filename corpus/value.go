package corpus

import "strings"

// value is one node of a front matter, whatever format it was written in.
// Scalars keep their text as written ("012", "11.", "yes"): what a text means
// is decided by the field that takes it, not by the format's idea of types.
type value struct {
	kind    kind
	line    int // counted from 1 at the file's top
	text    string
	list    []value
	entries []entry
}

type entry struct {
	key   string
	line  int
	value value
}

type kind uint8

const (
	null kind = iota
	scalar
	list
	mapping
)

// get follows a dotted path ("link.original") through mappings. Keys match
// without case; the last of equal keys wins, as a reader of the file expects.
func (v value) get(path string) value {
	for path != "" {
		key, rest, _ := strings.Cut(path, ".")
		next, ok := v.child(key)
		if !ok {
			// A key may itself contain dots: msvalidate.01.
			if next, ok = v.child(path); ok {
				return next
			}
			return value{}
		}
		v, path = next, rest
	}
	return v
}

func (v value) child(key string) (value, bool) {
	for i := len(v.entries) - 1; i >= 0; i-- {
		if strings.EqualFold(v.entries[i].key, key) {
			return v.entries[i].value, true
		}
	}
	return value{}, false
}

// absent reports whether v says nothing: null, "", " ", an empty list.
func (v value) absent() bool {
	switch v.kind {
	case scalar:
		return strings.TrimSpace(v.text) == ""
	case list:
		return len(v.list) == 0
	case mapping:
		return len(v.entries) == 0
	}
	return true
}

// one gives v as a scalar: a list of one is its member.
func (v value) one() (value, bool) {
	if v.kind == list && len(v.list) == 1 {
		v = v.list[0]
	}
	return v, v.kind == scalar && !v.absent()
}

// many gives v as a list: a scalar or mapping is a list of one. Absent members
// are kept, so that parallel lists stay parallel.
func (v value) many() []value {
	switch v.kind {
	case list:
		return v.list
	case null:
		return nil
	}
	if v.absent() {
		return nil
	}
	return []value{v}
}
