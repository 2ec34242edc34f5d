package feedcheck

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var (
	update = flag.Bool("update", false, "rewrite the golden files in testdata")
	expand = flag.String("expand", "", "write the cases' feeds to this folder, for other validators")
)

var testOptions = Options{URL: "https://example.com/feed", Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}

// TestCases checks the faults of testdata/*.txtar. The first file of each is a
// feed without one. Each other is a fault: lines "- x" are taken out of that feed,
// the lines "+ y" put in their place, and "= line severity Code" are the problems
// wanted. One without "- " is a document of its own.
func TestCases(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range archive.Files {
			f := &archive.Files[i]
			t.Run(filepath.Base(name)+"/"+f.Name, func(t *testing.T) { testCase(t, name, archive.Files[0], f) })
		}
		if *update {
			if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func testCase(t *testing.T, name string, base txtar.File, f *txtar.File) {
	feed, edit, want := fault(t, string(base.Data), string(f.Data))
	if *expand != "" {
		file := strings.TrimSuffix(filepath.Base(name), ".txtar") + "-" + f.Name
		if err := os.WriteFile(filepath.Join(*expand, file), []byte(feed), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got := ""
	for _, p := range Check([]byte(feed), testOptions) {
		got += fmt.Sprintf("= %d %v %s\n", p.Line, p.Severity, p.Code)
	}
	if *update {
		f.Data = []byte(edit + got)
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("go test -update rewrites it:\n%s\n%v", diff, Check([]byte(feed), testOptions))
	}
}

// fault makes a case's feed, and parts what the case says of it.
func fault(t *testing.T, base, text string) (feed, edit, want string) {
	lines, at := strings.SplitAfter(base, "\n"), -1
	whole := ""
	for line := range strings.Lines(text) {
		kind, rest := line[:min(2, len(line))], strings.TrimSpace(line[min(2, len(line)):])
		if kind == "= " {
			want += line
			continue
		}
		edit += line
		switch kind {
		case "- ":
			at = slices.IndexFunc(lines, func(l string) bool { return strings.TrimSpace(l) == rest })
			if at < 0 {
				t.Fatalf("there is no line %q in the feed", rest)
			}
			lines = slices.Delete(lines, at, at+1)
		case "+ ":
			lines = slices.Insert(lines, at, rest+"\n")
			at++
		default:
			whole += line
		}
	}
	if at < 0 {
		return whole, edit, want
	}
	return strings.Join(lines, ""), edit, want
}

// TestOurs: what newsdesk writes has no problem, whatever the titles and texts.
func TestOurs(t *testing.T) {
	names, err := filepath.Glob("../../feed/testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("there are no feeds of ours", err)
	}
	checked := 0
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if Detect(f.Data) == Unknown {
				continue // a page
			}
			checked++
			for _, p := range Check(f.Data, Options{}) {
				t.Errorf("%s: %s:%v", name, f.Name, p)
			}
		}
	}
	if checked < 7 {
		t.Errorf("%d feeds were found, want those of all formats", checked)
	}
}

// TestCodes wants every code that is told to be in the table with its severity,
// and none there that is never told.
func TestCodes(t *testing.T) {
	names, _ := filepath.Glob("*.go")
	text := ""
	for _, name := range names {
		if name != "codes.go" && !strings.HasSuffix(name, "_test.go") {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text += string(data)
		}
	}
	for _, m := range regexp.MustCompile(`(?:report|tell)\([^"]*"([A-Z]\w+)"`).FindAllStringSubmatch(text, -1) {
		if _, ok := codes[m[1]]; !ok {
			t.Errorf("%s is not in the table", m[1])
		}
	}
	for code := range codes {
		if !strings.Contains(text, `"`+code+`"`) {
			t.Errorf("%s is never told", code)
		}
	}
}

// TestText shows what a problem says.
func TestText(t *testing.T) {
	feed := "<rss version='2.0'>\n<channel><title>A</title><link>http://a/</link><description>D</description>\n" +
		"<item><title>1</title></item>\n<item><title>2</title><pubDate>soon</pubDate></item></channel></rss>"
	for _, p := range Check([]byte(feed), Options{}) {
		if p.Code == "InvalidRFC2822Date" {
			want := `4: error InvalidRFC2822Date: rss/channel/item[2]/pubDate: "soon" is not a date of RFC 822 (want Mon, 02 Jan 2006 15:04:05 -0700): ` +
				`readers sort by it, and take today or 1970 for what they do not understand`
			if got := p.String(); got != want || p.Column != 23 {
				t.Errorf("column %d, %s\nwant 23, %s", p.Column, got, want)
			}
			return
		}
	}
	t.Error("nothing is told of the date")
}

// TestOneLine: nothing that a feed says acts on a terminal or turns what stands after it.
func TestOneLine(t *testing.T) {
	if got, want := oneLine("a\r\n\x1b[2J\u009b\u2028\u202eb\u2066 é"), "a   [2J   b  é"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	item := "<item><guid>\u202egnp.exe</guid><title>\u202ea</title></item>"
	for _, p := range Check([]byte(`<rss version="2.0"><channel>`+item+`</channel></rss>`), Options{}) {
		if strings.ContainsRune(p.Text, 0x202E) {
			t.Errorf("%q", p.Text)
		}
	}
}

// TestEncodings reads feeds in other encodings.
func TestEncodings(t *testing.T) {
	head := func(encoding string) string {
		return `<?xml version="1.0" encoding="` + encoding + `"?><opml version="2.0"><head/><body>`
	}
	const tail = `</body></opml>`
	utf16 := []byte{0xFF, 0xFE}
	for _, r := range head("utf-16") + "<outline text=\"é\"/>" + tail {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	for _, test := range []struct{ name, text, want string }{
		{"utf-8", "\ufeff" + head("utf-8") + "<outline text='é'/>" + tail, ""},
		{"latin-1", head("iso-8859-1") + "<outline text='\xe9'/>" + tail, ""},
		{"utf-16", string(utf16), ""},
		{"obscure", head("ibm037x") + tail, "UnknownEncoding"},
		{"rare", head("iso-8859-13") + "<outline text='a'/>" + tail, "ObscureEncoding"},
		{"broken", head("utf-8") + "<outline text='\xe9'/>" + tail, "UnicodeError"},
	} {
		got := ""
		for _, p := range Check([]byte(test.text), Options{}) {
			got += p.Code
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestResponse checks what a server says of a feed.
func TestResponse(t *testing.T) {
	feed := `<?xml version="1.0" encoding="utf-8"?><opml version="2.0"><head/><body><outline text="a"/></body></opml>`
	for _, test := range []struct {
		r    Response
		want string
	}{
		{Response{"text/x-opml; charset=utf-8", `"1"`, ""}, ""},
		{Response{"text/xml; charset=UTF-8", "", "Mon, 02 Jan 2006 15:04:05 GMT"}, ""},
		{Response{"text/x-opml; charset=utf-8", "", ""}, "MissingValidator"},
		{Response{"application/xml", `"1"`, ""}, ""},
		{Response{"text/plain; charset=utf-8", `"1"`, ""}, "NonSpecificMediaType"},
		{Response{"text/html; charset=iso-8859-1", `"1"`, ""}, "EncodingMismatch UnexpectedContentType"},
		{Response{"", `"1"`, ""}, "UnexpectedContentType"},
	} {
		var got []string
		for _, p := range Check([]byte(feed), Options{Response: &test.r}) {
			got = append(got, p.Code)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%+v: %v, want %s", test.r, got, test.want)
		}
	}
}

// TestLimits refuses what is too much, and quickly.
func TestLimits(t *testing.T) {
	for name, feed := range map[string]string{
		"deep":      "<rss>" + strings.Repeat("<a>", 1000),
		"long":      "<rss>" + strings.Repeat(" ", MaxBytes),
		"elements":  "<rss><channel>" + strings.Repeat("<a/>", maxNodes+1),
		"json":      `{"feed_url":"","items":` + strings.Repeat("[", 1000),
		"problems":  "<rss><channel>" + strings.Repeat("<a/>", 10*maxProblems) + "</channel></rss>",
		"wide json": `{"feed_url":"","items":[` + strings.Repeat("0,", maxNodes+1) + "0]}",
	} {
		problems := Check([]byte(feed), Options{})
		if !slices.ContainsFunc(problems, func(p Problem) bool { return p.Code == "ValidatorLimit" }) || len(problems) > maxProblems+1 {
			t.Errorf("%s: %d problems, no ValidatorLimit among them", name, len(problems))
		}
	}
}

// FuzzCheck: whatever the bytes, Check ends without a panic, its problems are in
// the order of lines, each on one line, and the same when asked again.
func FuzzCheck(f *testing.F) {
	names, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
		for _, file := range archive.Files[1:] {
			f.Add([]byte(regexp.MustCompile(`(?m)^[-+=] `).ReplaceAllString(string(file.Data), "")))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		problems := Check(data, testOptions)
		if !slices.IsSortedFunc(problems, func(a, b Problem) int { return a.Line - b.Line }) {
			t.Errorf("not in order: %v", problems)
		}
		for _, p := range problems {
			if strings.ContainsAny(p.String(), "\n\r\x1b") || p.Code == "" || p.Text == "" {
				t.Errorf("not one line: %q", p.String())
			}
		}
		if again := Check(data, testOptions); !slices.Equal(problems, again) {
			t.Errorf("told otherwise when asked again:\n%v\n%v", problems, again)
		}
	})
}
