package feed_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/feeds"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/feed"
)

// BenchmarkEncode makes three formats of 60 topics with 50 articles each, and
// the same with gorilla/feeds alone, which says far less about an article. The
// metric x-gorilla is how many times as long ours takes. Articles have one
// topic ("apart": no item is in two feeds) or three ("shared", as real ones).
func BenchmarkEncode(b *testing.B) {
	for _, test := range []struct {
		name   string
		topics int // of an article
	}{{"apart", 1}, {"shared", 3}} {
		b.Run(test.name, func(b *testing.B) {
			c := bigCorpus(60, 50, test.topics)
			o := options()
			var ours, theirs time.Duration
			for b.Loop() {
				start := time.Now()
				list := feed.Build(c, o)[1:]
				for _, format := range feed.Formats {
					encode := format.Encoder()
					for _, f := range list {
						if _, err := encode(f); err != nil {
							b.Fatal(err)
						}
					}
				}
				ours += time.Since(start)
				start = time.Now()
				for _, f := range list {
					if err := plainGorilla(f); err != nil {
						b.Fatal(err)
					}
				}
				theirs += time.Since(start)
			}
			b.ReportMetric(float64(ours)/float64(theirs), "x-gorilla")
			b.ReportMetric(float64(ours.Milliseconds())/float64(b.N), "ours-ms/op")
		})
	}
}

func plainGorilla(f *feed.Feed) error {
	g := &feeds.Feed{
		Title: f.Title, Description: f.Description,
		Link: &feeds.Link{Href: f.Home}, Updated: f.Updated,
	}
	for _, i := range f.Items {
		g.Add(&feeds.Item{
			Id: i.ID, Title: i.Title, Description: i.Summary, Content: i.HTML,
			Link: &feeds.Link{Href: i.URL}, Source: &feeds.Link{Href: i.Original},
			Author: &feeds.Author{Name: i.Authors[0].Name}, Created: i.Published, Updated: i.Updated,
			Enclosure: &feeds.Enclosure{Url: i.Image.URL, Type: i.Image.Type, Length: fmt.Sprint(i.Image.Bytes)},
		})
	}
	for _, write := range []func(io.Writer) error{g.WriteRss, g.WriteAtom, g.WriteJSON} {
		if err := write(io.Discard); err != nil {
			return err
		}
	}
	return nil
}

// bigCorpus has as many articles as fill every topic's feed, each about some
// topics and as long as the seeds.
func bigCorpus(topics, items, perArticle int) *corpus.Corpus {
	all := make([]*corpus.Topic, topics)
	for n := range all {
		slug := fmt.Sprintf("topic-%02d", n)
		all[n] = &corpus.Topic{Slug: slug, Name: "Vocabulary: " + slug, Label: slug, Vocabulary: "Vocabulary", URL: "https://www.medigy.com/topic/" + slug}
	}
	body := strings.Repeat("<p>Leaders cited “collaboration” and <a href=\"https://example.com/?a=1&amp;b=2\">resiliency</a> as two major themes.</p>\n", 45)
	var articles []*corpus.Article
	for n := range topics * items / perArticle {
		a := full()
		a.Head.ID = fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", n)
		a.Published, a.Updated = day(27).AddDate(0, 0, -n), day(27).AddDate(0, 0, -n)
		a.HTML = body
		a.Topics = nil
		for k := range perArticle {
			a.Topics = append(a.Topics, all[(n+k*7)%topics])
		}
		articles = append(articles, a)
	}
	return corpus.New(articles)
}
