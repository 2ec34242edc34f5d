package corpus

import (
	"context"
	"maps"
)

// Later reads articles that Options.Want did not ask for, a few at a time, so
// that an output of all articles needs the memory of a few. Of those that the
// index knows it has the versions without reading them.
type Later struct {
	known  *Corpus
	loaded *Corpus
	read   map[*Head]articleState
}

// Later prepares reading of heads of c.
func (c *Corpus) Later(heads []*Head) *Later {
	known := *c
	known.states = maps.Clone(c.states)
	if l := c.loader; l != nil {
		for _, h := range heads {
			if _, ok := known.states[h]; ok {
				continue
			}
			if state, ok := l.recallArticle(h); ok {
				known.states[h] = state
			}
		}
	}
	return &Later{known: &known, loaded: c, read: map[*Head]articleState{}}
}

// Known is the corpus with the versions that the index knows: see Corpus.Version.
func (l *Later) Known() *Corpus { return l.known }

// Read is Corpus.Read.
func (l *Later) Read(ctx context.Context, heads []*Head) (*Corpus, []Finding, error) {
	more, findings, err := l.loaded.Read(ctx, heads)
	if err == nil {
		for _, h := range heads {
			if state, ok := more.states[h]; ok {
				l.read[h] = state
			}
		}
	}
	return more, findings, err
}

// Remember keeps in the index the versions of what was read, and gives what there
// is to tell of that.
func (l *Later) Remember() (notices []string) {
	loader := l.loaded.loader
	if loader == nil || loader.Index == nil || len(l.read) == 0 {
		return nil
	}
	maps.Copy(l.read, l.known.states)
	loader.Index.rememberArticles(l.read, loader.list)
	return loader.Index.end()
}
