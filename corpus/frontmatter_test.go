package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestFrontMatter runs each txtar file of testdata/frontmatter: what each of
// its files is parsed to, or the error, is compared with the file want.
func TestFrontMatter(t *testing.T) {
	runArchives(t, "testdata/frontmatter", func(t *testing.T, archive *txtar.Archive, _ fstest.MapFS) string {
		var got strings.Builder
		for _, f := range archive.Files[:len(archive.Files)-1] {
			got.WriteString(dumpDocument(f.Name, f.Data))
		}
		return got.String()
	})
}

// dumpDocument writes a parsed file for people to read: each value as line,
// key and text; then the line where the body starts, and its text.
func dumpDocument(name string, data []byte) string {
	doc, err := parseDocument(data, "", nil)
	if at, ok := errors.AsType[*lineError](err); ok {
		return fmt.Sprintf("%s:%d: %s\n", name, at.line, at.text)
	}
	var b strings.Builder
	fmt.Fprintln(&b, name)
	dumpValue(&b, "  ", doc.front)
	fmt.Fprintf(&b, "  %d body %q\n", doc.bodyLine, doc.body)
	return b.String()
}

func dumpValue(b *strings.Builder, indent string, v value) {
	member := func(line int, key string, v value) {
		fmt.Fprintf(b, "%s%d %s:", indent, line, key)
		if v.line != line {
			fmt.Fprintf(b, " (%d)", v.line)
		}
		switch v.kind {
		case null:
			b.WriteString(" null")
		case scalar:
			fmt.Fprintf(b, " %q", v.text)
		case list:
			fmt.Fprintf(b, " list of %d", len(v.list))
		}
		b.WriteString("\n")
		dumpValue(b, indent+"  ", v)
	}
	for _, m := range v.list {
		member(m.line, "-", m)
	}
	for _, e := range v.entries {
		member(e.line, e.key, e.value)
	}
}

// TestFences are the ways in which the line that begins or ends a front matter
// is written, as far as a txtar file cannot show them.
func TestFences(t *testing.T) {
	const missed = "1: the first line is "
	for _, test := range []struct{ name, in, want string }{
		{"plain", "---\ntitle: T\n---\nB\n", "title T, 4 B"},
		{"no newline at the end", "---\ntitle: T\n---", "title T, 4 "},
		{"blanks after", "--- \t\ntitle: T\n---  \nB\n", "title T, 4 B"},
		{"blank lines before", "\n \n---\ntitle: T\n---\nB\n", "title T, 6 B"},
		{"byte order mark", "\ufeff---\ntitle: T\n---\nB\n", "title T, 4 B"},
		{"two byte order marks", "\ufeff\ufeff---\ntitle: T\n---\nB\n", missed + `"\ufeff---" (want ---)`},
		{"CR LF", "---\r\ntitle: T\r\n---\r\nB\r\n", "title T, 4 B"},
		{"CR", "---\rtitle: T\r---\rB\r", "title T, 4 B"},
		{"CR in TOML", "+++\rtitle = 'T'\r+++\rB\r", "title T, 4 B"},
		{"CR in JSON", "{\r\"title\": \"T\"\r}\rB\r", "title T, 4 B"},
		{"document end", "---\ntitle: T\n...\nB\n---\n", "title T, 4 B\n---"},
		{"document end is YAML's", "+++\ntitle = 'T'\n...\nB\n", "1: the front matter does not end (want a second line +++)"},
		{"rules in the body", "---\ntitle: T\n---\nB\n\n---\n\n----\n ---\n+++\n", "title T, 4 B\n\n---\n\n----\n ---\n+++"},
		{"empty", "---\n---\nB\n", "title , 3 B"},
		{"empty TOML", "+++\n+++\nB\n", "title , 3 B"},
		{"empty JSON", "{}\nB\n", "title , 2 B"},
		{"only a comment", "---\n# nothing\n---\nB\n", "title , 4 B"},
		{"empty file", "", "1: the file is empty"},
		{"blank file", " \n\n", "1: the file is empty"},
		{"no front matter", "# Heading\n", `1: no front matter: the first line is "# Heading" (want ---, +++ or {)`},
		{"no first fence", "title: T\n---\nB\n", `1: no front matter: the first line is "title: T" (want ---, +++ or {)`},
		{"a long line", strings.Repeat("é", 50), `1: no front matter: the first line is "` + strings.Repeat("é", 40) + `…" (want ---, +++ or {)`},
		{"Liquid", "{% include x %}\n", `1: no front matter: the first line is "{% include x %}" (want ---, +++ or {)`},
		{"a shortcode", "{{< x >}}\n", `1: no front matter: the first line is "{{< x >}}" (want ---, +++ or {)`},
		{"four dashes", "----\ntitle: T\n----\nB\n", missed + `"----" (want ---)`},
		{"two dashes", "--\ntitle: T\n--\nB\n", missed + `"--" (want ---)`},
		{"indented", " ---\ntitle: T\n---\nB\n", missed + `" ---" (want ---)`},
		{"indented by a no-break space", "\u00a0---\ntitle: T\n---\nB\n", missed + `"\u00a0---" (want ---)`},
		{"language", "---yaml\ntitle: T\n---\nB\n", missed + `"---yaml" (want ---)`},
		{"key on the fence", "--- title: T\n---\nB\n", missed + `"--- title: T" (want ---)`},
		{"em dash", "—\ntitle: T\n—\nB\n", missed + `"—" (want ---)`},
		{"em dash and hyphen", "—-\ntitle: T\n---\nB\n", missed + `"—-" (want ---)`},
		{"four pluses", "++++\ntitle = 'T'\n+++\nB\n", missed + `"++++" (want +++)`},
		{"near miss after blank lines", "\n\n----\ntitle: T\n", `3: the first line is "----" (want ---)`},
		{"no second fence", "---\ntitle: T\n", "1: the front matter does not end (want a second line ---)"},
		{"only a fence", "---", "1: the front matter does not end (want a second line ---)"},
		{"second of four dashes", "---\ntitle: T\n----\nB\n\n---\n", `3: this line of the front matter is "----" (want ---)`},
		{"second of em dashes", "---\ntitle: T\n———\nB\n\n---\n", `3: broken YAML: could not find expected ':'; line 3 is "———" (want --- if the front matter ends there)`},
		{"second of em dashes, no other", "---\ntitle: T\n———\nB\n", `1: the front matter does not end (want a second line ---); line 3 is "———" (want --- if the front matter ends there)`},
		{"second with a comment", "---\ntitle: T\n--- # end\ndraft: true\n---\n", `3: this line of the front matter is "--- # end" (want ---)`},
		{"second glued to the body", "+++\ntitle = 'T'\n+++B\n", `3: this line of the front matter is "+++B" (want +++)`},
		{"second indented, no other", "---\ntitle: T\n ---\nB\n", `1: the front matter does not end (want a second line ---); line 3 is " ---" (want --- if the front matter ends there)`},
		{"second indented, then a rule", "---\ntitle: T\n ---\nB\n\n---\n", `4: broken YAML: could not find expected ':'; line 3 is " ---" (want --- if the front matter ends there)`},
		{"document end, no other", "---\ntitle: T\n...\nB\n", "title T, 4 B"},
		{"error before an indented one", "---\ntitle: a: b\ntext: |\n  ---\n---\nB\n", "2: broken YAML: mapping values are not allowed in this context"},
		{"indented in a block of text", "---\ntitle: |-\n  a\n  ---\n  b\n---\nB\n", "title a\n---\nb, 7 B"},
		{"JSON goes on", "{\"title\": {\"a\": 1}},\n\"b\": 2}\n", `1: broken JSON: "," stands after the closing }`},
		{"JSON, then the body", "{\"title\": \"T\"} B\n", "title T, 1  B"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := brief(test.in); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// brief parses a file and gives its title and body, or the error.
func brief(in string) string {
	doc, err := parseDocument([]byte(in), "", nil)
	if at, ok := errors.AsType[*lineError](err); ok {
		return fmt.Sprintf("%d: %s", at.line, at.text)
	}
	return fmt.Sprintf("title %s, %d %s", doc.front.get("title").text, doc.bodyLine, bytes.TrimRight(doc.body, "\n"))
}

// hostile are files that cost a careless reader its memory, stack or minutes.
// All are refused in a few milliseconds (BenchmarkHostile).
var hostile = []struct {
	name string
	in   string
	want string
}{
	{"YAML flow", "---\na: " + strings.Repeat("[", 20_000) + "\n---\n", "depth"},
	{"YAML flow of mappings", "---\na: " + strings.Repeat("{a: ", 20_000) + "\n---\n", "depth"},
	{"YAML block", "---\na:\n  " + strings.Repeat("- ", 20_000) + "x\n---\n", "max depth"},
	{"YAML block, less deep", "---\na:\n  " + strings.Repeat("- ", 5_000) + "x\n---\n", "deep"},
	{"YAML explicit keys", "---\n" + strings.Repeat("? ", 20_000) + "x\n---\n", "max depth"},
	{"YAML staircase", "---\n" + staircase(600) + "---\n", "deep"},
	{"YAML aliases", "---\n" + aliasBomb(9, 9) + "---\n", "the front matter"},
	{"YAML aliases, deep", "---\n" + aliasBomb(60, 2) + "---\n", "the front matter"},
	{"YAML merges", "---\n" + mergeBomb(30) + "---\n", "the front matter"},
	{"YAML alias of itself", "---\na: &a [*a]\n---\n", "the front matter"},
	{"TOML arrays", "+++\na = " + strings.Repeat("[", 20_000) + "\n+++\n", "nested"},
	{"TOML closed arrays", "+++\na = " + strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000) + "\n+++\n", "nested over 64 levels deep"},
	{"TOML inline tables", "+++\na = " + strings.Repeat("{a=", 20_000) + "\n+++\n", "nested"},
	{"TOML dotted key", "+++\na" + strings.Repeat(".a", 20_000) + " = 1\n+++\n", "nested over 64 levels deep"},
	{"TOML table", "+++\n[a" + strings.Repeat(".a", 20_000) + "]\n+++\n", "nested over 64 levels deep"},
	{"TOML many values", "+++\na = [" + strings.Repeat("1,", 60_000) + "]\n+++\n", "over 50000 values"},
	{"TOML many tables", "+++\n" + numbered("[t%d]\n", 26_000) + "a = [" + strings.Repeat("1,", 25_000) + "]\n+++\n", "256 KiB"},
	{"JSON arrays", `{"a": ` + strings.Repeat("[", 20_000), "max depth"},
	{"JSON closed arrays", `{"a": ` + strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000) + "}\n", "nested over 64 levels deep"},
	{"JSON objects", strings.Repeat(`{"a":`, 20_000), "max depth"},
	{"JSON many values", `{"a": [` + strings.Repeat("1,", 60_000) + "1]}\n", "over 50000 values"},
	{"JSON in a fence", ";;;\n" + strings.Repeat(`{"a":`, 20_000) + "\n;;;\n", "max depth"},
	{"long YAML", "---\n" + strings.Repeat("a: b\n", 60_000) + "---\n", "over 256 KiB"},
	{"long TOML", "+++\n" + strings.Repeat("# a\n", 70_000) + "+++\n", "over 256 KiB"},
	{"long JSON", `{"a": "` + strings.Repeat("a", 300_000) + `"}`, "over 256 KiB"},
	{"long JSON without end", `{"a": "` + strings.Repeat("a", 300_000), "over 256 KiB"},
	{"one endless line", "---\n" + strings.Repeat("a", 4<<20), "over 256 KiB"},
}

// staircase nests n mappings, a line each.
func staircase(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%sa:\n", strings.Repeat(" ", i))
	}
	return b.String()
}

// aliasBomb is a YAML of n anchors of which each stands width times in the next.
func aliasBomb(n, width int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "a0: &a0 [x]\n")
	for i := range n {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), width))
	}
	return b.String()
}

// mergeBomb is the same with merge keys.
func mergeBomb(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "a0: &a0 {k: x}\n")
	for i := range n {
		fmt.Fprintf(&b, "a%d: &a%d {<<: [*a%d, *a%d]}\n", i+1, i+1, i, i)
	}
	return b.String()
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestHostile(t *testing.T) {
	for _, test := range hostile {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseDocument([]byte(test.in), "", nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %.200v, want one with %q", err, test.want)
			}
		})
	}
}

func BenchmarkHostile(b *testing.B) {
	for _, test := range hostile {
		b.Run(test.name, func(b *testing.B) {
			for b.Loop() {
				parseDocument([]byte(test.in), "", nil)
			}
		})
	}
}

// FuzzDocument holds what everything behind the front matter relies on: any
// file gives a document or an error with a line; all text is UTF-8; lines are
// lines of the file; the body is the end of the file.
func FuzzDocument(f *testing.F) {
	archives, _ := filepath.Glob("testdata/frontmatter/*.txtar")
	for _, file := range archives {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, article := range archive.Files {
			f.Add(article.Data)
		}
	}
	f.Add([]byte("\xff\xfe-\x00-\x00-\x00\n\x00-\x00-\x00-\x00\n\x00"))
	f.Add([]byte("---\ntitle: caf\xe9\n---\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		text, err := decode(data, "windows-1252")
		if err == nil && (!utf8.Valid(text) || bytes.ContainsAny(text, "\r\x00")) {
			t.Errorf("decoded to %q", text)
		}
		doc, err := parseDocument(data, "", nil)
		lines := 1 + bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r"))
		if err != nil {
			at, ok := errors.AsType[*lineError](err)
			if !ok || at.line < 0 || at.line > lines || !utf8.ValidString(at.text) {
				t.Errorf("error %#v", err)
			}
			return
		}
		comparePlainDocument(t, data)
		text, _ = decode(data, "")
		if doc.front.kind != mapping || !bytes.HasSuffix(text, doc.body) || lineAt(text, len(text)-len(doc.body)) > doc.bodyLine {
			t.Errorf("body %q at line %d", doc.body, doc.bodyLine)
		}
		checkValue(t, doc.front, lines)
	})
}

// comparePlainDocument holds plainDocument against the steps that it shortens. It
// reports whether the file was not left to them.
func comparePlainDocument(t *testing.T, data []byte) bool {
	t.Helper()
	got, ok := plainDocument(data, nil, new(treeMemory))
	if !ok {
		return false
	}
	text, err := decode(data, "")
	if err != nil {
		t.Fatalf("%q is read, but: %v", data, err)
	}
	s, err := split(text)
	if err != nil {
		t.Fatalf("%q is read, but: %v", data, err)
	}
	front, err := s.parse(s.front, s.line)
	if want := (document{front, s.body, s.bodyLine, got.memory}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q\ngot  %v\nwant %v, %v", data, got, want, err)
	}
	return true
}

// TestPlainDocument shows which files are read in one go.
func TestPlainDocument(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     bool
	}{
		{"plain", "---\ntitle: T\n---\nB\n", true},
		{"blank lines and a comment at the end", "---\na: |+\n  b\n\n# c\n\n---\nB\n", true},
		{"no body", "---\ntitle: T\n---\n", true},
		{"no line break at the end of the body", "---\ntitle: T\n---\nB", true},
		{"rules in the body", "---\ntitle: T\n---\nB\n---\n...\n", true},
		{"tabs and odd line breaks in the body", "---\ntitle: T\n---\n\tB\u2028\u0085\ufeff\n", true},
		{"tab in the front matter", "---\ntitle:\tT\n---\nB\n", false},
		{"CR LF", "---\r\ntitle: T\r\n---\r\nB\r\n", false},
		{"CR in the body", "---\ntitle: T\n---\nB\r\n", false},
		{"NUL in the body", "---\ntitle: T\n---\n\x00\n", false},
		{"body that is not UTF-8", "---\ntitle: T\n---\n\xe9\n", false},
		{"front matter that is not UTF-8", "---\ntitle: \xe9\n---\nB\n", false},
		{"byte order mark", "\ufeff---\ntitle: T\n---\nB\n", false},
		{"blanks after the fence", "---\ntitle: T\n--- \nB\n", false},
		{"no line break after the fence", "---\ntitle: T\n---", false},
		{"document end", "---\ntitle: T\n...\nB\n", false},
		{"four dashes", "---\ntitle: T\n----\nB\n", false},
		{"no second fence", "---\ntitle: T\n", false},
		{"nothing in between", "---\n---\nB\n", false},
		{"fence in quotes", "---\ntitle: 'T\n---\n'\n", false},
		{"TOML", "+++\ntitle = 'T'\n+++\nB\n", false},
		{"long", "---\n" + strings.Repeat("# comment\n", maxNodes/10) + "title: T\n---\nB\n", false},
	} {
		if got := comparePlainDocument(t, []byte(tt.in)); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func checkValue(t *testing.T, v value, lines int) {
	check := func(text string, line int) {
		if !utf8.ValidString(text) || line < 1 || line > lines {
			t.Errorf("text %q at line %d of %d", text, line, lines)
		}
	}
	check(v.text, v.line)
	for _, m := range v.list {
		checkValue(t, m, lines)
	}
	for _, e := range v.entries {
		check(e.key, e.line)
		checkValue(t, e.value, lines)
	}
}
