package audience

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
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

// FuzzRows checks that reading any text ends, that lines count upwards, and that it
// is one whether lines end with LF, CR LF or CR.
func FuzzRows(f *testing.F) {
	f.Add("a,b\n\"c\nd\",e\n\"f\ng@h\n")
	f.Add("sep=;\r\na;b\rc;\"d\r\ne\"")
	f.Fuzz(func(t *testing.T, text string) {
		all := readRows(t, text)
		if strings.Contains(text, "\r") || len(text) > maxLine/2 {
			return
		}
		for _, end := range []string{"\r\n", "\r"} {
			if got := readRows(t, strings.ReplaceAll(text, "\n", end)); !slices.Equal(got, all) {
				t.Errorf("lines that end with %q: got %q, want %q", end, got, all)
			}
		}
	})
}

func readRows(t *testing.T, text string) (all []string) {
	r, err := newRows(strings.NewReader(text))
	if err != nil {
		return nil
	}
	for last := 0; ; {
		fields, line, err := r.next()
		if err != nil && err != errQuote && err != errLong {
			if err != io.EOF {
				t.Fatal(err)
			}
			return all
		}
		if line <= last || line > strings.Count(text, "\n")+strings.Count(text, "\r")+1 || err == nil && len(fields) == 0 {
			t.Fatalf("line %d after %d, %d fields", line, last, len(fields))
		}
		all = append(all, fmt.Sprint(line, fields, err))
		last = line
	}
}

// FuzzReader reads any list and checks what would be written: addresses that are read
// the same again, and nothing with which a header of a mail could be made.
func FuzzReader(f *testing.F) {
	for _, s := range []string{"a@b.org", "email,name\na@b.org,\"x\r\ny\"", "\xff\xfea\x00@\x00b\x00.\x00c\x00", "email;status;OPTIN_TIME;CONFIRM_IP\na@b.org;cleaned;1/2/2020;::1\x00",
		"Email,Vorname,Nachname,Themen\n\"Doe, J\" <j@bücher.example>,J,Doe,a|b\n", strings.Join(ExportHeader, ",") + "\n'=a@b.org,'=1,paused,2020-01-01,a b,en-us,weekly,2022-01-01"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, list []byte) {
		o := ImportOptions{Name: "list.csv", Act: act}
		r := &reader{ImportOptions: o, counted: counter{r: bytes.NewReader(list)}, sorter: newSorter("", 1<<30)}
		if err := r.run(t.Context()); err == nil && r.good != len(r.sorter.run) {
			t.Fatalf("%d rows are %d", r.good, len(r.sorter.run))
		}
		for _, e := range r.sorter.run {
			if again, _, err := ParseAddress(e.address); err != nil || again != e.address || key(again) != e.key {
				t.Errorf("%q is read as %q, error %v", e.address, again, err)
			}
			for _, s := range []string{e.address, e.name, e.told().from, e.choice.topics, e.choice.language, e.choice.digests} {
				if strings.ContainsFunc(s, unicode.IsControl) || !utf8.ValidString(s) || len(s) > 1000 && s != e.choice.topics && s != e.choice.digests {
					t.Errorf("%q of line %d", s, e.line)
				}
			}
			got, err := readEntry(bufio.NewReader(bytes.NewReader(e.append(nil))))
			if err != nil || got.fields() != e.fields() || got.told() != e.told() || got.line != e.line {
				t.Errorf("%+v comes back as %+v, error %v", e, got, err)
			}
		}
	})
}

// TestLongLine: a row that is too long is one bad row.
func TestLongLine(t *testing.T) {
	long := strings.Repeat("x", 10<<20)
	for _, text := range []string{"email\n" + long + "\na@b.org\n", "email\r" + long + "\r\"" + long + "\ra@b.org", "email\n\"" + long} {
		var lines []int
		o := ImportOptions{Name: "list.csv", Act: act, Reject: func(r Reject) error {
			if lines = append(lines, r.Line); r.Text != errLong.Error() || len(r.Row[0]) > 300 {
				t.Errorf("%.100s: %.100q", r, r.Row)
			}
			return nil
		}}
		r := &reader{ImportOptions: o, counted: counter{r: strings.NewReader(text)}, sorter: newSorter(t.TempDir(), 0)}
		if err := r.run(t.Context()); err != nil || r.bad != strings.Count(text, long) || r.good != strings.Count(text, "@") {
			t.Errorf("%d rows, bad ones %v, error %v", r.good, lines, err)
		}
	}
}
