package corpus

import (
	"crypto/sha256"
	"io"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/medigy/newsdesk/internal/atomicfile"
)

// Version tells one state of an article from another: equal versions have equal
// articles, in all that an output can show.
type Version [sha256.Size]byte

// articleState is what an index knows of an article that some output shows.
type articleState struct {
	stamp    stamp       // of the article's file
	looked   []lookedFor // files that were looked for
	body     Version
	url      string
	findings []Finding // about all but the head
}

// lookedFor is an image's file as it was when somebody looked.
type lookedFor struct {
	bundled bool // it is relative to the articles' folder, not the images'
	name    string
	stamp   stamp
}

// absent is the stamp of an image that is not there.
const absent stamp = 1

// imageStamp gives the stamp of an image's file as it is now.
func (s *settings) imageStamp(bundled bool, name string) stamp {
	folder := s.images
	if bundled {
		folder = s.content
	}
	if folder == nil {
		return absent
	}
	info, err := fs.Stat(folder, name)
	if err != nil {
		return absent
	}
	st, changed := atomicfile.StampOf(info)
	if !changed.Before(s.settled) {
		return 0
	}
	return st
}

// state gives what is known of an article that is as it was.
func (x *Index) state(path string, st stamp, s *settings) (articleState, bool) {
	state, ok := x.articles[path]
	ok = ok && st != 0 && state.stamp == st
	for _, l := range state.looked {
		ok = ok && l.stamp != 0 && l.stamp == s.imageStamp(l.bundled, l.name)
	}
	return state, ok
}

// readArticles reads the file of articles, once.
func (x *Index) readArticles(settings key) {
	if x.articles != nil && x.articlesKey == settings {
		return
	}
	x.articlesKey = settings
	x.articles = map[string]articleState{}
	payload, ok := x.read(articlesFile, settings)
	if !ok {
		return
	}
	d := decoder{data: payload}
	all := make(map[string]articleState, d.count())
	for len(d.data) > 0 && !d.bad {
		path := d.text()
		all[path] = d.state(path)
	}
	if d.bad {
		x.notice("%s is damaged (%v); its articles are read anew", x.name(articlesFile), errDamaged)
		return
	}
	x.articles = all
}

// rememberArticles takes the states of the articles that this output shows, and
// keeps those of others whose files are as they were: another output shows them.
func (x *Index) rememberArticles(wanted map[*Head]articleState, files []file) {
	states := make(map[string]articleState, len(x.articles))
	for path, state := range x.articles {
		if stampIn(files, path) == state.stamp {
			states[path] = state
		}
	}
	for h, state := range wanted {
		states[h.Path] = state
	}
	x.articles = states
	x.writing.Go(func() {
		var e encoder
		e.number(uint64(len(states)))
		for _, path := range slices.Sorted(maps.Keys(states)) {
			e.text(path)
			e.state(states[path])
		}
		x.write(articlesFile, x.articlesKey, func(w io.Writer) error {
			_, err := w.Write(e.data)
			return err
		})
	})
}

func (e *encoder) state(s articleState) {
	e.fixed(uint64(s.stamp))
	e.number(uint64(len(s.looked)))
	for _, l := range s.looked {
		e.truth(l.bundled)
		e.text(l.name)
		e.fixed(uint64(l.stamp))
	}
	e.data = append(e.data, s.body[:]...)
	e.text(s.url)
	e.number(uint64(len(s.findings)))
	for _, f := range s.findings {
		e.finding(f)
	}
}

func (d *decoder) state(path string) articleState {
	s := articleState{stamp: stamp(d.fixed())}
	for range d.count() {
		s.looked = append(s.looked, lookedFor{d.number() != 0, d.text(), stamp(d.fixed())})
	}
	copy(s.body[:], d.take(len(s.body)))
	s.url = d.text()
	for range d.count() {
		s.findings = append(s.findings, d.finding(path))
	}
	return s
}

// bodyVersion hashes what an article has beyond its head.
func (a *Article) bodyVersion() Version {
	var e encoder
	for _, s := range []string{a.URL, a.Original, a.Source.Name, a.Source.Domain, a.Source.FeedURL, a.Summary, a.HTML} {
		e.text(s)
	}
	for _, people := range [][]Person{a.Authors, a.Contributors} {
		e.number(uint64(len(people)))
		for _, p := range people {
			e.text(p.Name)
		}
	}
	if i := a.Image; i != nil {
		e.texts([]string{i.URL, i.File, i.Alt, i.Type})
		e.number(uint64(i.Bytes))
		e.number(uint64(i.Width))
		e.number(uint64(i.Height))
	}
	e.number(uint64(len(a.Offerings)))
	for _, o := range a.Offerings {
		e.texts([]string{o.ID, o.Name, o.URL})
		e.topics(o.Topics)
	}
	return sha256.Sum256(e.data)
}

// version hashes a whole article.
func (h *Head) version(body Version) Version {
	var e encoder
	e.texts([]string{h.ID, h.Path, h.Title, h.Language})
	for _, t := range []time.Time{h.Published, h.Updated} {
		e.text(t.Format(time.RFC3339Nano)) // outputs show the offset, too
	}
	e.topics(h.Topics)
	for _, m := range h.Marks {
		e.texts([]string{string(m.Kind), m.ID, m.Slug, m.Name, m.URL})
	}
	return sha256.Sum256(append(e.data, body[:]...))
}

func (e *encoder) topics(topics []*Topic) {
	e.number(uint64(len(topics)))
	for _, t := range topics {
		e.texts([]string{t.Slug, t.Name, t.Label, t.Vocabulary, t.Scheme, t.URL})
	}
}
