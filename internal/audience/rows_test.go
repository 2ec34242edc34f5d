package audience

import (
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"testing"
)

// FuzzSplit compares split with encoding/csv on single rows that both take.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{`a,"b ""c""",d`, `"",""`, `a"b,c`, `"a"b`, `,`, `"a`, `"Doe, J" <j@x.org>,x`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		got, open, err := split(line, ',')
		if err == nil && open {
			t.Fatal("open without an error")
		}
		if err != nil || strings.ContainsAny(line, "\r\n") {
			return
		}
		r := csv.NewReader(strings.NewReader(line))
		r.TrimLeadingSpace, r.FieldsPerRecord = true, -1
		want, err := r.Read()
		if err != nil {
			return // encoding/csv is stricter
		}
		for i := range want {
			want[i] = strings.TrimSpace(want[i])
		}
		if !slices.Equal(got, want) {
			t.Errorf("split(%q) = %q, encoding/csv %q", line, got, want)
		}
	})
}

// FuzzRows checks that reading any text ends and that lines count upwards.
func FuzzRows(f *testing.F) {
	f.Add("a,b\n\"c\nd\",e\n\"f\ng@h\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := newRows(strings.NewReader(text))
		if err != nil {
			return
		}
		for last := 0; ; {
			fields, line, err := r.next()
			if err != nil && err != errQuote {
				if err != io.EOF {
					t.Fatal(err)
				}
				return
			}
			if line <= last || line > strings.Count(text, "\n")+1 || err == nil && len(fields) == 0 {
				t.Fatalf("line %d after %d, %d fields", line, last, len(fields))
			}
			last = line
		}
	})
}
