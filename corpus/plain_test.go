package corpus

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestReadPlain shows what is read and how, and what is left to yaml.v3. In a
// tree each key and each value is followed by its line.
func TestReadPlain(t *testing.T) {
	const declined = "declined"
	for _, tt := range []struct{ name, yaml, want string }{
		{"scalars stay as written", "a: 012\nb: yes\nc: 2021-09-27\n", `{a1:"012"1 b2:"yes"2 c3:"2021-09-27"3}1`},
		{"null", "a:\nb: ~\nc: null\nd: NULL\ne: nUll\nf: 'null'\n", `{a1:null1 b2:null2 c3:null3 d4:null4 e5:"nUll"5 f6:"null"6}1`},
		{"comments", "# one\na: b # two\n\n  # three\nc: d#e\n", `{a2:"b"2 c5:"d#e"5}2`},
		{"nested", "a:\n  b: c\n  d:\n    e: f\ng: h\n", `{a1:{b2:"c"2 d3:{e4:"f"4}4}2 g5:"h"5}1`},
		{"sequence", "a:\n  - b\n  -\n  - c\n", `{a1:["b"2 null3 "c"4]2}1`},
		{"sequence under its key", "a:\n- b\n- c\nd: e\n", `{a1:["b"2 "c"3]2 d4:"e"4}1`},
		{"mappings in a sequence", "a:\n  - b: c\n    d:\n    - e\n  - f: g\n", `{a1:[{b2:"c"2 d3:["e"4]4}2 {f5:"g"5}5]2}1`},
		{"sequences in a sequence", "a:\n- - b\n  - c\n-\n  - d\n", `{a1:[["b"2 "c"3]2 ["d"5]5]2}1`},
		{"keys", "a b: 1\n\"c: d\": 2\n'e' : 3\nf.g: 4\n", `{a b1:"1"1 c: d2:"2"2 e3:"3"3 f.g4:"4"4}1`},
		{"same key twice", "a: 1\na: 2\n", `{a1:"1"1 a2:"2"2}1`},
		{"indented as a whole", "  a: b\n  c: d\n", `{a1:"b"1 c2:"d"2}1`},
		{"plain over lines", "a: b\n c\n\n\n   d\ne:\n  f\n", `{a1:"b c\n\nd"1 e6:"f"7}1`},
		{"colons and hashes", "a: http://b/#c\nd: e:f\n", `{a1:"http://b/#c"1 d2:"e:f"2}1`},
		{"single quotes", "a: 'b''c\n  # d  \n\n  e'\nf: ''\n", declined},
		{"single quotes over lines", "a: 'b''c  \n  d\n\n  e'\nf: ''\n", `{a1:"b'c d\ne"1 f5:""5}1`},
		{"double quotes", `a: "b\"c\\d\ne"` + "\n", `{a1:"b\"c\\d\ne"1}1`},
		{"double quotes over lines", "a: \"b  \n  c \\\n  d\\n \n\n  e\"\n", `{a1:"b c d\n\ne"1}1`},
		{"rare escape", `a: "\u00e9"` + "\n", declined},
		{"Ruby's quotes", "a: ! 'b'\n", `{a1:"b"1}1`},
		{"literal", "a: |\n  b\n\n    c\n  d\ne: f\n", `{a1:"b\n\n  c\nd\n"1 e6:"f"6}1`},
		{"folded", "a: >\n  b\n  c\n\n  d\n    e\n  f\n\ng: h\n", `{a1:"b c\nd\n  e\nf\n"1 g9:"h"9}1`},
		{"keep and strip", "a: |+\n  b\n\nc: >-\n  d\n\n", `{a1:"b\n\n"1 c4:"d"4}1`},
		{"column of the text", "a: |1-\n   b\n  c\n", `{a1:"  b\n c"1}1`},
		{"empty literal", "a: |\nb: >-\n", `{a1:""1 b2:""2}1`},
		{"flow", "a: [b, 'c', d e, ]\nf: []\ng: {}\n", `{a1:["b"1 "c"1 "d e"1]1 f2:[]2 g3:{}3}1`},
		{"flow over lines", "a: [\n  b,\n  \"c\"\n]\n", `{a1:["b"2 "c"3]1}1`},
		{"UTF-8", "ключ: 価値 🚀\n", `{ключ1:"価値 🚀"1}1`},

		{"nothing", "", declined},
		{"no key", "a\n", declined},
		{"a sequence", "- a\n", declined},
		{"no line break at the end", "a: b", declined},
		{"anchor and alias", "a: &b c\nd: *b\n", declined},
		{"tag", "a: !!str b\n", declined},
		{"merge key", "a: {}\n<<: b\n", declined},
		{"complex key", "? a\n: b\n", declined},
		{"flow mapping", "a: {b: c}\n", declined},
		{"flow in flow", "a: [[b]]\n", declined},
		{"mapping in flow", "a: [b: c]\n", declined},
		{"open flow", "a: [b,\n", declined},
		{"open quote", "a: 'b\n", declined},
		{"text after a quote", "a: 'b' c\n", declined},
		{"key in a value", "a: b: c\n", declined},
		{"key over lines", "a\n b: c\n", declined},
		{"long key", strings.Repeat("a", 1100) + ": b\n", declined},
		{"indicators", "a: @b\n", declined},
		{"sequence in a value", "a: - b\n", declined},
		{"odd indentation", "a:\n    b: c\n  d: e\n", declined},
		{"text after a comment", "a: b # c\n  d\n", declined},
		{"comment behind a dash", "a:\n  - # b\n    c\n", declined},
		{"blank line wider than the text", "a: |\n     \n  b\n", declined},
		{"tab", "a:\tb\n", declined},
		{"carriage return", "a: b\r\n", declined},
		{"control character", "a: \x01\n", declined},
		{"next line", "a: b\u0085c\n", declined},
		{"line separator", "a: b\u2028c\n", declined},
		{"byte order mark", "\ufeffa: b\n", declined},
		{"not UTF-8", "a: b\xff\n", declined},
		{"document end", "a: b\n...\n", declined},
		{"two documents", "a: b\n---\nc: d\n", declined},
		{"document end in quotes", "a: 'b\n...\n  c'\n", declined},
		{"directive", "%YAML 1.2\n---\na: b\n", declined},
		{"deep", nested(maxDepth + 1), declined},
		{"long", strings.Repeat("# comment\n", maxNodes/10) + "a: b\n", declined},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := declined
			if v, ok := readPlain([]byte(tt.yaml), 1, nil, new(treeMemory)); ok {
				got = tree(v)
			}
			if got != tt.want {
				t.Errorf("%s\ngot  %s\nwant %s", tt.yaml, got, tt.want)
			}
			comparePlain(t, []byte(tt.yaml))
		})
	}
}

// tree writes a value and all that is in it in one line.
func tree(v value) string {
	var parts []string
	switch v.kind {
	case null:
		return fmt.Sprintf("null%d", v.line)
	case scalar:
		return fmt.Sprintf("%q%d", v.text, v.line)
	case list:
		for _, member := range v.list {
			parts = append(parts, tree(member))
		}
		return fmt.Sprintf("[%s]%d", strings.Join(parts, " "), v.line)
	}
	for _, e := range v.entries {
		parts = append(parts, fmt.Sprintf("%s%d:%s", e.key, e.line, tree(e.value)))
	}
	return fmt.Sprintf("{%s}%d", strings.Join(parts, " "), v.line)
}

// nested gives front matter with so many mappings, each in the one before.
func nested(depth int) string {
	var b strings.Builder
	for i := range depth {
		fmt.Fprintf(&b, "%*sa:\n", i, "")
	}
	return b.String()
}

// TestReadPlainDeepest has readPlain go as deep as parseYAML does.
func TestReadPlainDeepest(t *testing.T) {
	if !comparePlain(t, []byte(nested(maxDepth))) {
		t.Errorf("declined %d mappings, each in the one before", maxDepth)
	}
}

// samples are front matters as each kind of site writes them. All of their YAML
// is in the subset.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	files, _ := filepath.Glob("testdata/plain/*.yaml")
	if len(files) == 0 {
		t.Fatal("no samples")
	}
	m := make(map[string][]byte)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m[filepath.Base(file)] = data
	}
	return m
}

func TestReadPlainSamples(t *testing.T) {
	for name, data := range samples(t) {
		t.Run(name, func(t *testing.T) {
			if !comparePlain(t, data) {
				t.Error("declined")
			}
		})
	}
}

// comparePlain holds readPlain against parseYAML and a selective read against
// a full one. It reports whether the full read was not declined.
func comparePlain(t *testing.T, data []byte) bool {
	t.Helper()
	full, ok := readPlain(data, 2, nil, new(treeMemory))
	if ok {
		want, err := parseYAML(data, 2)
		if err != nil {
			t.Errorf("%q is read, but yaml.v3 says: %v", data, err)
		} else if !reflect.DeepEqual(full, want) {
			t.Errorf("%q\nyaml.v3 %s\nplain   %s", data, tree(want), tree(full))
		}
	}
	wanted := func(key []byte) bool { return len(key)%2 == 0 }
	selected, selectedOK := readPlain(data, 2, wanted, new(treeMemory))
	if selectedOK && !ok {
		t.Errorf("%q is read in part, but not in full", data)
	}
	if selectedOK && ok {
		want := full
		want.entries = nil
		for _, e := range full.entries {
			if wanted([]byte(e.key)) {
				want.entries = append(want.entries, e)
			}
		}
		if !reflect.DeepEqual(selected, want) {
			t.Errorf("%q\nfull     %s\nselected %s", data, tree(want), tree(selected))
		}
	}
	return ok
}

func TestReadPlainSelected(t *testing.T) {
	wantsTitle := func(key []byte) bool { return string(key) == "title" }
	for _, tt := range []struct {
		name, yaml string
		want       string
	}{
		{"one", "a: b\ntitle: c\nd:\n  title: e\n", `{title2:"c"2}1`},
		{"with all in it", "title:\n  a: b\nc: d\n", `{title1:{a2:"b"2}2}1`},
		{"none", "a: b\n", `{}1`},
		{"beside what is outside the subset", "title: a\nb: &c d\n", "declined"},
		{"beside what is broken", "title: a\nb: 'c\n", "declined"},
		{"keys alike", "Title: a\ntitle: b\n", "declined"},
		{"unwanted keys alike", "a: b\ntitle: c\na: d\n", "declined"},
		{"keys alike in different mappings", "a:\n  c: 1\nb:\n  c: 2\n", `{}1`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := "declined"
			if v, ok := readPlain([]byte(tt.yaml), 1, wantsTitle, new(treeMemory)); ok {
				got = tree(v)
			}
			if got != tt.want {
				t.Errorf("%s\ngot  %s\nwant %s", tt.yaml, got, tt.want)
			}
		})
	}
}

// TestReadPlainManyKeys has every key of the top level told from the others.
func TestReadPlainManyKeys(t *testing.T) {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "key%d: value\n", i)
	}
	none := func([]byte) bool { return false }
	if _, ok := readPlain([]byte(b.String()), 1, none, new(treeMemory)); !ok {
		t.Error("declined 100 different keys")
	}
	for i := range 100 {
		twice := b.String() + fmt.Sprintf("Key%d: value\n", i)
		if _, ok := readPlain([]byte(twice), 1, none, new(treeMemory)); ok {
			t.Fatalf("read key%d twice", i)
		}
	}
}

// TestReadPlainUnwanted has unwanted keys cost no memory. Under the race
// detector a sync.Pool forgets, which costs some.
func TestReadPlainUnwanted(t *testing.T) {
	data := samples(t)["newsdesk-1.yaml"]
	none := func([]byte) bool { return false }
	allocs := testing.AllocsPerRun(100, func() { readPlain(data, 1, none, new(treeMemory)) })
	if allocs > 5 {
		t.Errorf("%v allocations for no key", allocs)
	}
}

// FuzzPlain has readPlain never disagree with yaml.v3: whatever it does not
// decline is the tree that parseYAML gives, to the line.
func FuzzPlain(f *testing.F) {
	for _, data := range samples(f) {
		f.Add(data)
	}
	for _, s := range []string{
		"a: b\nc:\n  - d: e\n    f: >-\n      g\n      h\n  - 'i'\n",
		"a: |2+\n   b\n\n  c\n\n# d\ne: f\n",
		"a: # b\n# c\n  # d\n  - e\n# f\n  - g # h\n",
		"a: \"b\\\n  c\\ \n\n d\"\ne: [f,\n g, \"h\n i\"]\n",
		"a:\n- b:\n  - c\n  d: e\n-\n  f\n  g\n- - h\n  - i: j\n",
		"a: ! 'b'\n'c': {}\n\"d\" : []\n",
		"a: b\n\n  c\n d\ne:\n  f: g\n   h\n",
		"a: &b c\nd: *b\n<<: e\n? f\n: !g h\n--- i\n... \n%j\n",
		"a: [b: c, {d: e}, [f], ?g, -, :h]\n",
		"a: @b\nc: `d\ne: %f\ng: ,h\n",
		"a: b: c\n'd' e: f\n\"g\":h\n: i\n",
		"a: \ufeff\u0085\u2028\u00a0\x7f\t\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { comparePlain(t, data) })
}

// pieces are what FuzzPlainPieces puts front matter together from.
var pieces = []string{
	"\n", "\n", "\n  ", "\n  ", "\n    ", "\n ", "\n\n", "\n   ", " ", "  ", "     ",
	"a: ", "b: ", "c:", "d:\n", "'e': ", "\"f\": ", "g :", ": ", ":", "? ",
	"- ", "- ", "-", "- - ", "\n- ", "\n  - ", "\n  -\n",
	"h", "i j", "k", "null", "~", "012", "é", "価", "<<", "http://l", "-m", "=",
	"'", "''", "'n'", "'o p' ", "\"", "\\", "\\\"", "\\n", "\"q\"", "\"r s\" ", "\\\n",
	"#", " #", " # t", "\n# u\n", "\n  # v\n",
	"|", ">", "|-\n", ">-\n", "|+\n", ">\n", ">+\n    ", "|2\n", ">1-\n", "+", "2",
	"[", "]", "[]", "{}", "[w, x]", ", ", "{", "}", ",\n",
	"! ", "!y ", "&z ", "*z", "%", "@", "`", "---", "...", "\n--- ", "\n...\n", "\t", "\r\n",
}

// FuzzPlainPieces is FuzzPlain with a piece of YAML for each byte, which comes
// upon broken structure far sooner.
func FuzzPlainPieces(f *testing.F) {
	choose := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		choice := make([]byte, 4+choose.IntN(30))
		for i := range choice {
			choice[i] = byte(choose.IntN(256))
		}
		f.Add(choice)
	}
	f.Fuzz(func(t *testing.T, choice []byte) {
		var data []byte
		for _, c := range choice {
			data = append(data, pieces[int(c)%len(pieces)]...)
		}
		comparePlain(t, append(data, '\n'))
	})
}

func BenchmarkReadPlain(b *testing.B) {
	selection := map[string]bool{
		"title": true, "date": true, "lastMod": true, "mdName": true,
		"slug": true, "categories": true, "categoryLabel": true, "categoryUrl": true,
	}
	data := samples(b)["newsdesk-1.yaml"]
	for _, bb := range []struct {
		name string
		want func([]byte) bool
	}{
		{"full", nil},
		{"selected", func(key []byte) bool { return selection[string(key)] }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			m := new(treeMemory)
			for b.Loop() {
				if _, ok := readPlain(data, 2, bb.want, m); !ok {
					b.Fatal("declined")
				}
				m.reset()
			}
		})
	}
}

// BenchmarkYAML reads what BenchmarkReadPlain reads.
func BenchmarkYAML(b *testing.B) {
	data := samples(b)["newsdesk-1.yaml"]
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parseYAML(data, 2); err != nil {
			b.Fatal(err)
		}
	}
}
