package corpus

import (
	"testing"

	"github.com/medigy/newsdesk/internal/corpusgen"
)

// BenchmarkHead reads what a cold build reads of every file: the keys of a
// head, of generated articles, as parseDocument does.
func BenchmarkHead(b *testing.B) {
	g := corpusgen.New(1)
	files := make([][]byte, 256)
	size := 0
	for i := range files {
		_, files[i] = g.Article(i)
		size += len(files[i])
	}
	keys := newKeySet(newsdesk, headFields)
	b.SetBytes(int64(size / len(files)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		doc, err := parseDocument(files[i%len(files)], "", keys.has)
		if err != nil {
			b.Fatal(err)
		}
		doc.release()
	}
}
