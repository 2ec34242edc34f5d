package digest

import (
	"strconv"
	"strings"

	"github.com/medigy/newsdesk/corpus"
)

// Pixels of the boxes that images fit into: the lead's is as wide as the column,
// which is 600 less 24 on each side; a story's has another on a phone, where it
// stands above the text. Images keep their shape: object-fit is dropped by
// Yahoo, Outlook for Windows and Gmail's apps, which would then squeeze a
// cropped one.
const (
	leadWidth, leadHeight   = 552, 552
	thumbWidth, thumbHeight = 132, 132
	phoneWidth, phoneHeight = 587, 400
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
	Intro     []string
	Lead      storyView
	Sections  []sectionView
	Offerings [][]offeringView // rows of one or two

	URL, Home, Feeds, Past         string // absolute; "" if there is none
	Unsubscribe, Preferences, View string // marks; "" on the public page
	Subscribe                      string // only on the public page
	Theme                          Theme
}

type sectionView struct {
	Name    string // "" in the last section, of articles without a topic
	Stories []storyView
}

type storyView struct {
	Title, Kicker, Summary, Byline string
	URL, Original                  string // absolute; Original may be ""
	Image                          *imageView
	Site                           string // whose own page URL is: the title of the series
	Language                       string // "" if it is the edition's
	Dir, Opposite                  string // of the article's language
	Arrow                          string // points to where the text leads
}

type imageView struct {
	URL, Alt      string
	Width, Height int // pixels as shown; Height is 0 if not known
	Phone         int // of a story: greatest width on a phone in pixels; 0 if it may be all
}

type offeringView struct {
	Name, URL, Topics string
}

// public is the view of the public page: nothing personal, but an invitation.
func (v view) public(subscribe string) view {
	v.Unsubscribe, v.Preferences, v.View = "", "", ""
	v.Subscribe = subscribe
	return v
}

func newView(e *Edition, t Theme, l Links) view {
	v := view{
		Title:     e.Title,
		Subject:   disarm(e.Subject),
		Preheader: disarm(e.Preheader),
		Padding:   strings.Repeat("\u2007\u034f ", 60),
		Language:  e.Language,
		Dir:       direction(e.Language),
		Period:    e.Period.Words(),
		Count:     "1 story",
		Sections:  sectionViews(e),
		Offerings: offeringViews(e.Offerings),
		URL:       l.Issue(e.Period), Home: l.Home, Feeds: l.Base, Past: l.Past,
		Unsubscribe: MarkUnsubscribe, Preferences: MarkPreferences, View: MarkView,
		Theme: t,
	}
	if n := len(e.Stories()); n != 1 {
		v.Count = strconv.Itoa(n) + " stories"
	}
	for paragraph := range strings.SplitSeq(e.Intro, "\n\n") {
		if line := strings.Join(strings.Fields(paragraph), " "); line != "" {
			v.Intro = append(v.Intro, line)
		}
	}
	v.Lead = newStoryView(e, e.Lead, leadSummaryLength)
	v.Lead.Image = newImageView(e.Lead.Article, leadWidth, leadHeight)
	return v
}

func sectionViews(e *Edition) (all []sectionView) {
	for _, s := range e.Sections {
		section := sectionView{Name: disarm(sectionName(e, s))}
		for _, story := range s.Stories {
			v := newStoryView(e, story, summaryLength)
			v.Image = newThumbView(story.Article)
			section.Stories = append(section.Stories, v)
		}
		all = append(all, section)
	}
	return all
}

func newStoryView(e *Edition, s *Story, summary int) storyView {
	v := storyView{
		Title:    disarm(s.Title),
		Kicker:   disarm(s.Kicker),
		Summary:  disarm(shorten(s.Summary, summary)),
		Byline:   disarm(byline(s)),
		URL:      webURL(s.URL),
		Original: webURL(s.Original),
		Site:     e.Title,
		Dir:      direction(e.Language),
		Arrow:    "→",
	}
	if s.Language != "" && s.Language != e.Language {
		v.Language, v.Dir = s.Language, direction(s.Language)
	}
	v.Opposite = opposite(v.Dir)
	if v.Dir == "rtl" {
		v.Arrow = "←"
	}
	return v
}

// byline names who wrote the original, its publisher and the day: "Janette
// Wider · Healthcare Innovation · 27 Sep". Who curated it stands in for an
// unknown writer of an unknown publisher.
func byline(s *Story) string {
	people := s.Contributors
	if len(people) == 0 && s.Source.Name == "" {
		people = s.Authors
	}
	var names, parts []string
	for _, p := range people {
		names = append(names, p.Name)
	}
	if len(names) > 0 {
		parts = append(parts, strings.Join(names, ", "))
	}
	if s.Source.Name != "" {
		parts = append(parts, s.Source.Name)
	}
	const day = "2\u00a0Jan"
	return strings.Join(append(parts, s.Published.Format(day)), " · ")
}

// newThumbView gives a's image as it stands beside a story.
func newThumbView(a *corpus.Article) *imageView {
	v := newImageView(a, thumbWidth, thumbHeight)
	if v == nil {
		return nil
	}
	if echoes(a.Image.Alt, a.Title) {
		v.Alt = "" // the headline beside it says the same
	}
	if phone := newImageView(a, phoneWidth, phoneHeight).Width; phone < phoneWidth {
		v.Phone = phone
	}
	return v
}

// newImageView fits a's image into a box, never enlarging it. It is nil if there
// is no image.
func newImageView(a *corpus.Article, width, height int) *imageView {
	if a.Image == nil || webURL(a.Image.URL) == "" {
		return nil
	}
	v := &imageView{URL: webURL(a.Image.URL), Alt: disarm(a.Image.Alt), Width: width}
	if w, h := a.Image.Width, a.Image.Height; w > 0 && h > 0 {
		v.Width = max(1, min(width, w, height*w/h))
		v.Height = min(height, max(1, (v.Width*h+w/2)/w))
	}
	return v
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

// offeringViews lays the offerings out in two columns, filled row by row.
func offeringViews(offerings []Offering) [][]offeringView {
	const topics = 3 // more would make a column of labels
	var rows [][]offeringView
	for i, o := range offerings {
		var labels []string
		for _, t := range o.Topics[:min(topics, len(o.Topics))] {
			labels = append(labels, t.Label)
		}
		v := offeringView{Name: disarm(o.Name), URL: webURL(o.URL), Topics: disarm(strings.Join(labels, " · "))}
		if i%2 == 0 {
			rows = append(rows, nil)
		}
		rows[i/2] = append(rows[i/2], v)
	}
	return rows
}
