package mailcheck

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity tells how bad a finding is.
type Severity int

// Errors keep a mail from being sent.
const (
	Note Severity = iota
	Warning
	Error
)

func (s Severity) String() string { return [...]string{"note", "warning", "error"}[s] }

// Part is where in the mail a finding is.
type Part string

// The parts of a mail.
const (
	HTML   Part = "html"
	Text   Part = "text"
	Header Part = "header"
)

// Finding is one thing that is wrong with a mail.
type Finding struct {
	Severity Severity
	Kind     string // stable name, for scripts: "link-empty"
	Part     Part
	Line     int      // of the part, from 1; 0 if it is about no line
	Element  string   // what it is about: `a[href="#"]`; or ""
	Text     string   // what is wrong, and what is wanted; one line
	Clients  []string // that do not show it, of Clients; or nil
}

// Mail is what Check looks at. A nil part is not checked, as when only the HTML
// is there.
type Mail struct {
	Subject   string // not checked if there is neither it nor a Header
	Preheader string
	From      string // name and address
	HTML      []byte // UTF-8
	Text      []byte // UTF-8
	Header    []byte // the message's header fields as they are sent; nil before there is a message

	// Marks are what stands for each recipient's own addresses. They are known
	// to be filled before the mail goes out.
	Marks []string
	// Own are hosts of the sender, whose links need no second look.
	Own []string
}

// Check gives all findings, the worst first, then in the order of the lines.
func Check(m Mail) []Finding {
	c := &checker{Mail: m}
	if m.Subject != "" || m.Header != nil {
		c.subject()
	}
	c.headers()
	if m.HTML != nil {
		c.root = parseHTML(m.HTML)
		c.sheet = c.readStyles()
		c.clients()
		c.links()
		c.images()
		c.contrast()
		c.access()
		c.size()
		c.leftovers(HTML, string(m.HTML))
		c.spam()
	}
	if m.Text != nil {
		c.text()
		c.leftovers(Text, string(m.Text))
	}
	slices.SortStableFunc(c.found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Kind, b.Kind))
	})
	return c.found
}

// Count gives how many findings there are of a severity.
func Count(all []Finding, s Severity) int {
	n := 0
	for _, f := range all {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// checker is a mail in the middle of its checks.
type checker struct {
	Mail
	root  *node
	sheet []rule
	found []Finding
}

func (c *checker) add(f Finding) { c.found = append(c.found, f) }

// at adds a finding about an element.
func (c *checker) at(n *node, s Severity, kind, format string, args ...any) {
	c.add(Finding{Severity: s, Kind: kind, Part: HTML, Line: n.line, Element: n.selector(), Text: fmt.Sprintf(format, args...)})
}
