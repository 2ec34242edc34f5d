package editionfile

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/medigy/newsdesk/digest"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

const name = "content/editions/weekly/2021-W39.yaml"

var edits = map[string]func(*digest.Choices){
	"nothing":        func(*digest.Choices) {},
	"subject":        func(c *digest.Choices) { c.Subject = "Nights, shared: how clinics do it" },
	"no subject":     func(c *digest.Choices) { c.Subject = "" },
	"intro":          func(c *digest.Choices) { c.Intro = "First.\n\n- *second*" },
	"exclude one":    func(c *digest.Choices) { c.Exclude = append(c.Exclude, "2021/new.md") },
	"include advert": func(c *digest.Choices) { c.Exclude = c.Exclude[1:] },
	"reorder":        func(c *digest.Choices) { c.Order = []string{"b.md", "a.md"} },
	"retitle": func(c *digest.Choices) {
		if c.Articles == nil {
			c.Articles = map[string]digest.Override{}
		}
		o := c.Articles["2021/epic.md"]
		o.Title = "Epic opens: \"yes\""
		c.Articles["2021/epic.md"] = o
	},
	"approve": func(c *digest.Choices) {
		c.Approved = &digest.Approval{By: "Ana", At: time.Date(2021, 10, 4, 7, 0, 0, 0, time.FixedZone("", -4*3600)), Hash: "5ad1"}
	},
	"sponsor": func(c *digest.Choices) {
		c.Sponsor = &digest.Sponsor{Name: "Elisity", Text: "Zero trust.", URL: "https://elisity.example/"}
	},
	"all gone": func(c *digest.Choices) { *c = digest.Choices{} },
}

// TestUpdate runs testdata/*.txtar: the file "before", then for each other file,
// which is named as an edit, what Update makes of before.
func TestUpdate(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		before := archive.Files[0].Data
		for i, f := range archive.Files[1:] {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+f.Name, func(t *testing.T) {
				c, err := Parse(name, before)
				if err != nil {
					t.Fatal(err)
				}
				edit := edits[f.Name]
				if edit == nil {
					t.Fatalf("there is no edit %q", f.Name)
				}
				edit(&c)
				got, err := Update(name, before, c)
				if err != nil {
					t.Fatal(err)
				}
				if *update {
					archive.Files[i+1].Data = got
				} else if diff := cmp.Diff(string(f.Data), string(got)); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestParseFaults(t *testing.T) {
	for _, test := range []struct{ name, data, want string }{
		{"unknown", "subjekt: x\n", `:1: subjekt: unknown key (want one of subject, preheader, intro, closing, lead, pins, order, include, exclude, articles, sponsor, approved)`},
		{"all at once", "subject: [x]\npins: {a: b}\narticles:\n  a.md: {titel: x}\n", `:1: subject: want a text
:2: pins: want a list of articles, each a path in the content folder or an ID
:4: articles.a.md.titel: unknown key (want one of title, summary, image)`},
		{"twice", "lead: a.md\nlead: b.md\n", ":2: lead: is already at line 1"},
		{"line break", "subject: |\n  a\n  b\n", ":1: subject: has a line break (want one line)"},
		{"listed twice", "pins: [a.md, a.md]", ":1: pins: a.md is in the list already"},
		{"both", "lead: a.md\nexclude: a.md\n", ":1: lead: a.md is in exclude, too"},
		{"address", "sponsor: {name: x, url: www.example.org}", `:1: sponsor.url: "www.example.org" is not a web address (want https://…)`},
		{"image", "articles: {a.md: {image: a.png}}", `:1: articles.a.md.image: "a.png" is not a web address (want https://… or none)`},
		{"nobody pays", "sponsor: {text: x}", ":1: sponsor: name is missing: readers must see who pays"},
		{"approval", "approved: {by: Ana, at: yesterday, hash: 5ad1}", `:1: approved: at: "yesterday" is not a time (want 2021-10-04T07:00:00-04:00)`},
		{"broken", "subject: x\n\tlead: y\n", ":2: broken YAML: found a tab character that violates indentation"},
		{"list", "- a\n", ":1: want key: value, such as subject: Clinics share their nights"},
		{"alias", "pins: &p [a.md]\norder: *p\n", ":1: anchors and aliases are not read here (want the text itself)"},
		{"documents", "subject: x\n---\nsubject: y\n", ":2: a second document begins here (want one)"},
		{"large", strings.Repeat("#", maxSize+1), ":1: is too large: 262145 bytes (want at most 262144)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(name, []byte(test.data))
			if err == nil {
				t.Fatal("no fault")
			}
			if got := strings.ReplaceAll(err.Error(), name, ""); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			if _, err := Update(name, []byte(test.data), digest.Choices{Subject: "y"}); err == nil {
				t.Error("Update writes over a file with faults")
			}
		})
	}
}

// FuzzUpdate holds that what Update writes is what Parse reads, whatever the
// file was before, and that comments stay.
func FuzzUpdate(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data, "A: subject", "Intro\n\n# no comment", "a.md", "b c.md")
	}
	f.Add([]byte("\ufeffsubject: x\r\n"), " ", "\t", "-", "#")
	f.Add([]byte("{subject: x, pins: [a]} # flow"), "'", "|", "yes", "2021-09-27")
	f.Fuzz(func(t *testing.T, data []byte, subject, intro, first, second string) {
		c, err := Parse(name, data)
		if err != nil {
			return
		}
		c.Subject, c.Intro, c.Pins = subject, intro, []string{first, second}
		out, err := Update(name, data, c)
		if err != nil {
			return // texts that no file can hold
		}
		back, err := Parse(name, out)
		if err != nil || !same(back, c) {
			t.Fatalf("%q\nbecame\n%q\n%v\n%s", data, out, err, cmp.Diff(clean(c), clean(back)))
		}
		for _, line := range strings.Split(string(data), "\n") {
			if strings.HasPrefix(line, "# ") && !strings.Contains(string(out), strings.TrimRight(line, "\r")) && !strings.Contains(string(data), "|") {
				t.Fatalf("the comment %q is gone from\n%q", line, out)
			}
		}
	})
}
