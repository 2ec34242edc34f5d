package feed

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/atomicfile"
)

// newRecipe hashes all that the feed's files are made of, whatever their format.
func (f *Feed) newRecipe() atomicfile.Recipe {
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
	o.Logo = nil
	fmt.Fprintf(h, "%q\n%q\n%q\n%q\n", fmt.Sprintf("%#v", o), fmt.Sprintf("%#v", logo), fmt.Sprintf("%#v", topic), []string{f.Title, f.Description, f.Home, f.Path})
	fmt.Fprintln(h, f.page, f.history("", ""))
	// Of the newest article, which is no item if it changed while it was read.
	fmt.Fprintln(h, f.Published.Format(time.RFC3339Nano))
	for _, i := range f.Items {
		h.Write(i.version[:])
		fmt.Fprintf(h, "%d %q\n", i.entryUpdated.UnixNano(), i.language)
	}
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
