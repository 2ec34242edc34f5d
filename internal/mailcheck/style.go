package mailcheck

import (
	"bytes"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

// declaration is a property with its value as written, but for case and
// !important.
type declaration struct {
	property, value string
	important       bool
	line            int      // 0 of a style attribute
	slugs           []string // of caniemail's features that it uses
}

// rule is what a style sheet says for some selectors, perhaps under a
// condition.
type rule struct {
	selectors    []string
	condition    string // "@media (prefers-color-scheme:dark)"; ""
	declarations []declaration
	line         int
}

// brokenRule is the condition of what can't be read.
const brokenRule = "broken"

// readStyles reads every style element.
func (c *checker) readStyles() []rule {
	var all []rule
	for style := range c.root.elements("style") {
		for _, child := range style.children {
			all = append(all, readSheet(child.text, child.line)...)
		}
	}
	return all
}

// readSheet reads a style sheet that begins in a line.
func readSheet(source string, line int) []rule {
	var all []rule
	var selectors, conditions []string
	p := css.NewParser(parse.NewInputString(source), false)
	lines := counter{source: source, line: line}
	for {
		kind, _, data := p.Next()
		at := lines.at(p.Offset())
		switch kind {
		case css.ErrorGrammar:
			if !p.HasParseError() {
				return all
			}
			if n := len(all); n == 0 || all[n-1].condition != brokenRule {
				all = append(all, rule{condition: brokenRule, line: at})
			}
		case css.BeginAtRuleGrammar:
			conditions = append(conditions, string(data)+join(p.Values()))
			if string(data) == "@font-face" {
				all = append(all, rule{condition: "@font-face", line: at})
			}
		case css.EndAtRuleGrammar:
			conditions = conditions[:max(0, len(conditions)-1)]
		case css.AtRuleGrammar:
			all = append(all, rule{condition: string(data), line: at})
		case css.QualifiedRuleGrammar:
			selectors = append(selectors, join(p.Values()))
		case css.BeginRulesetGrammar:
			selectors = append(selectors, join(p.Values()))
			all = append(all, rule{selectors: selectors, condition: strings.Join(conditions, " "), line: at})
			selectors = nil
		case css.DeclarationGrammar, css.CustomPropertyGrammar:
			if n := len(all); n > 0 {
				all[n-1].declarations = append(all[n-1].declarations, newDeclaration(data, p.Values(), at))
			}
		}
	}
}

// inlines are the declarations of style attributes by their text, for a mail
// says the same again and again.
type inlines map[string][]declaration

func (all inlines) read(source string) []declaration {
	if source == "" {
		return nil
	}
	known, ok := all[source]
	if !ok {
		known = readInline(source)
		all[source] = known
	}
	return known
}

func readInline(source string) []declaration {
	var all []declaration
	p := css.NewParser(parse.NewInputString(source), true)
	for {
		kind, _, data := p.Next()
		switch kind {
		case css.ErrorGrammar:
			if !p.HasParseError() {
				return all
			}
		case css.DeclarationGrammar, css.CustomPropertyGrammar:
			all = append(all, newDeclaration(data, p.Values(), 0))
		}
	}
}

func newDeclaration(property []byte, values []css.Token, line int) declaration {
	value := strings.ToLower(strings.TrimSpace(join(values)))
	value, important := strings.CutSuffix(value, "!important")
	d := declaration{property: strings.ToLower(string(property)), value: strings.TrimSpace(value), important: important, line: line}
	d.slugs = d.features()
	return d
}

func join(tokens []css.Token) string {
	var b bytes.Buffer
	for _, t := range tokens {
		b.Write(t.Data)
	}
	return b.String()
}

// counter gives the line of growing offsets.
type counter struct {
	source string
	seen   int
	line   int
}

func (c *counter) at(offset int) int {
	if offset = min(offset, len(c.source)); offset > c.seen {
		c.line += strings.Count(c.source[c.seen:offset], "\n")
		c.seen = offset
	}
	return c.line
}

// matches reports whether a selector of types, classes and IDs, alone or below
// one another, is true of n. Any other selector is true of nothing.
func matches(selector string, n *node) bool {
	if strings.ContainsAny(selector, "[:>+~*") {
		return false
	}
	parts := strings.Fields(selector)
	if len(parts) == 0 || !matchesOne(parts[len(parts)-1], n) {
		return false
	}
	parts = parts[:len(parts)-1]
	for p := n.parent; p != nil && len(parts) > 0; p = p.parent {
		if matchesOne(parts[len(parts)-1], p) {
			parts = parts[:len(parts)-1]
		}
	}
	return len(parts) == 0
}

// matchesOne takes a part such as td.side or #top.
func matchesOne(part string, n *node) bool {
	for i := 0; i < len(part); {
		end := i + 1
		for end < len(part) && part[end] != '.' && part[end] != '#' {
			end++
		}
		switch name := part[i:end]; name[0] {
		case '.':
			if !hasClass(n, name[1:]) {
				return false
			}
		case '#':
			if n.attrs["id"] != name[1:] {
				return false
			}
		default:
			if n.tag != strings.ToLower(name) {
				return false
			}
		}
		i = end
	}
	return true
}

func hasClass(n *node, class string) bool {
	for name := range strings.FieldsSeq(n.attrs["class"]) {
		if name == class {
			return true
		}
	}
	return false
}
