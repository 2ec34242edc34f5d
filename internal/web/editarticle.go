package web

import (
	"fmt"
	"slices"

	"github.com/medigy/newsdesk/digest"
)

// article is one of the corpus as an edition file can name it.
type article struct{ path, id string }

func (a article) is(name string) bool { return name == a.path || name == a.id && name != "" }

func (a article) in(names []string) bool { return slices.ContainsFunc(names, a.is) }

func (a article) cut(names *[]string) { *names = slices.DeleteFunc(*names, a.is) }

func (a article) override(field, value string) (edit, error) {
	value = oneLine(value)
	if field == "image" && value != "" && value != "none" && !isWeb(value) {
		return edit{}, editError(fmt.Sprintf("%q is not an image's address (want https://… or none).", value))
	}
	return edit{[]string{"article " + a.path + " " + field}, func(c *digest.Choices) error {
		name := a.path
		if _, ok := c.Articles[a.id]; ok {
			name = a.id
		}
		o := c.Articles[name]
		*map[string]*string{"title": &o.Title, "summary": &o.Summary, "image": &o.Image}[field] = value
		c.Articles[name] = o
		return nil
	}}, nil
}

func (a article) lead() edit {
	return edit{[]string{"lead", "place " + a.path}, func(c *digest.Choices) error {
		a.cut(&c.Exclude)
		c.Lead = a.path
		return nil
	}}
}

// pin puts an article first in its section. Without a lead of the editor's the
// first pin would lead: the one that leads now is named, so that a pin moves
// nothing else.
func (a article) pin(on bool, lead string) edit {
	return edit{[]string{"pins"}, func(c *digest.Choices) error {
		a.cut(&c.Pins)
		if on {
			a.cut(&c.Exclude)
			c.Pins = append(c.Pins, a.path)
			keepLead(c, lead)
		}
		return nil
	}}
}

func keepLead(c *digest.Choices, lead string) {
	if c.Lead == "" {
		c.Lead = lead
	}
}

func leadOf(proof *Proof) string {
	if proof == nil || proof.Edition == nil || proof.Edition.Lead == nil {
		return ""
	}
	return proof.Edition.Lead.Path
}

// exclude leaves an article out; what else the file says of its place goes, for
// it would contradict.
func (a article) exclude() edit {
	return edit{[]string{"place " + a.path}, func(c *digest.Choices) error {
		if a.is(c.Lead) {
			c.Lead = ""
		}
		for _, list := range []*[]string{&c.Pins, &c.Order, &c.Include, &c.Exclude} {
			a.cut(list)
		}
		c.Exclude = append(c.Exclude, a.path)
		return nil
	}}
}

// include brings an article back, or takes one in that the rule leaves out.
func (a article) include() edit {
	return edit{[]string{"place " + a.path}, func(c *digest.Choices) error {
		if a.in(c.Exclude) {
			a.cut(&c.Exclude)
			return nil
		}
		a.cut(&c.Include)
		c.Include = append(c.Include, a.path)
		return nil
	}}
}

// move puts an article before another of its section, or last. Sections follow
// from topics: an article stays in its own.
func (a article) move(before string, proof *Proof) (edit, error) {
	row := a.section(proof)
	if row == nil {
		return edit{}, editError("This article is in no section: it leads, or it is out.")
	}
	if before != "" && !slices.Contains(row, before) {
		return edit{}, editError("Sections follow from topics: an article can be moved within its own.")
	}
	if before == a.path {
		return edit{[]string{"order"}, func(*digest.Choices) error { return nil }}, nil
	}
	a.cut(&row)
	at := len(row)
	if before != "" {
		at = slices.Index(row, before)
	}
	row = slices.Insert(row, at, a.path)
	lead := leadOf(proof)
	return edit{[]string{"order", "pins"}, func(c *digest.Choices) error {
		for _, names := range [][]string{c.Order, c.Pins} {
			for i, name := range names {
				names[i] = proofPath(proof, name)
			}
		}
		c.Order = append(slices.DeleteFunc(c.Order, func(name string) bool { return slices.Contains(row, name) }), row...)
		a.repin(c, row, at, lead)
		return nil
	}}, nil
}

// repin lets pins follow a move: what stands before a pin is one, too, and what
// is put below what is no pin is none any more.
func (a article) repin(c *digest.Choices, row []string, at int, lead string) {
	pinned := func(i int) bool { return i >= 0 && i < len(row) && slices.Contains(c.Pins, row[i]) }
	pin := pinned(at+1) || a.in(c.Pins) && (at == 0 || pinned(at-1))
	if !pin {
		a.cut(&c.Pins)
		return
	}
	var pins []string
	for i, path := range row {
		if i == at || slices.Contains(c.Pins, path) {
			pins = append(pins, path)
		}
	}
	c.Pins = append(slices.DeleteFunc(c.Pins, func(name string) bool { return slices.Contains(pins, name) }), pins...)
	keepLead(c, lead)
}

// section gives the paths of the stories among which an article stands.
func (a article) section(proof *Proof) []string {
	if proof == nil || proof.Edition == nil {
		return nil
	}
	for _, s := range proof.Edition.Sections {
		var paths []string
		for _, story := range s.Stories {
			paths = append(paths, story.Path)
		}
		if a.in(paths) {
			return paths
		}
	}
	return nil
}

// proofPath gives the path of a story that a file names by path or ID.
func proofPath(proof *Proof, name string) string {
	for _, s := range proof.Edition.Stories() {
		if s.ID == name {
			return s.Path
		}
	}
	return name
}
