package corpus

import (
	"strings"
	"testing"
)

func TestKeySet(t *testing.T) {
	set := newKeySet(Fields{
		FieldTitle: {"title", "params.Title"},
		FieldDate:  {"msvalidate.01", ""},
		FieldSlug:  {"slug"},
	}, []Field{FieldTitle, FieldDate})
	for _, tt := range []struct {
		key  string
		want bool
	}{
		{"title", true}, {"TITLE", true}, {"Title", true}, {"titl", false}, {"titlE2", false}, {"tjtle", false},
		{"params", true}, {"params.title", true}, {"Params.TITLE", true}, {"param", false},
		{"msvalidate", true}, {"msvalidate.01", true}, {"01", false},
		{"slug", false}, {"", false},
		{"tıtle", true}, {"é", true}, // perhaps: only strings.EqualFold knows
		{strings.Repeat("t", 64), false}, {strings.Repeat("t", 65), true},
	} {
		if got := set.has([]byte(tt.key)); got != tt.want {
			t.Errorf("%q: %v, want %v", tt.key, got, tt.want)
		}
	}
}
