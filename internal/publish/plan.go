package publish

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Why says why a file is put.
type Why string

const (
	New     Why = "new"
	Changed Why = "changed"
	Headers Why = "headers" // the content is there, under other headers
)

// Change is a file that is put.
type Change struct {
	Name string
	Why  Why
	Size int64 // bytes
}

// plan is what has to be done, and nothing else, to make the target what the
// folder is.
type plan struct {
	put     []*file // in order
	changes map[*file]Change
	same    int
	delete  []string
	foreign []string // there, not newsdesk's, in the way
	kept    []string // not deleted, because another hand changed it
	news    bool     // the manifest is to be written

	journal manifest // before the first file is put
	there   map[string]string
}

// newPlan compares the files here with those there and with what the last run
// said of them. It is an error if a file there is not newsdesk's, and adopt is false.
func newPlan(files []*file, old manifest, there map[string]string, o Options) (*plan, error) {
	p := &plan{changes: map[*file]Change{}, journal: manifest{}, there: there}
	here := map[string]bool{}
	for _, f := range files {
		here[f.name] = true
		p.compare(f, old[f.name], o)
	}
	for _, name := range slices.Sorted(maps.Keys(old)) {
		if !here[name] {
			p.leave(name, old[name], o)
		}
	}
	if len(p.foreign) > 0 {
		return nil, foreignError(p.foreign)
	}
	return p, nil
}

// compare decides about a file that is here. old is what the manifest says of it:
// nothing, if it is not newsdesk's.
func (p *plan) compare(f *file, old entry, o Options) {
	etag, exists := p.there[f.name]
	ours := old != entry{} && !old.Gone || old.wrote(etag)
	switch {
	case !exists:
		p.add(f, New, false)
	case old.is(f) && old.there(etag):
		p.skip(f, old, etag)
	case etag == f.md5 && f.header == Header{}:
		if ours || o.Adopt {
			p.skip(f, old, etag)
		} else { // another's, which happens to be the same
			p.same++
		}
	case etag == f.md5:
		p.add(f, Headers, old.wrote(etag))
	case ours || o.Adopt:
		p.add(f, Changed, old.wrote(etag))
	default:
		p.foreign = append(p.foreign, f.name)
	}
}

// skip leaves a file of newsdesk's as it is there.
func (p *plan) skip(f *file, old entry, etag string) {
	p.same++
	p.journal[f.name] = newEntry(f, etag)
	p.news = p.news || p.journal[f.name] != old
}

// add plans to put a file; ours tells whether what is there is newsdesk's.
func (p *plan) add(f *file, why Why, ours bool) {
	p.put = append(p.put, f)
	p.changes[f] = Change{f.name, why, f.size}
	p.news = true
	e := newEntry(f, f.md5)
	e.Pending, e.Was, e.WasOurs = true, p.there[f.name], ours
	p.journal[f.name] = e
}

// leave deals with a file of newsdesk's that is not here any more.
func (p *plan) leave(name string, e entry, o Options) {
	etag, exists := p.there[name]
	switch {
	case !exists:
	case !e.wrote(etag):
		if !e.Gone { // else somebody put another after it was deleted
			p.kept = append(p.kept, name)
			p.news = true
		}
	case o.Keep:
		e.Gone = false
		p.journal[name] = e
	default:
		p.journal[name] = e
		p.delete = append(p.delete, name)
		p.news = true
	}
}

// result is what comes of the plan if all of it is done.
func (p *plan) result() *Result {
	r := &Result{Same: p.same, Deleted: p.delete, Kept: p.kept}
	for _, f := range p.put {
		r.add(p.changes[f])
	}
	return r
}

// foreignError tells of files that would be written over.
func foreignError(names []string) error {
	const few = 3
	list := strings.Join(names[:min(few, len(names))], ", ")
	if n := len(names) - few; n > 0 {
		list += fmt.Sprintf(" and %d more", n)
	}
	return fmt.Errorf("newsdesk did not put what is there as %s; nothing was changed (publish to a folder or prefix of newsdesk's own, or replace them with --adopt)", list)
}
