package corpus

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

// is reports whether a field says so: "true" for a field of true and false.
func (r *reader) is(front value, field Field, word string) bool {
	v, ok := r.text(front, field)
	return ok && v.text == word
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
