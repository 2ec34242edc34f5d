package corpus

import "strings"

// MarkKind is a kind of marks.
type MarkKind string

// The kinds of marks there are.
const (
	MarkOffering MarkKind = "offering" // a related product
	MarkSource   MarkKind = "source"   // the publisher of the original
	MarkAuthor   MarkKind = "author"   // who curated it here
)

// Mark is something beside topics by which articles may be chosen. A Head has
// those of the kinds that Options.Marks names, since each costs a head time and
// memory. Marks are equal if they are the same.
type Mark struct {
	Kind MarkKind
	ID   string // what tells it from others of its kind: an offering's ID, a source's domain, a folded name
	Slug string // of the name; of an offering or a source, of its address
	Name string // as the article writes it
	URL  string // of an offering: its page, absolute; ""
}

// markFields are the fields that marks of a kind are made of.
var markFields = map[MarkKind][]Field{
	MarkOffering: {FieldOfferings},
	MarkSource:   {FieldOriginal, FieldSourceName, FieldSourceDomain},
	MarkAuthor:   {FieldAuthors},
}

// marks gives an article's marks, each once. What is wrong with the fields that
// they are made of is told when the rest of the article is read.
func (r *reader) marks(front value) []*Mark {
	if len(r.Marks) == 0 {
		return nil
	}
	findings := r.findings
	var marks []*Mark
	add := func(m Mark) {
		for _, other := range marks {
			if other.Kind == m.Kind && other.ID == m.ID {
				return
			}
		}
		marks = append(marks, r.mark(m))
	}
	for _, kind := range r.Marks {
		switch kind {
		case MarkOffering:
			for _, o := range r.offerings(front) {
				add(offeringMark(o))
			}
		case MarkSource:
			if s := r.source(front, r.original(front)); s.Name != "" {
				add(sourceMark(s))
			}
		case MarkAuthor:
			for _, p := range r.people(front, FieldAuthors) {
				slug := nameSlug(p.Name, "author-")
				add(Mark{Kind: MarkAuthor, ID: slug, Slug: slug, Name: p.Name})
			}
		}
	}
	r.findings = findings
	return marks
}

func offeringMark(o Offering) Mark {
	slug := shortSlug(slugify(lastPart(o.URL)))
	if slug == "" {
		slug = nameSlug(o.Name, "offering-")
	}
	return Mark{Kind: MarkOffering, ID: o.ID, Slug: slug, Name: o.Name, URL: o.URL}
}

func sourceMark(s Source) Mark {
	if s.Domain == "" {
		slug := nameSlug(s.Name, "source-")
		return Mark{Kind: MarkSource, ID: slug, Slug: slug, Name: s.Name}
	}
	return Mark{Kind: MarkSource, ID: s.Domain, Slug: nameSlug(s.Domain, "source-"), Name: s.Name}
}

// lastPart is the last part of a URL's path.
func lastPart(url string) string {
	_, path, _ := strings.Cut(url, "://")
	path, _, _ = strings.Cut(path, "#")
	path, _, _ = strings.Cut(path, "?")
	_, path, _ = strings.Cut(strings.TrimRight(path, "/"), "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// mark gives the one mark that equals m: a corpus has few, and each a thousand
// times.
func (s *settings) mark(m Mark) *Mark {
	one, ok := s.markMemo.Load(m)
	if !ok {
		one, _ = s.markMemo.LoadOrStore(m, &m)
	}
	return one.(*Mark)
}
