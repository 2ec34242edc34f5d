package corpus

// node reads the node that starts at the reader's column into v. It belongs to
// a collection at column parent.
func (r *plainReader) node(v *value, parent, depth int) {
	r.must(depth < maxDepth)
	switch c := r.data[r.at]; {
	case r.atPlain():
		if end := plainEnd(r.data, r.at); r.data[end] == ':' {
			r.mapping(v, depth)
		} else {
			r.plain(v, r.at, end, parent)
		}
	case c == '-':
		r.sequence(v, depth)
	case c == '\'' || c == '"':
		text, after := r.simpleQuoted()
		if after >= 0 && r.afterColon(after) >= 0 {
			r.mapping(v, depth)
		} else {
			r.quoted(v, text, after)
		}
	default:
		r.scalar(v, parent)
	}
}

func (r *plainReader) atDash() bool {
	return r.data[r.at] == '-' && r.blankAt(r.at+1)
}

func (r *plainReader) sequence(v *value, depth int) {
	v.kind, v.line = list, r.line
	col, base := r.col, len(r.members)
	var member value // declared out here it stays off the heap
	for r.col == col && r.atDash() {
		r.at++
		r.col++
		member = value{}
		r.member(&member, col, depth+1, true)
		r.push(member)
	}
	v.list = r.pop(base)
}

func (r *plainReader) push(member value) {
	if !r.skip {
		r.members = append(r.members, member)
	}
}

// pop takes what was pushed since base.
func (r *plainReader) pop(base int) []value {
	popped := r.treeValues.copy(r.members[base:])
	r.members = r.members[:base]
	return popped
}

func (r *plainReader) mapping(v *value, depth int) {
	v.kind, v.line = mapping, r.line
	col, base := r.col, len(r.entries)
	var e entry // declared out here it stays off the heap
	for r.col == col {
		key, after := r.key()
		if depth == 0 && r.want != nil {
			r.once(key)
			r.skip = !r.want(key)
		}
		if !r.skip {
			e = entry{key: r.text(key), line: r.line}
		}
		if r.data[after] == ' ' && startsPlain[r.data[after+1]] { // nearly always; member would do it too
			r.plain(&e.value, after+1, plainEnd(r.data, after+1), col)
		} else {
			r.at = after
			r.member(&e.value, col, depth+1, false)
		}
		if !r.skip {
			r.entries = append(r.entries, e)
		}
		r.skip = r.skip && depth > 0
	}
	v.entries = r.treeEntries.copy(r.entries[base:])
	r.entries = r.entries[:base]
}

// once declines a key like one seen before. It compares hashes: seldom it
// declines two that differ, never it takes two that are alike.
func (r *plainReader) once(key []byte) {
	hash := uint32(hashFold(key)>>32) | 1 // 0 is a free place
	i := hash >> 24
	for r.seen[i] != 0 {
		r.must(r.seen[i] != hash)
		i = (i + 1) % uint32(len(r.seen))
	}
	r.seen[i] = hash
	r.keys++
	r.must(r.keys <= len(r.seen)/2)
}

// member reads what follows a key's ":" or a "-" of a collection at column col:
// a node in this line or in the next ones, or none, which is null.
func (r *plainReader) member(v *value, col, depth int, dash bool) {
	v.line = r.line
	from := r.at
	switch c := r.skipBlanks(); {
	case c == '\n' || c == '#' && !dash:
		r.finish()
		// A sequence may stand as far left as the key it belongs to.
		if r.col > col || r.col == col && !dash && r.atDash() {
			r.node(v, col, depth)
		}
	case dash:
		r.col += r.at - from
		r.node(v, col, depth)
	default:
		r.scalar(v, col)
	}
}

// key gives the key that starts here and what is after its colon. YAML allows both
// 1024 characters. It does not move.
func (r *plainReader) key() (key []byte, after int) {
	if r.atQuote() {
		key, after = r.simpleQuoted()
		r.must(after >= 0)
		after = r.afterColon(after)
	} else {
		end := plainEnd(r.data, r.at)
		key, after = trimBlanks(r.data[r.at:end]), end+1
		r.must(r.data[end] == ':' && r.atPlain() && string(key) != "<<")
	}
	r.must(after >= 0 && after-r.at < 1000)
	return key, after
}

// afterColon gives what is after the colon that makes the quoted text which ends
// before i a key, or -1.
func (r *plainReader) afterColon(i int) int {
	for r.data[i] == ' ' {
		i++
	}
	if r.data[i] == ':' && r.blankAt(i+1) {
		return i + 1
	}
	return -1
}

// atPlain reports whether a plain scalar can start here.
func (r *plainReader) atPlain() bool {
	return startsPlain[r.data[r.at]] || r.data[r.at] == '-' && !r.blankAt(r.at+1)
}

func (r *plainReader) atQuote() bool { return r.data[r.at] == '\'' || r.data[r.at] == '"' }

func (r *plainReader) blankAt(i int) bool { return r.data[i] == ' ' || r.data[i] == '\n' }
