package corpus

import (
	"strings"
	"unicode/utf8"
)

// headFields are the fields that reader.head reads, beside those of marks.
var headFields = []Field{
	FieldUUID, FieldID, FieldTitle, FieldDate, FieldUpdated, FieldDraft, FieldShown, FieldExpires, FieldRedirect, FieldSlug, FieldURL, FieldLanguage,
	FieldTopics, FieldTopicURLs, FieldTopicLabels,
}

// keySet is a set of front-matter keys, in lower case.
type keySet struct {
	keys    map[string]bool
	lengths [32]uint64 // of the keys, a bit each, by the low bits of the first letter
}

// newKeySet gives the keys of the top level that the paths of some fields begin
// with. A path may be one key with dots in it.
func newKeySet(fields Fields, some []Field) keySet {
	set := keySet{keys: map[string]bool{}}
	for _, field := range some {
		for _, path := range fields[field] {
			path = strings.ToLower(path)
			set.add(path)
			key, _, _ := strings.Cut(path, ".")
			set.add(key)
		}
	}
	return set
}

func (s *keySet) add(key string) {
	s.keys[key] = true
	if key != "" {
		s.lengths[key[0]%32] |= 1 << (len(key) % 64)
	}
}

// has reports whether key is in the set, without case. Keys that are not ASCII
// are in every set: their case is not simple.
func (s *keySet) has(key []byte) bool {
	var lower [64]byte
	all := byte(0)
	for _, b := range key {
		all |= b
	}
	if all >= utf8.RuneSelf || len(key) > len(lower) {
		return true
	}
	if len(key) == 0 || s.lengths[key[0]%32]>>(len(key)%64)&1 == 0 {
		return false // most are told by this, which is quicker than a map
	}
	for i, b := range key {
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		lower[i] = b
	}
	return s.keys[string(lower[:len(key)])]
}
