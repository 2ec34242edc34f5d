package digest

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/medigy/newsdesk/internal/words"
)

// view is all that the templates show, as strings ready to be escaped. The
// three templates get the same one, so they can't differ in what they say.
type view struct {
	Title     string // of the series
	Subject   string
	Preheader string
	Padding   string // keeps inboxes from showing the body after the preheader
	Language  string
	Dir       string // "ltr", "rtl"
	Period    string // "27 September – 3 October 2021"
	Count     string // "8 stories"
	Reason    string // why the reader gets this
	Intro     []passage
	Lead      storyView
	Sections  []sectionView
	More      string // "and 7 more on the site", after all sections; ""
	Closing   []passage
	Sponsor   *sponsorView
	Offerings [][]offeringView // rows of one or two

	URL, Home, Feeds, Past                string // absolute; "" if there is none
	Unsubscribe, Preferences, Pause, View string // marks; "" on the public page
	Subscribe                             string // only on the public page
	MoreURL                               string // where the stories are that have no room
	Theme                                 Theme
	Words                                 *words.Words
	Width                                 int // of the column, pixels
}

type sectionView struct {
	Name    string // "" in the last section, of articles without a topic
	Stories []storyView
	More    string // "and 7 more on the site", or ""
	MoreURL string

	Opposite string // of the edition's direction
	Pictures bool   // a story has an image, so that rows have two cells
}

type storyView struct {
	Title, Kicker, Summary, Byline string
	URL, Original                  string // absolute; Original may be ""
	Also                           []linkView
	Related                        []offeringView // shown under the story
	Image                          *imageView
	ReadHere, OnSite               string // "Read on Medigy News", "on Medigy News"; see place
	Language                       string // "" if it is the edition's
	Dir                            string // of the article's language
	Opposite                       string // of the edition's direction
	Spans                          bool   // in a section with pictures, without one
	Arrow                          string // points to where the text leads
	Words                          *words.Words
}

type linkView struct{ Name, URL string }

type sponsorView struct {
	Name, URL, Image string // URLs are absolute or ""
	Text             []passage
}

// public is the view of the public page: nothing personal, but an invitation.
func (v view) public(subscribe string) view {
	v.Unsubscribe, v.Preferences, v.Pause, v.View = "", "", "", ""
	v.Subscribe = subscribe
	return v
}

// room is how much of an edition is shown: less if the mail would be too long.
type room struct {
	summary int   // characters of a summary in a section
	cut     []int // by section, how many stories are left out at its end; nil: none
}

var allRoom = room{summary: summaryLength}

// builder makes the view of one edition.
type builder struct {
	edition *Edition
	theme   Theme
	words   *words.Words
	page    string              // the issue's public page
	tag     func(string) string // adds utm_ parameters to the site's own URLs
	shown   map[string]bool     // offerings that stand under a story already
}

// link gives a URL as the issue has it.
func (b *builder) link(u string) string { return b.tag(webURL(u)) }

func newView(e *Edition, t Theme, l Links, r room) view {
	w := wordsOf(e.Language, t.Words)
	b := &builder{e, t, w, l.issue(e.Period), l.tagger(e), map[string]bool{}}
	v := view{
		Title:     e.Title,
		Subject:   disarm(e.Subject),
		Preheader: disarm(e.Preheader),
		Padding:   strings.Repeat("\u2007\u034f ", 60),
		Language:  e.Language,
		Dir:       words.Direction(e.Language),
		Period:    days(w, e.Period),
		Count:     w.Count(len(e.Stories())),
		Reason:    cmp.Or(t.Reason, b.site(w.Reason)),
		Intro:     b.note(e.Intro),
		Lead:      b.lead(e.Lead),
		Sections:  b.sections(r, l),
		Closing:   b.note(e.Closing),
		Sponsor:   b.sponsor(e.Sponsor),
		URL:       l.issue(e.Period), Home: b.link(l.Home), Feeds: b.link(l.Base), Past: b.link(l.Past),
		Unsubscribe: MarkUnsubscribe, Preferences: MarkPreferences, Pause: MarkPreferences + "#pause", View: MarkView,
		MoreURL: b.link(l.more(nil)),
		Theme:   t, Words: w, Width: t.Width,
	}
	if !t.OfferingsInline {
		v.Offerings = b.offerings(e.Offerings)
	}
	if e.More > 0 {
		v.More = words.Number(w.MoreOnSite, e.More)
	}
	return v
}

// site puts the title of the series into a text.
func (b *builder) site(text string) string {
	return strings.ReplaceAll(text, "{site}", b.edition.Title)
}

// longestPlace is how many characters of the site's name a line of links has room for.
const longestPlace = 32

// place names where a story's own page is: the site, or its host if its name
// would fill several lines under each story.
func (b *builder) place(page string) string {
	if host := hostOf(page); host != "" && utf8.RuneCountInString(b.edition.Title) > longestPlace {
		return host
	}
	return b.edition.Title
}

// note reads an editor's note and gives its links as the issue has them.
func (b *builder) note(markdown string) []passage {
	all := blocksOf(markdown)
	for _, block := range all {
		for i, s := range block.Spans {
			if s.URL != "" {
				block.Spans[i].URL = b.tag(s.URL)
			}
		}
	}
	note := passages(all)
	for i := range note {
		note[i].Dir = words.Direction(b.edition.Language)
	}
	return note
}

func (b *builder) sponsor(s *Sponsor) *sponsorView {
	if s == nil {
		return nil
	}
	return &sponsorView{Name: brief(s.Name), URL: b.link(s.URL), Image: webURL(s.Image), Text: b.note(s.Text)}
}

func (b *builder) lead(s *Story) storyView {
	v := b.story(s, leadSummaryLength)
	inner := b.theme.Width - 2*sidePadding
	if v.Image = newImageView(s.Article, inner, inner); v.Image != nil {
		v.Image.Alt = cmp.Or(v.Image.Alt, b.words.Picture) // it is a link, which must say something
	}
	return v
}

func (b *builder) sections(r room, l Links) (all []sectionView) {
	for i, s := range b.edition.Sections {
		more := s.More
		section := sectionView{Name: brief(sectionName(b.edition, s)), MoreURL: b.link(l.more(s.Topic)), Opposite: opposite(words.Direction(b.edition.Language))}
		stories := s.Stories
		if r.cut != nil && r.cut[i] > 0 {
			stories = stories[:len(stories)-r.cut[i]]
			more += r.cut[i]
			section.MoreURL = b.tag(l.issue(b.edition.Period)) // the public page has them
		}
		for _, story := range stories {
			v := b.story(story, r.summary)
			v.Image = newThumbView(story.Article)
			section.Pictures = section.Pictures || v.Image != nil
			section.Stories = append(section.Stories, v)
		}
		for i, v := range section.Stories {
			section.Stories[i].Spans = section.Pictures && v.Image == nil
		}
		if more > 0 {
			section.More = words.Number(b.words.MoreOnSite, more)
		}
		all = append(all, section)
	}
	return all
}

func (b *builder) story(s *Story, summary int) storyView {
	v := storyView{
		Title:    brief(s.Title),
		Kicker:   brief(s.Kicker),
		Summary:  disarm(shorten(s.Summary, summary)),
		Byline:   b.byline(s),
		URL:      cmp.Or(b.link(s.URL), b.link(s.Original), b.page), // a headline leads somewhere
		Original: b.link(s.Original),
		Related:  b.related(s),
		Dir:      words.Direction(b.edition.Language),
		Opposite: opposite(words.Direction(b.edition.Language)),
		Words:    b.words,
	}
	if s.Language != "" && s.Language != b.edition.Language {
		v.Language, v.Dir = s.Language, words.Direction(s.Language)
	}
	v.Arrow = arrow(v.Dir)
	place := b.place(v.URL)
	v.ReadHere = strings.ReplaceAll(b.words.ReadHere, "{site}", place)
	v.OnSite = strings.ReplaceAll(b.words.OnSite, "{site}", place)
	for _, a := range s.Also {
		u := b.link(cmp.Or(a.Original, a.URL))
		other := linkView{brief(cmp.Or(a.Source.Name, hostOf(u))), u}
		if u != "" && u != v.Original && !slices.Contains(v.Also, other) {
			v.Also = append(v.Also, other)
		}
	}
	return v
}

// arrow points onwards in a direction of writing.
func arrow(dir string) string {
	if dir == "rtl" {
		return "←"
	}
	return "→"
}

// byline names who wrote the original, its publishers and the day: "Janette
// Wider · Healthcare Innovation, STAT · 27 Sep". Who curated it stands in for an
// unknown writer of an unknown publisher.
func (b *builder) byline(s *Story) string {
	people := s.Contributors
	if len(people) == 0 && len(s.sources()) == 0 {
		people = s.Authors
	}
	var names, parts []string
	for _, p := range people {
		names = append(names, p.Name)
	}
	if len(names) > 0 {
		parts = append(parts, brief(strings.Join(names, ", ")))
	}
	if sources := s.sources(); len(sources) > 0 {
		parts = append(parts, brief(strings.Join(sources, ", ")))
	}
	parts = append(parts, b.words.ShortDay(s.Published))
	if words.Direction(b.edition.Language) == "rtl" {
		return strings.Join(parts, " \u200f·\u200f ") // marks that keep Latin names from taking the day along
	}
	return strings.Join(parts, " · ")
}

// sectionName is the topic's label, or its whole name if two sections would
// have one label.
func sectionName(e *Edition, s Section) string {
	if s.Topic == nil {
		return ""
	}
	for _, other := range e.Sections {
		if other.Topic != nil && other.Topic != s.Topic && other.Topic.Label == s.Topic.Label {
			return s.Topic.Name
		}
	}
	return s.Topic.Label
}
