package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// site makes an output folder: "name=content name=content".
func site(files string) fs.FS {
	dir := fstest.MapFS{}
	for _, f := range strings.Fields(files) {
		name, text, _ := strings.Cut(f, "=")
		dir[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return dir
}

// startS3 starts a server that speaks S3, with one bucket, news. before may answer
// a request in its place.
func startS3(t *testing.T, before func(w http.ResponseWriter, r *http.Request) bool) *bucket {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("news"); err != nil {
		t.Fatal(err)
	}
	s3 := gofakes3.New(backend).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if before == nil || !before(w, r) {
			s3.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	l, err := ParseURL("s3://news/feeds?region=us-east-1&endpoint=" + server.URL)
	if err != nil {
		t.Fatal(err)
	}
	b, err := openBucket(l, Credentials{ID: "id", Secret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	b.sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return b
}

// targets are one of each kind, empty.
func targets(t *testing.T) map[string]Target {
	f, err := openFolder(filepath.Join(t.TempDir(), "www"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return map[string]Target{"folder": f, "bucket": startS3(t, nil)}
}

var options = Options{URL: "https://news.example.org/feeds", TTL: 60}

// contentOf gives those of the named files that are there, as site takes them.
func contentOf(t *testing.T, target Target, names ...string) string {
	t.Helper()
	var list []string
	for _, name := range names {
		data, err := target.Read(context.Background(), name)
		if err == nil {
			list = append(list, name+"="+string(data))
		} else if !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	return strings.Join(list, " ")
}

func mustPut(t *testing.T, target Target, name, text string) {
	t.Helper()
	if _, err := target.Put(context.Background(), name, []byte(text), Header{}); err != nil {
		t.Fatal(err)
	}
}

// told gives a result in short: "+new ~changed h:headers -deleted !kept =same".
func told(r *Result) string {
	var list []string
	for _, c := range r.Put {
		list = append(list, map[Why]string{New: "+", Changed: "~", Headers: "h:"}[c.Why]+c.Name)
	}
	for _, name := range r.Deleted {
		list = append(list, "-"+name)
	}
	for _, name := range r.Kept {
		list = append(list, "!"+name)
	}
	return strings.Join(append(list, fmt.Sprintf("=%d", r.Same)), " ")
}

// What a folder's life at a target looks like, one run after another.
func TestRun(t *testing.T) {
	for kind, target := range targets(t) {
		t.Run(kind, func(t *testing.T) {
			for _, step := range []struct {
				name  string
				here  string
				put   string // by another hand, before
				o     Options
				want  string
				error string
			}{
				{name: "dry run", here: "rss.xml=1", o: Options{DryRun: true}, want: "+_headers +rss.xml =0"},
				{name: "first, in order", here: "index.html=i feeds.opml=o rss.xml=1 topic/a/rss.xml=2 topic/a/index.html=t image/a.png=p atom-1.xml=3 .hidden=x", want: "+_headers +atom-1.xml +image/a.png +rss.xml +topic/a/rss.xml +feeds.opml +index.html +topic/a/index.html =0"},
				{name: "nothing new", here: "index.html=i feeds.opml=o rss.xml=1 topic/a/rss.xml=2 topic/a/index.html=t image/a.png=p atom-1.xml=3", want: "=8"},
				{name: "changed and gone", here: "index.html=i feeds.opml=o rss.xml=9 image/a.png=p", want: "~_headers ~rss.xml -atom-1.xml -topic/a/index.html -topic/a/rss.xml =3"},
				{name: "another's file is kept", here: "index.html=i feeds.opml=o rss.xml=9 image/a.png=p", put: "foreign.txt=f", want: "=5"},
				{name: "another's file is in the way", here: "index.html=i feeds.opml=o rss.xml=9 image/a.png=p foreign.txt=ours", error: "did not put what is there as foreign.txt"},
				{name: "adopt", here: "index.html=i feeds.opml=o rss.xml=9 image/a.png=p foreign.txt=ours", o: Options{Adopt: true}, want: "~foreign.txt =5"},
				{name: "ours changed by another hand is put again", here: "index.html=i feeds.opml=o rss.xml=9 image/a.png=p foreign.txt=ours", put: "rss.xml=broken", want: "~rss.xml =5"},
				{name: "no longer here and changed by another hand", here: "index.html=i feeds.opml=o rss.xml=9 image/a.png=p", put: "foreign.txt=theirs", want: "!foreign.txt =5"},
				{name: "which is told once", here: "index.html=i feeds.opml=o rss.xml=9 image/a.png=p", want: "=5"},
				{name: "keep", here: "feeds.opml=o rss.xml=9 image/a.png=p", o: Options{Keep: true}, want: "=4"},
				{name: "and then not", here: "feeds.opml=o rss.xml=9 image/a.png=p", want: "-index.html =4"},
				{name: "another took the place of what was deleted", here: "feeds.opml=o rss.xml=9 image/a.png=p", put: "index.html=home", want: "=4"},
				{name: "and is not written over", here: "feeds.opml=o rss.xml=9 image/a.png=p index.html=i", error: "index.html"},
				{name: "no feeds", here: "a.html=1", error: "no feeds"},
			} {
				for _, f := range strings.Fields(step.put) {
					name, text, _ := strings.Cut(f, "=")
					mustPut(t, target, name, text)
				}
				step.o.URL, step.o.TTL = options.URL, options.TTL
				r, err := Run(context.Background(), site(step.here), target, step.o)
				if step.error != "" {
					if err == nil || !strings.Contains(err.Error(), step.error) {
						t.Errorf("%s: error %v, want %q", step.name, err, step.error)
					}
				} else if err != nil || told(r) != step.want {
					t.Errorf("%s:\n%s, %v; want\n%s", step.name, told(r), err, step.want)
				}
			}
			if got, want := contentOf(t, target, "foreign.txt", "rss.xml", "atom-1.xml", "topic/a/rss.xml", "index.html"), "foreign.txt=theirs rss.xml=9 index.html=home"; got != want {
				t.Errorf("there is %s, want %s", got, want)
			}
		})
	}
}

// Headers that change are put, though the content is the same, and nothing else is.
func TestRunHeaders(t *testing.T) {
	for kind, want := range map[string]string{"folder": "~_headers =2", "bucket": "~_headers h:rss.xml =1"} {
		target := targets(t)[kind]
		here := site("rss.xml=1 index.html=i")
		if _, err := Run(context.Background(), here, target, options); err != nil {
			t.Fatal(err)
		}
		o := options
		o.TTL = 30
		if r, err := Run(context.Background(), here, target, o); err != nil || told(r) != want {
			t.Errorf("%s: %s, %v; want %s", kind, told(r), err, want)
		}
		if r, err := Run(context.Background(), here, target, o); err != nil || told(r) != "=3" {
			t.Errorf("%s, again: %s, %v; want =3", kind, told(r), err)
		}
	}
}

// What somebody gets who asks the bucket. gofakes3 forgets Cache-Control, so that
// one is what the bucket was told.
func TestServedHeaders(t *testing.T) {
	var cache sync.Map
	b := startS3(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut {
			cache.Store(strings.TrimPrefix(r.URL.Path, "/news/feeds/"), r.Header.Get("Cache-Control"))
		}
		return false
	})
	here := site("rss.xml=1 atom.xml=1 feed.json=1 feeds.opml=1 index.html=1 a.3f9a61c0.css=1")
	if _, err := Run(context.Background(), here, b, options); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"rss.xml":        "application/rss+xml; charset=utf-8 | public, max-age=3600",
		"atom.xml":       "application/atom+xml; charset=utf-8 | public, max-age=3600",
		"feed.json":      "application/feed+json; charset=utf-8 | public, max-age=3600",
		"feeds.opml":     "text/x-opml; charset=utf-8 | public, max-age=300",
		"index.html":     "text/html; charset=utf-8 | public, max-age=300",
		"a.3f9a61c0.css": "text/css; charset=utf-8 | public, max-age=31536000, immutable",
		"_headers":       "text/plain; charset=utf-8 | public, max-age=300",
		manifestFile:     "application/json; charset=utf-8 | no-store",
	} {
		response, err := http.Get(b.at.Endpoint + "/news/feeds/" + name)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		told, _ := cache.Load(name)
		if got := fmt.Sprintf("%s | %v", response.Header.Get("Content-Type"), told); got != want || response.StatusCode != http.StatusOK {
			t.Errorf("%s: %s: %s, want %s", name, response.Status, got, want)
		}
	}
}

// dying is a target whose machine is killed at a change: the nth is done or not,
// and none after it.
type dying struct {
	Target
	mu   sync.Mutex
	left int
	last bool // do the last one, and tell nobody
}

var errKilled = errors.New("killed")

func (d *dying) change(do func() error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left--
	if d.left > 0 {
		return do()
	}
	if d.left == 0 && d.last {
		return errors.Join(do(), errKilled)
	}
	return errKilled
}

func (d *dying) Put(ctx context.Context, name string, data []byte, h Header) (etag string, err error) {
	err = d.change(func() error { etag, err = d.Target.Put(ctx, name, data, h); return err })
	return etag, err
}

func (d *dying) Delete(ctx context.Context, name string) error {
	return d.change(func() error { return d.Target.Delete(ctx, name) })
}

// A run that is killed at any moment is finished by the next, whatever that is to
// publish: nothing of newsdesk's is left over, nothing of others' is touched.
func TestKilled(t *testing.T) {
	const (
		first  = "rss.xml=1 topic/a/rss.xml=1 old.html=1 index.html=1"
		second = "rss.xml=2 topic/a/rss.xml=1 topic/b/rss.xml=2 new.html=2 index.html=2"
		third  = "rss.xml=3 new.html=2 newer.html=3 index.html=2"
	)
	for _, kind := range []string{"folder", "bucket"} {
		for _, next := range []string{first, second, third} {
			t.Run(kind, func(t *testing.T) {
				t.Parallel()
				for n := 1; killedAt(t, targets(t)[kind], n, site(first), site(second), site(next), sorted(next+" foreign.html=f")); n++ {
				}
			})
		}
	}
}

// killedAt publishes first, then second, which is killed at the nth change, and then
// next, with which there must be want. It reports whether there were n changes.
func killedAt(t *testing.T, target Target, n int, first, second, next fs.FS, want string) bool {
	names := []string{"foreign.html", "index.html", "new.html", "newer.html", "old.html", "rss.xml", "topic/a/rss.xml", "topic/b/rss.xml"}
	ctx := context.Background()
	mustPut(t, target, "foreign.html", "f")
	if _, err := Run(ctx, first, target, options); err != nil {
		t.Fatal(err)
	}
	o := options
	o.TTL++ // headers change, too
	_, killed := Run(ctx, second, &dying{Target: target, left: (n + 1) / 2, last: n%2 == 0}, o)
	if killed != nil && !errors.Is(killed, errKilled) {
		t.Fatal(killed)
	}
	before := contentOf(t, target, names...)
	if strings.Contains(before, "index.html=2") && !strings.Contains(before, "topic/b/rss.xml=2") {
		t.Fatalf("killed at %d: the index page was put before a feed: %s", n, before)
	}
	r, err := Run(ctx, next, target, o)
	if got := contentOf(t, target, names...); err != nil || got != want {
		t.Fatalf("killed at %d (%s): there is\n%s, want\n%s (%s, %v)", n, before, got, want, told(r), err)
	}
	if r, err := Run(ctx, next, target, o); err != nil || len(r.Put)+len(r.Deleted)+len(r.Kept) > 0 {
		t.Fatalf("killed at %d: there was something left to do: %s, %v", n, told(r), err)
	}
	return killed != nil
}

func sorted(files string) string {
	return strings.Join(slices.Sorted(slices.Values(strings.Fields(files))), " ")
}

// What a killed run put is not put again.
func TestResumed(t *testing.T) {
	for kind, target := range targets(t) {
		here := site("a.html=1 b.html=1 c.html=1 rss.xml=1 index.html=1")
		if _, err := Run(context.Background(), here, &dying{Target: target, left: 5, last: true}, options); err == nil {
			t.Fatal("not killed")
		}
		r, err := Run(context.Background(), here, target, options)
		if err != nil || r.Same != 4 || len(r.Put) != 2 {
			t.Errorf("%s: %s, %v; want 4 that are there already", kind, told(r), err)
		}
	}
}

// Two runs at once: the one that finds the other's manifest stops before it deletes.
func TestTwoAtOnce(t *testing.T) {
	for kind, target := range targets(t) {
		if _, err := Run(context.Background(), site("rss.xml=1 old.html=1"), target, options); err != nil {
			t.Fatal(err)
		}
		o := options
		var once sync.Once
		o.Progress = func(int, int) {
			once.Do(func() {
				if _, err := Run(context.Background(), site("rss.xml=3 old.html=1 other.html=1"), target, options); err != nil {
					t.Error(err)
				}
			})
		}
		r, err := Run(context.Background(), site("rss.xml=2"), target, o)
		if err == nil || !strings.Contains(err.Error(), "at the same time") || len(r.Deleted) > 0 {
			t.Errorf("%s: %s, %v", kind, told(r), err)
		}
		if _, err := Run(context.Background(), site("rss.xml=2"), target, options); err != nil {
			t.Fatal(err)
		}
		if got := contentOf(t, target, "rss.xml", "old.html", "other.html"); got != "rss.xml=2" {
			t.Errorf("%s: there is %s", kind, got)
		}
	}
}

// Another's file that is adopted, but was not yet replaced when the run was killed,
// is still another's.
func TestKilledBeforeAdopted(t *testing.T) {
	for kind, target := range targets(t) {
		mustPut(t, target, "a.html", "theirs")
		o := options
		o.Adopt = true
		if _, err := Run(context.Background(), site("rss.xml=1 a.html=ours"), &dying{Target: target, left: 2}, o); err == nil {
			t.Fatal("not killed")
		}
		r, err := Run(context.Background(), site("rss.xml=1"), target, options)
		if got := contentOf(t, target, "a.html"); err != nil || got != "a.html=theirs" || !slices.Equal(r.Kept, []string{"a.html"}) {
			t.Errorf("%s: %s, %v; there is %s", kind, told(r), err, got)
		}
	}
}

// Another's file that happens to be the same is not taken over in a folder, where
// there is nothing to put; a bucket's gets our headers, and is ours.
func TestSameAsAnothers(t *testing.T) {
	for kind, want := range map[string]string{"folder": "=2 a.html=1", "bucket": "-a.html =2 "} {
		target := targets(t)[kind]
		mustPut(t, target, "a.html", "1")
		if _, err := Run(context.Background(), site("rss.xml=1 a.html=1"), target, options); err != nil {
			t.Fatal(err)
		}
		r, err := Run(context.Background(), site("rss.xml=1"), target, options)
		if got := told(r) + " " + contentOf(t, target, "a.html"); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", kind, got, err, want)
		}
	}
}

// A compressed variant stands beside each text and goes with it.
func TestGzip(t *testing.T) {
	target := targets(t)["folder"]
	o := options
	o.Gzip = true
	r, err := Run(context.Background(), site("rss.xml=1 a.png=p index.html=1"), target, o)
	if want := "+_headers +a.png +rss.xml +rss.xml.gz +index.html +index.html.gz =0"; err != nil || told(r) != want {
		t.Errorf("%s, %v; want %s", told(r), err, want)
	}
	if r, err := Run(context.Background(), site("rss.xml=1 a.png=p"), target, o); err != nil || told(r) != "-index.html -index.html.gz =4" {
		t.Errorf("%s, %v", told(r), err)
	}
}

// The manifest is for people, too, and md5sum says what it says.
func TestManifest(t *testing.T) {
	target := targets(t)["bucket"]
	if _, err := Run(context.Background(), site("rss.xml=1 old.html=2"), target, options); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), site("rss.xml=1"), target, options); err != nil {
		t.Fatal(err)
	}
	data, err := target.Read(context.Background(), manifestFile)
	if err != nil {
		t.Fatal(err)
	}
	want := `{
"about": "` + manifestAbout + `",
"version": 1,
"files": {
"_headers": {"md5":"` + hash(headersOf([]string{"rss.xml"}, options)) + `","type":"text/plain; charset=utf-8","cache":"public, max-age=300"},
"old.html": {"md5":"c81e728d9d4c2f636f067f89cc14862c","type":"text/html; charset=utf-8","cache":"public, max-age=300","gone":true},
"rss.xml": {"md5":"c4ca4238a0b923820dcc509a6f75849b","type":"application/rss+xml; charset=utf-8","cache":"public, max-age=3600"}
}
}
`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Error(diff)
	}
}

func TestDamagedManifest(t *testing.T) {
	for text, want := range map[string]string{
		"{":                        "--adopt",
		`{"files":1}`:              "--adopt",
		`{"version":2,"files":{}}`: "version 2",
		`{"version":1,"files":{"../x":{"md5":"1"}}}`:  "no file below",
		`{"version":1,"files":{"/etc/x":{"md5":""}}}`: "no file below",
	} {
		for kind, target := range targets(t) {
			mustPut(t, target, manifestFile, text)
			if _, err := Run(context.Background(), site("rss.xml=1"), target, options); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), manifestFile) {
				t.Errorf("%s: %s: %v, want %q", kind, text, err, want)
			}
		}
	}
}

func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"version":1,"files":{"rss.xml":{"md5":"1","pending":true,"was":"2"},"a/b":{"gone":true}}}`))
	f.Add([]byte(`{"version":1,"files":{"..":{}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := decodeManifest(data)
		if err != nil {
			return
		}
		for name := range m {
			if !fs.ValidPath(name) {
				t.Errorf("%q leads out of the target", name)
			}
		}
		again, err := decodeManifest(m.encode())
		if err != nil || !maps.Equal(m, again) {
			t.Errorf("%v became %v, %v", m, again, err)
		}
	})
}
