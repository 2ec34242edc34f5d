package digest

import (
	"bytes"
	"fmt"
	"time"

	"github.com/medigy/newsdesk/corpus"
)

// probe renders an edition with all that one can have and an edition with
// nothing that one can do without, so that a mistake in a template is found
// when it is read, and not in the week that comes to its branch.
func (t *Templates) probe() error {
	full, bare := t.theme, Theme{Width: t.theme.Width, LogoHeight: t.theme.LogoHeight}
	full.Logo, full.LogoDark, full.LogoWidth, full.PostalAddress = "https://probe.example/a.png", "https://probe.example/b.png", 1, "-"
	full.Offerings = map[string]OfferingNote{"O": {Logo: "https://probe.example/o.png", Line: "-"}}
	inline := full
	inline.OfferingsInline = true
	links := Links{Home: "https://probe.example", Base: "https://probe.example/", Past: "https://probe.example/", Subscribe: "https://probe.example/"}
	for _, e := range []*Edition{probeEdition("en"), probeEdition("ar"), bareEdition()} {
		for _, v := range []view{
			newView(e, full, links, allRoom), newView(e, inline, links, allRoom),
			newView(e, bare, Links{Home: links.Home, Base: links.Base}, allRoom),
		} {
			if err := t.try(v); err != nil {
				return err
			}
		}
	}
	return nil
}

// try executes all templates with a view.
func (t *Templates) try(v view) error {
	if _, err := execute(t.text, textName, v); err != nil {
		return err
	}
	issues := indexView{
		Title: v.Title, Language: v.Language, Dir: v.Dir, Home: v.Home, Feeds: v.Feeds, Words: v.Words,
		Years: []yearView{{Name: "2021", Issues: []Listing{{Period: "2021-W39", Subject: v.Subject, Image: &ListedImage{URL: v.Home}}, {}}}},
	}
	for name, shown := range map[string]any{htmlName: v, archiveName: v.public(v.Past), feedName: v.public(v.Past), indexName: issues} {
		page, err := execute(t.html, name, shown)
		if err != nil {
			return err
		}
		if at := bytes.Index(page, []byte("ZgotmplZ")); at >= 0 { // what html/template writes for a value that is not safe there
			return fmt.Errorf("%s, or a partial of it, puts a text where only a URL or a style can stand: …%s", name, page[max(0, at-60):at])
		}
	}
	return nil
}

func bareEdition() *Edition {
	article := &corpus.Article{Head: &corpus.Head{Title: "-"}}
	return &Edition{Period: Period{End: time.Unix(0, 0).UTC(), Start: time.Unix(0, 0).UTC()}, Language: "en", Lead: &Story{Article: article}}
}

func probeEdition(language string) *Edition {
	day := time.Date(2021, time.September, 27, 0, 0, 0, 0, time.UTC)
	const text = "javascript:(1)" // what a URL or a style must not be
	const note = "# A\n\nb *c* **d** `e` [f](https://probe.example/)\\\ng\n\n> h\n\n- i\n\nj\n\n1. k"
	topic := &corpus.Topic{Slug: "t", Label: "T", Name: "T"}
	full := &corpus.Article{
		Head:      &corpus.Head{Title: text, Published: day, Language: language},
		URL:       "https://probe.example/a",
		Original:  "https://probe.example/o",
		Summary:   text,
		Source:    corpus.Source{Name: "-"},
		Image:     &corpus.Image{URL: "https://probe.example/i.png", Alt: "i", Width: 30, Height: 30},
		Offerings: []corpus.Offering{{ID: "O", Name: "O", URL: "https://probe.example/O", Topics: []*corpus.Topic{topic}}},
	}
	other := &corpus.Article{Head: &corpus.Head{Title: "-", Published: day, Language: "he"}, Image: &corpus.Image{URL: full.Image.URL, Alt: "-"}}
	also := &corpus.Article{Head: other.Head, Original: "https://probe.example/also"}
	lone := &corpus.Article{Head: &corpus.Head{Title: "-", Published: day}}
	stories := []*Story{{Article: full, Kicker: "T", Also: []*corpus.Article{also}}, {Article: other}, {Article: lone}}
	sponsor := &Sponsor{Name: "S", Text: note, URL: full.URL, Image: full.Image.URL}
	return &Edition{
		Title: text, Subject: text, Preheader: text, Language: language, Intro: note, Closing: note, Sponsor: sponsor,
		Period: Period{Name: "2021-W39", Start: day, End: day.AddDate(0, 0, 7)}, More: 1,
		Lead:      stories[0],
		Sections:  []Section{{Topic: topic, Stories: stories, More: 1}, {Stories: stories}},
		Offerings: []Offering{{Offering: full.Offerings[0]}, {Offering: corpus.Offering{ID: "P", Name: "P"}}, {Offering: corpus.Offering{ID: "Q", Name: "Q"}}},
	}
}
