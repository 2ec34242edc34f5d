package feed

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"time"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/atomicfile"
)

// newRecipe hashes all that the feed's files are made of, whatever their format.
// What the feed's pages share with it is hashed once.
func (f *Feed) newRecipe() atomicfile.Recipe {
	if f.about == (atomicfile.Recipe{}) {
		f.about = f.newAbout()
	}
	h := sha256.New()
	h.Write(f.about[:])
	fmt.Fprintln(h, f.page, f.history("", ""))
	// Of the newest article, which is no item if it changed while it was read.
	fmt.Fprintln(h, f.Published.Format(time.RFC3339Nano))
	var line []byte
	for _, i := range f.Items {
		line = append(line[:0], i.version[:]...)
		line = strconv.AppendInt(line, i.entryUpdated.UnixNano(), 10)
		h.Write(append(strconv.AppendQuote(append(line, ' '), i.language), '\n'))
	}
	return atomicfile.Recipe(h.Sum(nil))
}

// newAbout hashes what all documents of a feed have.
func (f *Feed) newAbout() atomicfile.Recipe {
	h := sha256.New()
	o := f.Options
	var logo corpus.Image
	if o.Logo != nil {
		logo = *o.Logo
	}
	var topic corpus.Topic
	if f.Topic != nil {
		topic = *f.Topic
	}
	o.Logo, o.voice = nil, nil // which follows from the rest
	fmt.Fprintf(h, "%q\n%q\n%q\n%q\n", fmt.Sprintf("%#v", o), fmt.Sprintf("%#v", logo), fmt.Sprintf("%#v", topic), []string{f.Title, f.Description, f.Home, f.Path})
	return atomicfile.Recipe(h.Sum(nil))
}

// listRecipe hashes all that the lists of the feeds are made of.
func listRecipe(feeds []*Feed, t *pageTemplate) atomicfile.Recipe {
	h := sha256.New()
	h.Write(t.hash[:])
	for _, f := range feeds {
		h.Write(f.recipe[:])
		fmt.Fprintf(h, "%d %d %s\n", f.Count, f.Weeks, f.Published.Format(time.RFC3339Nano))
	}
	return atomicfile.Recipe(h.Sum(nil))
}

// pageRecipe hashes all that the page of a feed is made of.
func (f *Feed) pageRecipe(t *pageTemplate) atomicfile.Recipe {
	h := sha256.New()
	h.Write(t.hash[:])
	h.Write(f.recipe[:])
	fmt.Fprintf(h, "%d %s\n", f.Count, f.Published.Format(time.RFC3339Nano))
	return atomicfile.Recipe(h.Sum(nil))
}
