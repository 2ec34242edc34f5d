package corpus

import "bytes"

// flow reads a flow sequence of scalars.
func (r *plainReader) flow() []value {
	base := len(r.members)
	r.at++
	for r.flowBlanks() != ']' {
		member := value{kind: scalar, line: r.line}
		if r.atQuote() {
			member.text = r.text(r.quotedText(r.simpleQuoted()))
		} else {
			r.plainText(&member, r.flowPlain())
		}
		r.push(member)
		if r.flowBlanks() == ',' {
			r.at++
		} else {
			r.must(r.data[r.at] == ']')
		}
	}
	r.at++
	return r.pop(base)
}

// flowBlanks gives the byte after blanks and line breaks.
func (r *plainReader) flowBlanks() byte {
	if r.skipBlanks() == '\n' {
		r.breaks()
		r.at++
	}
	return r.data[r.at]
}

// flowPlain reads a plain scalar of a flow sequence. It has one line and
// nothing in it that might be a mapping or a sequence.
func (r *plainReader) flowPlain() []byte {
	text := r.data[r.at:r.lineEnd()]
	if i := bytes.IndexAny(text, ",]"); i >= 0 {
		text = text[:i]
	}
	r.at += len(text)
	text = trimBlanks(text)
	r.must(len(text) > 0 && startsPlain[text[0]] && !bytes.ContainsAny(text, ":#?[{}"))
	return text
}

// block reads a literal or folded scalar.
func (r *plainReader) block(parent int) []byte {
	folded := r.data[r.at] == '>'
	chomp, indent := r.blockHeader(parent)
	b := r.buf[:0]
	breaks := 0     // line breaks since the last text
	var before byte // what the last text began with: lines inset by a blank do not fold
	for r.at+1 < len(r.data) {
		line := r.data[r.at+1:]
		line = line[:bytes.IndexByte(line, '\n')]
		col := 0
		for col < min(indent, len(line)) && line[col] == ' ' {
			col++
		}
		if text := line[col:]; len(text) > 0 {
			if col < indent {
				break
			}
			if folded && before > ' ' && text[0] > ' ' {
				b = appendFolded(b, breaks-1)
			} else {
				b = appendBreaks(b, breaks)
			}
			b = append(b, text...)
			before, breaks = text[0], 0
		}
		r.at += len(line) + 1
		r.line++
		breaks++
	}
	r.buf = b
	r.next(r.at)
	switch {
	case chomp == '+':
		return appendBreaks(b, breaks)
	case chomp == 0 && before > 0:
		return append(b, '\n')
	}
	return b
}

// blockHeader reads what follows "|" or ">": what to do with the line breaks at
// the end ('+' keep all, '-' keep none, 0 keep one) and the column of the text.
func (r *plainReader) blockHeader(parent int) (chomp byte, indent int) {
	end := r.lineEnd()
	for _, c := range trimBlanks(r.data[r.at+1 : end]) {
		switch {
		case (c == '+' || c == '-') && chomp == 0:
			chomp = c
		default:
			r.must('1' <= c && c <= '9' && indent == 0)
			indent = parent + int(c-'0')
		}
	}
	r.at = end
	if indent == 0 {
		indent = r.blockIndent(parent)
	}
	return chomp, indent
}

// blockIndent gives the column of the next text, but one right of parent. No
// blank line before the text may be wider.
func (r *plainReader) blockIndent(parent int) int {
	col, widest := 0, 0
	for i := r.at + 1; i < len(r.data); i++ {
		start := i
		for r.data[i] == ' ' {
			i++
		}
		if col = i - start; r.data[i] != '\n' {
			break
		}
		col, widest = 0, max(widest, col)
	}
	indent := max(col, parent+1)
	r.must(widest <= indent)
	return indent
}
