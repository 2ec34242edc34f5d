package corpus

import (
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/corpusgen"
)

// BenchmarkArticle reads whole articles as the sample site has them: what an
// output costs for each article that it shows.
func BenchmarkArticle(b *testing.B) {
	s, err := newSettings(Options{Site: "https://www.example.org", Now: corpusgen.End.AddDate(1, 0, 0), Zone: time.UTC})
	if err != nil {
		b.Fatal(err)
	}
	docs := make([]document, 100)
	for i := range docs {
		_, data := corpusgen.New(1).Article(i)
		if docs[i], err = parseDocument(data, "", nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		doc := docs[i%len(docs)]
		r := &reader{settings: s, path: "a.md"}
		d, leftOut := r.head(doc)
		if leftOut != "" {
			b.Fatal(leftOut)
		}
		if a := r.article(doc, &d); a.HTML == "" || a.Summary == "" {
			b.Fatal("an article without a body or a summary")
		}
	}
}
