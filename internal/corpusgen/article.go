package corpusgen

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// article is what the front matter's template is filled with. Texts that are ""
// are null there.
type article struct {
	ID        int
	UUID      string
	Title     string
	Slug      string // of the title
	Authors   []string
	Topics    []topicRef
	Published time.Time // a day
	Updated   time.Time
	Publisher publisher
	Section   string // of the publisher's site
	Offerings []*offering

	// What the original's page says of itself; half of the originals say
	// nothing.
	Meta                                       bool
	Writer, MetaDescription, OriginalPublished string

	Description string // the first 200 characters of the body, glued
	Body        []byte
}

// topicRef is a topic in the three forms that the front matter has.
type topicRef struct{ Name, Slug, Label string }

func (g *Generator) article(i int) *article {
	r := g.random(i)
	a := &article{ID: 1000 + i, UUID: uuid(r), Publisher: pick(r, publishers), Section: pick(r, sections)}
	a.Title = title(r)
	a.Slug = slug(a.Title)
	a.Published = End.AddDate(0, 0, -1-r.IntN(days))
	a.Updated = a.Published.Add(time.Duration(r.Int64N(int64(24 * time.Hour)))).Truncate(time.Microsecond)
	if r.IntN(10) == 0 {
		a.Updated = a.Updated.AddDate(0, 0, r.IntN(int(End.Sub(a.Published).Hours()/24)))
	}
	topics := someTopics(r, 1+r.IntN(3), g.topics)
	for _, topic := range topics {
		name := topicName(topic)
		_, label, _ := strings.Cut(name, ": ")
		a.Topics = append(a.Topics, topicRef{name, slug(name), label})
	}
	a.Authors = append(a.Authors, pick(r, curators))
	if r.IntN(10) == 0 {
		a.Authors = append(a.Authors, pick(r, curators))
	}
	a.Offerings = g.related(r, topics)
	story := tell(r, a)
	a.Body, a.Description = story.text, story.description()
	if a.Meta = r.IntN(2) == 0; a.Meta {
		a.Writer = writer(r)
		a.MetaDescription = story.lead
		a.OriginalPublished = ordinal(a.Published.AddDate(0, 0, -r.IntN(9)))
	}
	return a
}

// related picks up to six offerings that are about one of the topics.
func (g *Generator) related(r *rand.Rand, topics []int) []*offering {
	var related []*offering
	taken := map[*offering]bool{}
	for range r.IntN(7) {
		about := g.offerings[pick(r, topics)%Topics]
		if len(about) == 0 {
			continue
		}
		if o := pick(r, about); !taken[o] {
			taken[o] = true
			related = append(related, o)
		}
	}
	return related
}

// file writes the article as the sample site does.
func (a *article) file() []byte {
	var b bytes.Buffer
	b.Grow(8<<10 + len(a.Body))
	if err := frontMatter.Execute(&b, a); err != nil {
		panic(err) // the template and its data are both ours
	}
	b.Write(a.Body)
	return b.Bytes()
}

// The methods below are for the template.

// Brand is the publisher's name as the slug has it.
func (a *article) Brand() string {
	brand, _, _ := strings.Cut(a.Publisher.Domain, ".")
	return brand
}

// Path is the original's place on its publisher's site.
func (a *article) Path() string {
	return fmt.Sprintf("/%s/article/%d/%s", a.Section, 21_000_000+a.ID, a.Slug)
}

// Original is the original's URL.
func (a *article) Original() string { return "https://www." + a.Publisher.Domain + a.Path() }

// ImageName is the featured image's file name.
func (a *article) ImageName() string { return a.UUID + "-featuredImage.jpeg" }

// IfMeta gives text if the original's page says something of itself, else "".
func (a *article) IfMeta(text string) string {
	if !a.Meta {
		return ""
	}
	return text
}

// uuid is random (RFC 9562, section 5.4).
func uuid(r *rand.Rand) string {
	high, low := r.Uint64(), r.Uint64()
	high = high&^0xf000 | 0x4000
	low = low&^(0xc<<60) | 0x8<<60
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", high>>32, high>>16&0xffff, high&0xffff, low>>48, low&(1<<48-1))
}

func writer(r *rand.Rand) string { return pick(r, givenNames) + " " + pick(r, familyNames) }

// ordinal gives "Sep 20th, 2021".
func ordinal(t time.Time) string {
	suffix := "th"
	if day := t.Day(); day < 4 || day > 20 {
		switch day % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return t.Format("Jan 2") + suffix + t.Format(", 2006")
}
