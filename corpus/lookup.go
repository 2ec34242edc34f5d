package corpus

import "strings"

// find gives the first value of a field that says something.
func (r *reader) find(front value, field Field) (value, bool) {
	for _, path := range r.fields[field] {
		if v := front.get(path); !v.absent() {
			r.used(field, path, v)
			return v, true
		}
	}
	return value{}, false
}

// text gives the first value of a field that is a scalar with text.
func (r *reader) text(front value, field Field) (value, bool) {
	for _, path := range r.fields[field] {
		if v, ok := front.get(path).one(); ok {
			r.used(field, path, v)
			return v, true
		}
	}
	return value{}, false
}

// is reports whether a field of true and false says so.
func (r *reader) is(front value, field Field, truth bool) bool {
	v, _ := r.text(front, field)
	says, ok := parseTruth(v.text)
	return ok && says == truth
}

// parseTruth reads true and false in all the ways of YAML 1.1; ok is false for
// what is neither.
func parseTruth(text string) (says, ok bool) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "yes", "on", "y", "1":
		return true, true
	case "false", "no", "off", "n", "0":
		return false, true
	}
	return false, false
}

// firstText is text for a field of which the first of several counts.
func (r *reader) firstText(front value, field Field) (value, bool) {
	for _, path := range r.fields[field] {
		for _, v := range front.get(path).many() {
			if v.kind == scalar && !v.absent() {
				r.used(field, path, v)
				return v, true
			}
		}
	}
	return value{}, false
}
