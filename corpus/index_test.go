package corpus

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// indexed is a folder of articles with an index that believes every stamp.
type indexed struct {
	t     *testing.T
	path  string
	dir   *Dir
	index *Index
	read  int // files that the last load read
}

func newIndexed(t *testing.T, files map[string]string) *indexed {
	t.Helper()
	f := &indexed{t: t, path: t.TempDir()}
	for name, text := range files {
		f.write(name, text)
	}
	var err error
	if f.dir, err = OpenDir(f.path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.dir.Close() })
	f.open(t.TempDir(), "1")
	return f
}

// open opens the index that is in a folder, as another run of the program does.
func (f *indexed) open(dir, version string) {
	f.t.Helper()
	x, err := OpenIndex(dir, version)
	if err != nil {
		f.t.Fatal(err)
	}
	x.margin = -time.Hour
	x.Keep()
	f.index = x
	f.t.Cleanup(func() { x.Close() })
}

// again opens the index anew.
func (f *indexed) again() { f.open(f.index.dir.Name(), f.index.version) }

func (f *indexed) write(name, text string) {
	f.t.Helper()
	file := filepath.Join(f.path, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

// load loads by the index.
func (f *indexed) load(o Options) (*Corpus, Report) {
	f.t.Helper()
	o.Index, o.Want = f.index, func(heads []*Head) []*Head { return heads }
	first := true
	o.Progress = func(done, total int) {
		if first {
			f.read = total - done
		}
		first = false
	}
	return Load(context.Background(), f.dir, o)
}

// same fails unless a load by the index gives what a load without gives.
func (f *indexed) same(o Options) {
	f.t.Helper()
	got, gotReport := f.load(o)
	all := got.Heads
	got, findings, err := got.Read(context.Background(), all)
	if err != nil || len(findings) > 0 {
		f.t.Fatal(err, findings)
	}
	want, wantReport := Load(context.Background(), os.DirFS(f.path), o)
	gotReport.Notices = nil
	if diff := cmp.Diff(wantReport, gotReport, cmpopts.EquateEmpty()); diff != "" {
		f.t.Fatalf("report: -without index +with:\n%s", diff)
	}
	if diff := cmp.Diff(articles(want), articles(got), cmpopts.EquateEmpty()); diff != "" {
		f.t.Fatalf("articles: -without index +with:\n%s", diff)
	}
	if diff := cmp.Diff(want.Topics, got.Topics, cmpopts.EquateEmpty()); diff != "" {
		f.t.Fatalf("topics: -without index +with:\n%s", diff)
	}
}

func articles(c *Corpus) (all []*Article) {
	for _, h := range c.Heads {
		all = append(all, c.Article(h))
	}
	return all
}

func text(title, date, more string) string {
	return fmt.Sprintf("---\ntitle: %s\ndate: %s\n%s---\nText of %s.\n", title, date, more, title)
}

// Whatever happens to a folder, an index gives what reading it anew gives.
func TestIndexIsNoOther(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			f := newIndexed(t, nil)
			r := rand.New(rand.NewPCG(seed, 1))
			o := options(t)
			if seed%2 == 1 {
				o.Marks = []MarkKind{MarkSource, MarkOffering, MarkAuthor}
			}
			for round := range 25 {
				var changed []string
				for range r.IntN(4) {
					changed = append(changed, f.change(r)...)
				}
				switch r.IntN(4) {
				case 0:
					f.again()
				case 1:
					if round > 0 {
						f.index.Changed(changed)
					}
				}
				f.same(o)
			}
		})
	}
}

// What an index is told before a load that does not come is not forgotten.
func TestChangedTwice(t *testing.T) {
	for _, test := range []struct{ first, second []string }{
		{[]string{"a.md"}, []string{}},
		{nil, []string{"b.md"}},
	} {
		f := newIndexed(t, three)
		f.load(options(t))
		f.write("a.md", text("New", "2021-10-01", ""))
		f.index.Changed(test.first)
		f.index.Changed(test.second)
		f.same(options(t))
	}
}

// What is told of a file may be true of more than the file.
func TestChangedIsMore(t *testing.T) {
	for name, change := range map[string]func(f *indexed) (told string){
		"a folder that was skipped is gone": func(f *indexed) string {
			os.RemoveAll(filepath.Join(f.path, "_drafts"))
			return "_drafts"
		},
		"a folder with one is gone": func(f *indexed) string {
			os.RemoveAll(filepath.Join(f.path, "x"))
			return "x"
		},
		"a folder that is skipped is new": func(f *indexed) string {
			f.write("y/_drafts/d.md", "")
			return "y/_drafts/d.md"
		},
		"another name of the file": func(f *indexed) string {
			f.write("a.md", text("New", "2021-10-01", ""))
			return "a.md"
		},
		"where a link leads": func(f *indexed) string {
			f.write("b.md", text("New", "2021-10-01", ""))
			return "b.md"
		},
		"a name that is not UTF-8": func(f *indexed) string {
			f.write("\xff.md", text("New", "2021-10-01", ""))
			return "\xff.md"
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newIndexed(t, three)
			f.write("_drafts/d.md", "")
			f.write("x/_drafts/d.md", "")
			f.write("\xff.md", text("Old", "2021-10-01", ""))
			if err := os.Link(filepath.Join(f.path, "a.md"), filepath.Join(f.path, "linked.md")); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink("b.md", filepath.Join(f.path, "link.md")); err != nil {
				t.Fatal(err)
			}
			o := options(t)
			f.load(o)
			told := change(f)
			f.index.Changed([]string{told})
			got, gotReport := f.load(o)
			f.again()
			want, wantReport := f.load(o)
			if diff := cmp.Diff(wantReport, gotReport, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("report: -walked +told:\n%s", diff)
			}
			if diff := cmp.Diff(want.Heads, got.Heads, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("heads: -walked +told:\n%s", diff)
			}
		})
	}
}

// marked are fields that marks are made of.
var marked = []string{
	"author: [Ann, ann]\nlink: {original: 'https://x.example/a', brand: X}\n",
	"relatedOfferings: [{label: L, permalink: /o/l/}, {label: M, permalink: /o/m/}]\n",
	"author: Bo\n", "",
}

// change changes one file or folder, of few names, titles, dates, IDs and topics,
// and gives the paths.
func (f *indexed) change(r *rand.Rand) (changed []string) {
	f.t.Helper()
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	name := pick("", "a/", "a/b/", "a-b/", "_drafts/") + pick("one", "two", "2021-10-05-three", "2021-10-06-three", "_index") + pick(".md", ".html")
	file := filepath.Join(f.path, filepath.FromSlash(name))
	switch r.IntN(8) {
	case 0:
		os.Remove(file)
	case 1:
		name = pick("a", "a/b")
		os.RemoveAll(filepath.Join(f.path, name))
	case 2:
		os.Rename(file, filepath.Join(f.path, "moved.md"))
		return []string{"moved.md", name}
	default:
		f.write(name, text(pick("A", "a", "B", "Dor√©"), pick("2021-10-01", "2021-10-05", "2031-01-01", "no date"),
			pick("", "id: x\n", "draft: true\n", "lastMod: 2030-01-01\n")+pick("", "categories: [Tea]\n", "categories: [tea, 'Drinks: Tea']\n", "categories: [x\n")+
				marked[len(name)%len(marked)]))
	}
	return []string{name}
}

var three = map[string]string{
	"a.md": text("A", "2021-10-01", "description: Of A.\n"),
	"b.md": text("B", "2021-10-02", "categories: ['Drinks: Tea', Tea]\nlastMod: 2021-10-03\nlanguage: de\n"),
	"c.md": text("C", "2021-10-03", "draft: true\n"),
	"d.md": text("D", "2021-13-01", ""),
}

// A file that has not changed is not read, in another run of the program either;
// one that has is.
func TestIndexReadsWhatChanged(t *testing.T) {
	f := newIndexed(t, three)
	o := options(t)
	for _, step := range []struct {
		name   string
		change func()
		read   int
	}{
		{"first run", func() {}, 4},
		{"nothing", func() {}, 0},
		{"one changed", func() { f.write("a.md", text("A2", "2021-10-01", "")) }, 1},
		{"one new", func() { f.write("sub/e.md", text("E", "2021-10-05", "")) }, 1},
		{"one gone", func() { os.Remove(filepath.Join(f.path, "b.md")) }, 0},
		{"touched", func() {
			now := time.Now()
			for _, name := range []string{"a.md", "c.md"} {
				os.Chtimes(filepath.Join(f.path, name), now, now)
			}
		}, 2},
		{"as long as before, with the old time", func() {
			file := filepath.Join(f.path, "a.md")
			info, _ := os.Stat(file)
			f.write("a.md", text("A3", "2021-10-01", ""))
			os.Chtimes(file, info.ModTime(), info.ModTime())
		}, 1},
		{"a link, which is never believed", func() { os.Symlink("a.md", filepath.Join(f.path, "link.md")) }, 1},
		{"still a link", func() {}, 1},
	} {
		t.Run(step.name, func(t *testing.T) {
			f.t = t
			time.Sleep(15 * time.Millisecond) // clocks of file systems are coarse
			step.change()
			f.again()
			f.same(o)
			if f.read != step.read {
				t.Errorf("%d files were read, want %d", f.read, step.read)
			}
		})
	}
}

// What has changed lately may change once more in one tick of the clock: it is
// read again.
func TestIndexDistrustsTheNewest(t *testing.T) {
	f := newIndexed(t, three)
	f.index.margin = margin
	f.load(options(t))
	f.load(options(t))
	if f.read != 4 {
		t.Errorf("%d files were read the second time, want 4", f.read)
	}
}

// A change of the options or the program invalidates what depends on it, and
// nothing else: heads are what Load reads first, articles what it needs not read
// at all when it knows them.
func TestIndexSettings(t *testing.T) {
	zone := time.FixedZone("", 3600)
	for _, test := range []struct {
		name            string
		change          func(f *indexed, o *Options)
		heads, articles bool // are read anew
	}{
		{"nothing", func(*indexed, *Options) {}, false, false},
		{"silence", func(_ *indexed, o *Options) { o.Silence = []string{"no-summary"} }, false, false},
		{"permalink", func(_ *indexed, o *Options) { o.Permalink = "/x/:slug/" }, false, true},
		{"images folder", func(_ *indexed, o *Options) { o.Images = os.DirFS(t.TempDir()) }, false, true},
		{"images URL", func(_ *indexed, o *Options) { o.ImagesURL = "/x/" }, false, true},
		{"field of the rest", func(_ *indexed, o *Options) { o.Fields = fields(FieldSummary, "x") }, false, true},
		{"field of the head", func(_ *indexed, o *Options) { o.Fields = fields(FieldTopics, "x") }, true, true},
		{"zone", func(_ *indexed, o *Options) { o.Zone = zone }, true, true},
		{"language", func(_ *indexed, o *Options) { o.Language = "fr" }, true, true},
		{"languages", func(_ *indexed, o *Options) { o.Languages = []string{"fr"} }, true, true},
		{"site", func(_ *indexed, o *Options) { o.Site = "https://example.org" }, true, true},
		{"encoding", func(_ *indexed, o *Options) { o.Encoding = "windows-1252" }, true, true},
		{"repair", func(_ *indexed, o *Options) { o.Repair = true }, true, true},
		{"skip, parted otherwise", func(f *indexed, o *Options) {
			o.Skip = []string{"x y"}
			f.load(*o)
			f.again()
			o.Skip = []string{"x", "y"}
		}, true, true},
		{"marks", func(_ *indexed, o *Options) { o.Marks = []MarkKind{MarkAuthor} }, true, true},
		{"expire", func(_ *indexed, o *Options) { o.Expire = true }, true, true},
		{"skip", func(_ *indexed, o *Options) { o.Skip = []string{"none.md"} }, true, true},
		{"version", func(f *indexed, _ *Options) { f.open(f.index.dir.Name(), "2") }, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newIndexed(t, three)
			o := options(t)
			f.load(o)
			f.again()
			test.change(f, &o)
			c, _ := f.load(o)
			if got := f.read > 0; got != test.heads {
				t.Errorf("heads read anew: %t, want %t", got, test.heads)
			}
			if got := c.Article(c.Heads[0]) != nil; got != test.articles {
				t.Errorf("articles read anew: %t, want %t", got, test.articles)
			}
			f.same(o)
		})
	}
}

func fields(field Field, path string) Fields {
	all := maps.Clone(newsdesk)
	all[field] = []string{path}
	return all
}

// Time passes without any file changing.
func TestIndexAndTime(t *testing.T) {
	f := newIndexed(t, map[string]string{
		"future.md":  text("Future", "2021-11-05", ""),
		"updated.md": text("Updated", "2021-10-01", "lastMod: 2021-11-05 04:00\n"),
		"expires.md": text("Expires", "2021-10-01", "expirydate: 2021-11-05 03:00\n"),
		"always.md":  text("Always", "2021-10-01", ""),
	})
	o := options(t)
	o.Expire, o.Fields = true, Presets["hugo"]
	for _, test := range []struct {
		day  int
		read int
	}{{1, 4}, {2, 0}, {5, 3}, {6, 0}, {4, 3}} {
		o.Now = time.Date(2021, 11, test.day, 12, 0, 0, 0, time.UTC)
		f.same(o)
		if f.read != test.read {
			t.Errorf("%s: %d files were read, want %d", o.Now.Format(time.DateOnly), f.read, test.read)
		}
		var next time.Time
		if test.day < 5 {
			next = time.Date(2021, 11, 5, 0, 0, 0, 0, o.Zone)
		}
		if _, report := f.load(o); !report.Next.Equal(next) {
			t.Errorf("%s: the next change is at %v, want %v", o.Now.Format(time.DateOnly), report.Next, next)
		}
	}
}

// An image that comes changes the article that shows it, and no other.
func TestIndexAndImages(t *testing.T) {
	images := t.TempDir()
	f := newIndexed(t, map[string]string{
		"a.md":       text("A", "2021-10-01", "featuredImage: a.png\n"),
		"b.md":       text("B", "2021-10-02", "featuredImage: b.png\n"),
		"c/index.md": text("C", "2021-10-03", "featuredImage: c.png\n"),
	})
	folder, err := OpenDir(images)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	o := options(t)
	o.Images = folder
	versions := func() (all []Version) {
		c, _ := f.load(o)
		for _, h := range c.Heads {
			v, _ := c.Version(h)
			all = append(all, v)
		}
		return all
	}
	var data bytes.Buffer
	if err := png.Encode(&data, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	before := versions()
	for i, file := range []string{filepath.Join(f.path, "c", "c.png"), filepath.Join(images, "b.png"), filepath.Join(images, "a.png")} {
		if err := os.WriteFile(file, data.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		after := versions()
		for k := range after {
			if (after[k] != before[k]) != (k == i) {
				t.Errorf("%s came: version %d changed is %t", file, k, after[k] != before[k])
			}
		}
		before = after
		f.same(o)
	}
}

// A damaged index is told in one line and changes nothing.
func TestIndexDamaged(t *testing.T) {
	f := newIndexed(t, three)
	o := options(t)
	f.load(o)
	dir := f.index.dir.Name()
	for _, name := range []string{headsFile, articlesFile} {
		whole, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, damage := range []struct {
			name string
			data []byte
		}{
			{"empty", nil},
			{"cut", whole[:len(whole)/2]},
			{"longer", append(slices.Clone(whole), 0)},
			{"a bit", append(slices.Concat(whole[:len(whole)/2], []byte{whole[len(whole)/2] ^ 4}), whole[len(whole)/2+1:]...)},
			{"other", []byte(strings.Repeat("x", 200))},
		} {
			t.Run(name+" "+damage.name, func(t *testing.T) {
				if err := os.WriteFile(filepath.Join(dir, name), damage.data, 0o644); err != nil {
					t.Fatal(err)
				}
				f.t = t
				f.again()
				_, report := f.load(o)
				if len(report.Notices) != 1 || !strings.Contains(report.Notices[0], name) {
					t.Errorf("notices: %q, want one about %s", report.Notices, name)
				}
				f.again()
				f.same(o)
				if _, report := f.load(o); report.Notices != nil || f.read != 0 {
					t.Errorf("it was not mended: %q, %d files read", report.Notices, f.read)
				}
			})
		}
	}
}

// FuzzDecodeHeads checks that no index, whole by its checksum, breaks a load.
func FuzzDecodeHeads(f *testing.F) {
	dir, err := OpenDir(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	defer dir.Close()
	o := options(f)
	s, err := newSettings(o)
	if err != nil {
		f.Fatal(err)
	}
	heads := []*Head{{ID: "x:1", Path: "a.md", Title: "A", Published: o.Now, Updated: o.Now, Language: "en", Topics: []*Topic{s.topic(topicKey{name: "Tea"})}}}
	k := known{
		topics: s.topicMemo, files: []file{{"a.md", 7}, {"b.md", 8}}, ranks: []int32{0, unranked},
		results: []result{{head: heads[0], sums: newSums(heads[0])}, {remarks: &remarks{leftOut: "draft", findings: []Finding{{Warning, "no-title", "b.md", 1, "title", "x"}}}}},
	}
	var b bytes.Buffer
	if err := encodeHeads(&b, k); err != nil {
		f.Fatal(err)
	}
	f.Add(b.String())
	f.Fuzz(func(t *testing.T, data string) {
		k, err := decodeHeads(data, s)
		if err != nil {
			return
		}
		for i, r := range k.results {
			if r.head != nil && slices.Contains(r.head.Topics, nil) {
				t.Fatalf("%s: a head with no topic", k.files[i].path)
			}
		}
		for i := range k.ranks {
			k.ranks[i] = max(k.ranks[i], unranked)
		}
		l := &loader{settings: s}
		c := &Corpus{}
		c.arrange(l.collect(k.files, k.results), k.ranks, make([]int64, len(k.files)))
	})
}

// A change of any field that an output can show makes another version.
func TestVersion(t *testing.T) {
	full := func() *Article {
		topic := func() []*Topic {
			return []*Topic{{Slug: "s", Name: "n", Label: "l", Vocabulary: "v", Scheme: "c", URL: "u"}}
		}
		return &Article{
			Head:   &Head{ID: "i", Path: "p", Title: "t", Published: time.Unix(1, 0), Updated: time.Unix(2, 0), Topics: topic(), Language: "l", Marks: []*Mark{{"k", "i", "s", "n", "u"}}},
			Source: Source{"n", "d", "f"}, Authors: []Person{{"a"}}, Contributors: []Person{{"c"}},
			Image: &Image{"u", "f", "a", "t", 1, 2, 3}, Offerings: []Offering{{"i", "n", "u", topic()}},
		}
	}
	version := func(a *Article) Version { return a.Head.version(a.bodyVersion()) }
	want := version(full())
	if version(full()) != want {
		t.Fatal("the same article has two versions")
	}
	zoned := full()
	zoned.Published = zoned.Published.In(time.FixedZone("", 4*3600+17*60))
	if version(zoned) == want {
		t.Error("the zone changed, and the version did not")
	}
	n := 0
	for {
		a := full()
		name, ok := changeLeaf(reflect.ValueOf(a).Elem(), "Article", n)
		if !ok {
			break
		}
		if version(a) == want {
			t.Errorf("%s changed, and the version did not", name)
		}
		n++
	}
	if n < 30 {
		t.Errorf("only %d fields were tried", n)
	}
}

// changeLeaf changes the n-th leaf below v.
func changeLeaf(v reflect.Value, path string, n int) (name string, ok bool) {
	count := 0
	var visit func(v reflect.Value, path string) bool
	visit = func(v reflect.Value, path string) bool {
		switch {
		case v.Type() == reflect.TypeFor[time.Time]():
			if count++; count > n {
				v.Set(reflect.ValueOf(v.Interface().(time.Time).Add(time.Hour)))
			}
		case v.Kind() == reflect.Pointer:
			return visit(v.Elem(), path)
		case v.Kind() == reflect.Slice:
			return visit(v.Index(0), path+"[0]")
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				if visit(v.Field(i), path+"."+v.Type().Field(i).Name) {
					return true
				}
			}
		case v.Kind() == reflect.String:
			if count++; count > n {
				v.SetString(v.String() + "x")
			}
		default:
			if count++; count > n {
				v.SetInt(v.Int() + 1)
			}
		}
		if count > n && name == "" {
			name = path
		}
		return count > n
	}
	ok = visit(v, path)
	return name, ok
}
