package feed_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/medigy/newsdesk/feed"
)

// Every file has the bytes of its own feed, though Write uses memory again, of
// items and of files.
func TestWrittenIsEncoded(t *testing.T) {
	out := t.TempDir()
	write(t, out)
	for _, f := range feed.Build(sample(), options()) {
		for _, format := range feed.Formats {
			got, err := os.ReadFile(filepath.Join(out, f.Path, format.File))
			if err != nil {
				t.Fatal(err)
			}
			if want := encode(t, format, f); !bytes.Equal(got, want) {
				t.Errorf("%s%s is\n%s\nwant\n%s", f.Path, format.File, got, want)
			}
		}
	}
}
