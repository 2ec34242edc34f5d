package corpus

import "strings"

// headFields are the fields that reader.head reads.
var headFields = []Field{
	FieldUUID, FieldID, FieldTitle, FieldDate, FieldUpdated, FieldDraft, FieldShown, FieldExpires, FieldRedirect, FieldSlug, FieldURL, FieldLanguage,
	FieldTopics, FieldTopicURLs, FieldTopicLabels,
}

// keySet is a set of front-matter keys, in lower case.
type keySet map[string]bool

// newKeySet gives the keys of the top level that the paths of some fields begin
// with. A path may be one key with dots in it.
func newKeySet(fields Fields, some []Field) keySet {
	set := keySet{}
	for _, field := range some {
		for _, path := range fields[field] {
			path = strings.ToLower(path)
			set[path] = true
			key, _, _ := strings.Cut(path, ".")
			set[key] = true
		}
	}
	return set
}

// has reports whether key is in the set, without case. Keys that are not ASCII
// are in every set: their case is not simple.
func (s keySet) has(key []byte) bool {
	var lower [64]byte
	if len(key) > len(lower) {
		return true
	}
	for i, b := range key {
		if b >= 0x80 {
			return true
		}
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		lower[i] = b
	}
	return s[string(lower[:len(key)])]
}
