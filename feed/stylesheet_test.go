package feed_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/medigy/newsdesk/feed"
)

// The way from a feed to feed.css is relative: the folder may be anywhere.
func TestStylesheet(t *testing.T) {
	out := t.TempDir()
	write(t, out)
	for file, want := range map[string]string{
		"rss.xml":                `href="feed.css"`,
		"topic/opinion/atom.xml": `href="../../feed.css"`,
	} {
		text := readFile(t, filepath.Join(out, file))
		line, _, _ := strings.Cut(strings.TrimPrefix(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"), "\n")
		if line != `<?xml-stylesheet type="text/css" `+want+`?>` {
			t.Errorf("%s: second line is %s, want %s in it", file, line, want)
		}
	}
	if css := readFile(t, filepath.Join(out, "feed.css")); !strings.Contains(css, "--accent: #") || strings.Contains(css, "{{") {
		t.Errorf("feed.css is not in the site's colours:\n%s", css)
	}
}

// A site's own template takes the place of ours, and its own file stays.
func TestStylesheetOfSite(t *testing.T) {
	out := t.TempDir()
	name := filepath.Join(out, "feed.css")
	own := overlay{fstest.MapFS{"feed.css": {Data: []byte("rss { color: {{.Accent}} }")}}, templates}
	o := options()
	o.Accent = "#004080"
	for _, test := range []struct {
		there, want string
		kept        int
	}{
		{"", "/* Written by newsdesk from templates/feed.css. */\nrss { color: #004080 }", 0},
		{"/* Written by newsdesk from templates/feed.css. */\nold", "/* Written by newsdesk from templates/feed.css. */\nrss { color: #004080 }", 0},
		{"body { color: red }", "body { color: red }", 1},
	} {
		if err := os.WriteFile(name, []byte(test.there), 0o644); err != nil {
			t.Fatal(err)
		}
		stats, err := feed.Write(open(t, out), feed.Build(sample(), o), own, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := readFile(t, name); got != test.want || stats.Kept != test.kept {
			t.Errorf("where there was %q, there is %q, %d kept; want %q, %d kept", test.there, got, stats.Kept, test.want, test.kept)
		}
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
