package feedcheck

import (
	"cmp"
	"slices"
	"strings"
)

// check checks one element, content and all.
type check func(c *checker, n *node)

// rule says how an element may stand in another.
type rule struct {
	check   check
	many    bool   // it may stand there more than once
	missing string // the code that tells of its absence; "" if it may be absent
}

// table says which elements may stand in another, by their names.
type table map[string]rule

// with gives a table with the entries of others.
func (t table) with(others ...table) table {
	all := table{}
	for _, other := range append(others, t) {
		for name, r := range other {
			all[name] = r
		}
	}
	return all
}

// init makes the tables: checks refer to them, so they cannot be made where they
// are declared.
func init() {
	mediaTables()
	atomTables()
	rssTables()
	jsonTables()
}

// strict are the prefixes whose every element is known: others in these
// namespaces are mistakes.
var strict = set("atom content dc dcterms media slash sy thr wfw fh")

// children checks what stands in an element.
func (c *checker) children(n *node, t table) {
	if strings.TrimSpace(n.text) != "" {
		c.report(n.spot(), "UnexpectedText", "the text %s stands between the elements (want elements only)", short(n.text))
	}
	for _, ch := range n.children {
		r, known := t[ch.name()]
		switch {
		case known && !r.many && ch.index > 1:
			c.report(ch.spot(), "DuplicateElement", "%s is there twice (want one)", ch.shown())
		case known:
			r.check(c, ch)
		case ch.prefix == "" && ch.local == "blink":
			c.report(ch.spot(), "NoBlink", "there is no <blink>")
		case ch.prefix == "" && ch.root().prefix == "atom":
			c.report(ch.spot(), "UndeterminableVocabulary", "%s is in no namespace (declare the one it belongs to)", ch.local)
		case ch.prefix == "" || strict[ch.prefix]:
			c.report(ch.spot(), "UndefinedElement", "%s does not belong in %s", ch.shown(), n.shown())
		}
	}
	c.absent(n, t)
}

// absent tells of what an element lacks.
func (c *checker) absent(n *node, t table) {
	var names []string
	for name, r := range t {
		if r.missing != "" && n.child(name) == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		c.report(n.spot(), t[name].missing, "%s lacks its %s", n.shown(), strings.TrimPrefix(name, "atom:"))
	}
}

// shown is the element as its own format's files call it.
func (n *node) shown() string {
	if n.root().prefix == "atom" {
		return strings.TrimPrefix(n.name(), "atom:")
	}
	return n.name()
}

// leaf checks an element that has text only.
func leaf(f func(c *checker, at spot, s string)) check {
	return func(c *checker, n *node) {
		c.noChildren(n)
		f(c, n.spot(), n.text)
	}
}

// trimmed is leaf, of the text without white space around it.
func trimmed(f func(c *checker, at spot, s string)) check {
	return leaf(func(c *checker, at spot, s string) { f(c, at, strings.TrimSpace(s)) })
}

func (c *checker) noChildren(n *node) {
	for _, ch := range n.children {
		c.report(ch.spot(), "UndefinedElement", "%s does not belong in %s, which has text only (is HTML not escaped?)", ch.shown(), n.shown())
	}
}

// empty checks an element that says all in its attributes.
func (c *checker) empty(n *node) {
	c.noChildren(n)
	if strings.TrimSpace(n.text) != "" {
		c.report(n.spot(), "UnexpectedText", "%s has the text %s (want attributes only)", n.shown(), short(n.text))
	}
}

// only tells of attributes that the element does not have.
func (c *checker) only(n *node, names string) {
	for _, a := range n.attrs {
		if a.prefix == "" && !set(names)[a.local] {
			c.report(n.at(a.local), "UnexpectedAttribute", "%s has no attribute %s", n.shown(), cmp.Or(a.local, "?"))
		}
	}
}

// required tells of an attribute that is not there, and gives its value.
func (c *checker) required(n *node, name, code string) (string, bool) {
	v, ok := n.attr(name)
	if !ok {
		c.report(n.spot(), code, "%s lacks its attribute %s", n.shown(), name)
	}
	return v, ok
}

// anything allows an element whatever it has.
func anything(*checker, *node) {}

func integer(code string) func(c *checker, at spot, s string) {
	return func(c *checker, at spot, s string) {
		if !isDigits(strings.TrimSpace(s)) {
			c.report(at, code, "%s is not a whole number", short(s))
		}
	}
}

// positive is integer without 0.
func positive(code string) func(c *checker, at spot, s string) {
	return func(c *checker, at spot, s string) {
		if s = strings.TrimSpace(s); !isDigits(s) || strings.Trim(s, "0") == "" {
			c.report(at, code, "%s is not a whole number above 0", short(s))
		}
	}
}

func isDigits(s string) bool {
	return s != "" && len(s) < 19 && strings.Trim(s, "0123456789") == ""
}

func oneOf(code, words string) func(c *checker, at spot, s string) {
	return func(c *checker, at spot, s string) {
		if !set(words)[s] {
			c.report(at, code, "%s is not one of %s", short(s), strings.Join(strings.Fields(words), ", "))
		}
	}
}

func notBlank(c *checker, at spot, s string) {
	if strings.TrimSpace(s) == "" {
		c.report(at, "NotBlank", "there is nothing in it")
	}
}

// plainText is text in which HTML would be shown as it is written.
func plainText(c *checker, at spot, s string) {
	if m := markup(s); m != "" {
		c.report(at, "ContainsHTML", "%s is HTML in a plain text", short(m))
	}
}

// plainLeaf checks an element of plain text.
func (c *checker) plainLeaf(n *node) {
	c.noChildren(n)
	plainText(c, n.spot(), n.doubtful())
}

// labelLeaf checks an element of plain text that is not empty.
func (c *checker) labelLeaf(n *node) {
	notBlank(c, n.spot(), n.text)
	c.plainLeaf(n)
}

func address(w wants) func(c *checker, at spot, s string) {
	return func(c *checker, at spot, s string) { c.address(at, s, w) }
}
