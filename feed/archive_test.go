package feed_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/feed"
	"github.com/medigy/newsdesk/internal/atomicfile"
)

// archived are so many articles, newest first, every third about a topic.
func archived(n int) []*corpus.Article {
	var all []*corpus.Article
	for i := range n {
		a := article(n-i, day(1).AddDate(0, 0, n-i))
		if (n-i)%3 == 0 {
			a.Topics = []*corpus.Topic{opinion}
		}
		all = append(all, a)
	}
	return all
}

func writeArchive(t *testing.T, out string, articles []*corpus.Article, o feed.Options) {
	t.Helper()
	writeArchiveTo(t, open(t, out), corpus.New(articles), o, nil)
}

func writeArchiveTo(t *testing.T, dir *atomicfile.Dir, c *corpus.Corpus, o feed.Options, made *atomicfile.Made) {
	t.Helper()
	list := feed.Build(c, o)
	if _, err := feed.WriteLater(dir, list, templates, made, c, func([]*corpus.Head) (*corpus.Corpus, error) { return c, nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := feed.Write(dir, list, templates, made); err != nil {
		t.Fatal(err)
	}
}

// walkArchive follows a subscription document's links to older pages, and gives
// the IDs of all articles, newest first.
func walkArchive(t *testing.T, out, file string) (ids []string, documents int) {
	t.Helper()
	const base = "https://feeds.medigy.com/"
	for next := base + file; next != ""; documents++ {
		name, ok := strings.CutPrefix(next, base)
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil || !ok {
			t.Fatalf("%s: %v", next, err)
		}
		d := parseDocument(t, data)
		for rel, want := range map[string]string{"self": next, "current": base + file} {
			if got := d.links[rel]; got != "" && got != want {
				t.Errorf("%s: %s is %s, want %s", name, rel, got, want)
			}
		}
		if d.xml && d.archive != (documents > 0) {
			t.Errorf("%s: fh:archive is there: %t", name, d.archive)
		}
		if d.archive && d.links["prev-archive"] == "" && d.links["next-archive"] == "" {
			t.Errorf("%s links to no other document: W3C's ArchiveIncomplete", name)
		}
		ids = append(ids, d.ids...)
		next = d.links["prev-archive"]
	}
	return ids, documents
}

type document struct {
	xml, archive bool
	links        map[string]string
	ids          []string
}

func parseDocument(t *testing.T, data []byte) document {
	t.Helper()
	d := document{links: map[string]string{}, xml: data[0] == '<'}
	if !d.xml {
		var f struct {
			Next  string `json:"next_url"`
			Items []struct{ ID string }
		}
		if err := json.Unmarshal(data, &f); err != nil {
			t.Fatal(err)
		}
		d.links["prev-archive"] = f.Next
		for _, i := range f.Items {
			d.ids = append(d.ids, i.ID)
		}
		return d
	}
	decoder := xml.NewDecoder(bytes.NewReader(data))
	inside := ""
	for token, err := decoder.Token(); err == nil; token, err = decoder.Token() {
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		attributes := map[string]string{}
		for _, a := range e.Attr {
			attributes[a.Name.Local] = a.Value
		}
		switch name := e.Name.Local; {
		case name == "archive" && e.Name.Space == "http://purl.org/syndication/history/1.0":
			d.archive = true
		case name == "item" || name == "entry":
			inside = name
		case name == "link" && inside == "" && attributes["rel"] != "":
			d.links[attributes["rel"]] = attributes["href"]
		case name == "guid" || name == "id" && inside == "entry":
			text, _ := decoder.Token()
			d.ids = append(d.ids, string(text.(xml.CharData)))
		}
	}
	return d
}

// TestArchiveWalk walks every feed in every format, for corpora of every size, and
// gets each article exactly once.
func TestArchiveWalk(t *testing.T) {
	for _, items := range []int{1, 2, 5, 6} {
		t.Run(fmt.Sprint(items), func(t *testing.T) {
			t.Parallel() // it waits for the disk
			for n := range 4*items + 2 {
				testArchiveWalk(t, n, items)
			}
		})
	}
}

func testArchiveWalk(t *testing.T, n, items int) {
	o := options()
	o.Items, o.Archive, o.Bytes = items, true, 1
	out := t.TempDir()
	articles := archived(n)
	writeArchive(t, out, articles, o)
	var all, topic []string
	for _, a := range articles {
		all = append(all, a.ID)
		if a.Topics != nil {
			topic = append(topic, a.ID)
		}
	}
	for folder, want := range map[string][]string{"": all, "topic/opinion/": topic} {
		if folder != "" && want == nil {
			continue
		}
		for _, format := range feed.Formats {
			got, documents := walkArchive(t, out, folder+format.File)
			if !slices.Equal(want, got) {
				t.Fatalf("%d articles, %d in a feed: %s%s leads to %v, want %v", n, items, folder, format.File, got, want)
			}
			if documents > 1+2*len(want)/items {
				t.Errorf("%d articles, %d in a feed: %d documents", n, items, documents)
			}
		}
	}
}

// TestArchiveIsStable adds articles one by one: beside the subscription document a
// new page may come, and only the one before it may change, by its link.
func TestArchiveIsStable(t *testing.T) {
	o := options()
	o.Items, o.Archive, o.By = 4, true, []feed.Kind{}
	out := t.TempDir()
	all := archived(20)
	before := map[string]string{}
	for n := 1; n <= 20; n++ {
		writeArchive(t, out, all[20-n:], o)
		after := map[string]string{}
		var changed, added []string
		for _, f := range tree(t, out).Files {
			if !strings.Contains(f.Name, "-") {
				continue // no page
			}
			after[f.Name] = string(f.Data)
			if old, ok := before[f.Name]; !ok {
				added = append(added, f.Name)
			} else if old != string(f.Data) {
				changed = append(changed, f.Name)
			}
		}
		var wantAdded, wantChanged []string
		if page := (n - 3) / 2; n > 4 && n%2 == 1 {
			wantAdded = []string{fmt.Sprintf("atom-%d.xml", page), fmt.Sprintf("feed-%d.json", page), fmt.Sprintf("rss-%d.xml", page)}
			if page > 1 { // JSON Feed has no link to what is newer
				wantChanged = []string{fmt.Sprintf("atom-%d.xml", page-1), fmt.Sprintf("rss-%d.xml", page-1)}
			}
		}
		if diff := cmp.Diff(wantAdded, added); diff != "" {
			t.Errorf("article %d: new pages:\n%s", n, diff)
		}
		if diff := cmp.Diff(wantChanged, changed); diff != "" {
			t.Errorf("article %d: changed pages:\n%s", n, diff)
		}
		for _, name := range changed {
			if d := parseDocument(t, []byte(after[name])); d.links["next-archive"] == "" {
				t.Errorf("%s changed, and has no next-archive", name)
			}
		}
		before = after
	}
}

// TestArchiveAfterChanges adds, edits, removes and dates back articles one after
// the other. What is there afterwards is what a build into an empty folder makes,
// but for pages and feeds that are no more; and a walk gets every article once.
func TestArchiveAfterChanges(t *testing.T) {
	for _, removed := range []feed.Removed{feed.RemovedKeep, feed.RemovedEmpty, feed.RemovedGone} {
		t.Run(string(removed), func(t *testing.T) {
			t.Parallel() // it waits for the disk
			random := rand.New(rand.NewPCG(1, 1))
			o := options()
			o.Items, o.Archive, o.Removed, o.Pages = 4, true, removed, true
			store, out := open(t, t.TempDir()), t.TempDir()
			dir := open(t, out)
			var articles []*corpus.Article
			for step := range 30 {
				articles = changed(articles, step, random)
				c := corpus.New(articles)
				made := openMade(t, store, dir, "1")
				writeArchiveTo(t, dir, c, o, made)
				if err := made.Save(); err != nil {
					t.Fatal(err)
				}
				fresh := t.TempDir()
				writeArchive(t, fresh, articles, o)
				compareArchive(t, fresh, out, removed)
				for _, format := range feed.Formats {
					ids, _ := walkArchive(t, out, format.File)
					var want []string
					for _, h := range c.Heads {
						want = append(want, h.ID)
					}
					if !slices.Equal(want, ids) {
						t.Fatalf("step %d: %s leads to %v, want %v", step, format.File, ids, want)
					}
				}
			}
		})
	}
}

// changed is the articles after one more step: the first ones mostly add, the
// others mostly remove.
func changed(articles []*corpus.Article, step int, random *rand.Rand) []*corpus.Article {
	articles = slices.Clone(articles)
	n := len(articles)
	switch what := random.IntN(6); {
	case n == 0 || step < 20 && what > 1 || what == 2:
		a := article(1000+step, day(1).AddDate(0, 0, step))
		if what == 3 {
			a.Published, a.Updated = day(1).AddDate(0, 0, -step), day(1).AddDate(0, 0, -step)
		}
		if what%2 == 0 || step < 15 {
			a.Topics = []*corpus.Topic{opinion}
		}
		return append(articles, a)
	case what == 0:
		a := *articles[random.IntN(n)]
		head := *a.Head
		a.Head = &head
		a.HTML = fmt.Sprintf("<p>Step %d.</p>", step)
		return append(slices.DeleteFunc(articles, func(b *corpus.Article) bool { return b.ID == a.ID }), &a)
	}
	at := random.IntN(n)
	return slices.Delete(articles, at, min(n, at+1+random.IntN(4)))
}

// compareArchive wants in out what is in fresh. What else there is must be of
// former feeds and pages, as removed says.
func compareArchive(t *testing.T, fresh, out string, removed feed.Removed) {
	t.Helper()
	want := map[string]string{}
	for _, f := range tree(t, fresh).Files {
		want[f.Name] = string(f.Data)
	}
	gone, _ := os.ReadFile(filepath.Join(out, feed.GoneFile))
	for _, f := range tree(t, out).Files {
		data, there := want[f.Name]
		delete(want, f.Name)
		switch {
		case there:
			if diff := cmp.Diff(data, string(f.Data)); diff != "" {
				t.Fatalf("%s: -made anew +made:\n%s", f.Name, diff)
			}
		case f.Name == feed.GoneFile || removed == feed.RemovedKeep || strings.HasSuffix(f.Name, "index.html"):
		case removed == feed.RemovedGone:
			t.Fatalf("%s is still there", f.Name)
		default:
			if d := parseDocument(t, f.Data); len(d.ids) > 0 {
				t.Fatalf("%s still has articles", f.Name)
			}
		}
		if there && strings.Contains("\n"+string(gone), "\n"+f.Name+"\n") {
			t.Fatalf("%s is there and in %s", f.Name, feed.GoneFile)
		}
	}
	for name := range want {
		t.Fatalf("%s is not there", name)
	}
}
