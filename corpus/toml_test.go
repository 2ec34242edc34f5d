package corpus

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzTOML holds that parseTOML, which builds its tree itself, reads every
// document that go-toml decodes, with the same keys, lists and texts.
func FuzzTOML(f *testing.F) {
	archive, err := txtar.ParseFile(filepath.Join("testdata", "frontmatter", "toml.txtar"))
	if err != nil {
		f.Fatal(err)
	}
	for _, article := range archive.Files {
		if s, err := split(article.Data); err == nil {
			f.Add(s.front)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		decoded := map[string]any{}
		if toml.Unmarshal(data, &decoded) != nil {
			return
		}
		v, err := parseTOML(data, 1)
		if err != nil {
			if text := err.Error(); text != tooDeep(maxDepth+1) && text != tooDeep(0) {
				t.Fatal(err)
			}
			return
		}
		if diff := cmp.Diff(textsOf(decoded), plainValue(v, decoded)); diff != "" {
			t.Errorf("-go-toml +parseTOML:\n%s", diff)
		}
	})
}

// textsOf drops from a decoded value what is not text; only text must be equal.
func textsOf(decoded any) any {
	switch d := decoded.(type) {
	case map[string]any:
		m := map[string]any{}
		for key, member := range d {
			m[key] = textsOf(member)
		}
		return m
	case []any:
		l := []any{}
		for _, member := range d {
			l = append(l, textsOf(member))
		}
		return l
	case string:
		return d
	}
	return nil
}

// plainValue makes of v what textsOf makes of decoded.
func plainValue(v value, decoded any) any {
	switch v.kind {
	case mapping:
		d, _ := decoded.(map[string]any)
		m := map[string]any{}
		for _, e := range v.entries {
			m[e.key] = plainValue(e.value, d[e.key])
		}
		return m
	case list:
		d, _ := decoded.([]any)
		l := []any{}
		for i, member := range v.list {
			if i >= len(d) {
				return "longer list"
			}
			l = append(l, plainValue(member, d[i]))
		}
		return l
	}
	if _, ok := decoded.(string); ok {
		return v.text
	}
	return nil
}
