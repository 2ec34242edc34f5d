// Package corpusgen makes corpora of any size for tests and benchmarks: articles
// in the schema of the sample site, every key of its front matter included, with
// its habits good and bad (a description that is the glued and cut beginning of the
// body, a date without a time, an image size of height and width). Nothing in it
// is real but the schema.
//
// An article depends on the seed and its number alone. So the same call gives
// the same bytes on every machine, a corpus of 1,000 articles is the beginning of
// that of 100,000, and articles can be made in any order and in parallel.
//
// The command beside it writes a corpus into a folder:
//
//	go run ./internal/corpusgen/write -n 100000 DIR
//
// The package imports nothing of newsdesk's, so that any package can use it in
// its tests.
package corpusgen

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Topics is how many topics a corpus has, unless NewTopics is told another number.
// Each is in about one article of 30 (the first of the list in more, the last in
// fewer), so a corpus of some hundred articles has them all.
const Topics = 60

// End is when the corpus ends: no article is published or updated later. Its
// first day is six years earlier.
var End = time.Date(2021, 11, 1, 0, 0, 0, 0, time.UTC)

// days is the length of the six years before End.
const days = 2192

// Generator makes the articles of one corpus. It can be used by several
// goroutines at once.
type Generator struct {
	seed      uint64
	topics    int
	offerings [][]*offering // for each of topicNames those that are about it
}

// New makes the generator of a corpus.
func New(seed uint64) *Generator { return NewTopics(seed, Topics) }

// NewTopics makes the generator of a corpus with so many topics, of which an
// article has as many as ever. Those beyond the 60 have their names, and a number.
func NewTopics(seed uint64, topics int) *Generator {
	return &Generator{seed: seed, topics: topics, offerings: newOfferings(rand.New(rand.NewPCG(seed, 1<<63)))}
}

// Generate makes n articles and hands each to write, one after the other, with
// its file's name: "2019/07/3f1c….md". It stops at write's first error.
func Generate(n int, seed uint64, write func(name string, data []byte) error) error {
	return New(seed).Generate(n, write)
}

// Generate is the function of that name, for the corpus of the generator.
func (g *Generator) Generate(n int, write func(name string, data []byte) error) error {
	for i := range n {
		if err := write(g.Article(i)); err != nil {
			return err
		}
	}
	return nil
}

// Article makes article number i, counted from 0: the file's name, slash-separated,
// and what is in it.
func (g *Generator) Article(i int) (name string, data []byte) {
	a := g.article(i)
	return fmt.Sprintf("%s/%s.md", a.Published.Format("2006/01"), a.UUID), a.file()
}

// Image makes the featured image of article number i: the name that the article
// gives it, without a folder, and a JPEG.
func (g *Generator) Image(i int) (name string, data []byte) {
	a := g.article(i)
	return a.ImageName(), placeholder(g.random(i))
}

// random gives the stream of random numbers that article number i is made of.
func (g *Generator) random(i int) *rand.Rand {
	return rand.New(rand.NewPCG(g.seed, uint64(i)))
}

// offering is a product that articles are related to.
type offering struct {
	ID    int
	Label string
	Slug  string
	Names []string // of its topics
}

// newOfferings makes the offerings, one for each brand and kind, and sorts them
// by topic.
func newOfferings(r *rand.Rand) [][]*offering {
	byTopic := make([][]*offering, len(topicNames))
	for i, brand := range brands {
		for j, kind := range productKinds {
			o := &offering{ID: 16000 + i*len(productKinds) + j, Label: brand + " " + kind}
			o.Slug = slug(o.Label)
			for _, topic := range someTopics(r, 1+r.IntN(3), Topics) {
				o.Names = append(o.Names, topicNames[topic])
				byTopic[topic] = append(byTopic[topic], o)
			}
		}
	}
	return byTopic
}

// topicName gives the name of a topic of any number.
func topicName(topic int) string {
	name := topicNames[topic%Topics]
	if topic < Topics {
		return name
	}
	return fmt.Sprint(name, " ", topic/Topics+1)
}

// someTopics picks n of some topics, the first ones of the list more often.
func someTopics(r *rand.Rand, n, of int) []int {
	var topics []int
	taken := map[int]bool{}
	for len(topics) < min(n, of) {
		skewed := r.Float64()
		topic := int(skewed * skewed * float64(of))
		if !taken[topic] {
			taken[topic] = true
			topics = append(topics, topic)
		}
	}
	return topics
}

// slug folds an ASCII name as the sample site does: "Health's IT" is "healths-it".
func slug(name string) string {
	var b strings.Builder
	gap := false
	for _, c := range strings.ToLower(name) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(c)
		case c != '\'':
			gap = true
		}
	}
	return b.String()
}

// pick gives one of a list.
func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
