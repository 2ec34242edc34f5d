package feed_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/feed"
)

// TestLater has memory for few articles, or none: then feeds are written later, a
// few at a time, and are the same to the byte.
func TestLater(t *testing.T) {
	articles := append(archived(30), full(), hostile())
	for _, a := range articles[:9] {
		a.Updated = articles[0].Updated // told apart by their fractions, the same in all feeds
	}
	for _, archive := range []bool{false, true} {
		o := options()
		o.Items, o.Archive, o.Pages, o.By = 9, archive, true, []feed.Kind{feed.KindTopic, feed.KindLanguage}
		at := t.TempDir()
		writeArchive(t, at, articles, o)
		want := string(txtar.Format(tree(t, at)))
		for held := 1; held < 20; held += 6 {
			o.Held = held
			out := t.TempDir()
			dir, store, c := open(t, out), open(t, t.TempDir()), corpus.New(articles)
			for range 2 {
				made := openMade(t, store, dir, "1")
				writeArchiveTo(t, dir, c, o, made)
				if err := made.Save(); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, string(txtar.Format(tree(t, out)))); diff != "" {
					t.Fatalf("archive %t: -all at once +%d articles held:\n%s", archive, held, diff)
				}
			}
			made := openMade(t, store, dir, "1")
			list := feed.Build(c, o)
			stats, err := feed.WriteLater(dir, list, templates, made, c, func([]*corpus.Head) (*corpus.Corpus, error) {
				t.Error("articles are read although nothing changed")
				return c, nil
			})
			if err != nil || stats.Files == 0 && held == 1 || stats.Written > 0 {
				t.Errorf("unchanged: %+v, %v", stats, err)
			}
		}
	}
}
