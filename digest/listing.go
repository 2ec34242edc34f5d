package digest

import (
	"bytes"
	"cmp"
	"html"
	"strings"
	"time"

	"github.com/medigy/newsdesk/internal/colour"
	"github.com/medigy/newsdesk/internal/words"
)

// Listing is what the list of a digest's issues, and their feeds, say of one.
// There is nothing personal in it, and no utm_ parameter.
type Listing struct {
	Digest   string       `json:"digest"`   // name of the series
	Period   string       `json:"period"`   // "2021-W39"
	Date     time.Time    `json:"date"`     // when it came out: the period's end, or when it was frozen
	Language string       `json:"language"` // BCP 47
	Subject  string       `json:"subject"`  // one line
	Summary  string       `json:"summary"`  // one line
	When     string       `json:"when"`     // the period in words: "27 September – 3 October 2021"
	Count    string       `json:"count"`    // "8 stories"
	Image    *ListedImage `json:"image,omitempty"`
	Content  string       `json:"content,omitempty"` // the issue as plain HTML, for a feed
}

// ListedImage is the lead's image. What is not known of it is zero.
type ListedImage struct {
	URL    string `json:"url"` // absolute
	Alt    string `json:"alt,omitempty"`
	Type   string `json:"type,omitempty"`
	Bytes  int64  `json:"bytes,omitempty"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// list says of e what its view shows.
func (t *Templates) list(e *Edition, v view) (Listing, error) {
	content, err := execute(t.html, feedName, v)
	l := Listing{
		Digest: e.Digest, Period: e.Period.Name, Date: e.Period.End, Language: v.Language,
		Subject: v.Subject, Summary: cmp.Or(v.Preheader, v.Lead.Summary), When: v.Period, Count: v.Count,
		Content: string(content),
	}
	if shown := v.Lead.Image; shown != nil {
		i, alt := e.Lead.Image, shown.Alt
		if alt == v.Words.Picture {
			alt = "" // which a link has to have, and nothing else
		}
		l.Image = &ListedImage{URL: shown.URL, Alt: alt, Type: i.Type, Bytes: i.Bytes, Width: i.Width, Height: i.Height}
	}
	return l, err
}

// Between these comments a public page has the link to a neighbour. No article
// can write one: its "<" is escaped.
const (
	neighbourMark = "<!--newsdesk:"
	neighbourEnd  = "<!--/newsdesk:"
)

// WithNeighbours gives a public page, as Render or WithNeighbours made it, with
// links to the issues before and after its own; nil is none. What is frozen of a
// page is all else.
func WithNeighbours(page []byte, previous, next *Listing) []byte {
	page = putBetween(page, "previous-->", neighbourLink(previous, "prev", "← ", ""))
	return putBetween(page, "next-->", neighbourLink(next, "next", "", " →"))
}

func neighbourLink(l *Listing, rel, before, after string) string {
	if l == nil {
		return ""
	}
	if words.Direction(l.Language) == "rtl" {
		before, after = strings.ReplaceAll(before, "←", "→"), strings.ReplaceAll(after, "→", "←")
	}
	return `<a href="../` + html.EscapeString(l.Period) + `/" rel="` + rel + `" style="display:inline-block;padding:12px 0;color:inherit">` +
		before + html.EscapeString(l.When) + after + `</a>`
}

// putBetween puts text where the page has its mark. A page of a site's own template
// that has none stays.
func putBetween(page []byte, mark, text string) []byte {
	head, rest, found := bytes.Cut(page, []byte(neighbourMark+mark))
	_, tail, ended := bytes.Cut(rest, []byte(neighbourEnd+mark))
	if !found || !ended {
		return page
	}
	return bytes.Join([][]byte{head, []byte(neighbourMark + mark + text + neighbourEnd + mark), tail}, nil)
}

// indexView is what issues.html shows.
type indexView struct {
	Title, Language, Dir string
	Home, Feeds          string // absolute
	Accent, AccentDark   string
	Words                *words.Words
	Years                []yearView
}

type yearView struct {
	Name   string
	Issues []Listing
}

// The pages' panels, on which the accent has least contrast.
// templates/partials/page-style.html has the same values.
const (
	lightPanel = "#f5f2ec"
	darkPanel  = "#1e2127"
)

// Index renders the page that lists a digest's issues, which are given newest
// first. It is for the folder of the issues: its links are relative.
func (t *Templates) Index(title, language string, all []Listing) ([]byte, error) {
	v := indexView{
		Title: title, Language: language, Dir: words.Direction(language), Home: t.links.Home, Feeds: t.links.Base,
		Accent:     colour.Readable(t.theme.Accent, lightPanel, "#000000"),
		AccentDark: colour.Readable(cmp.Or(t.theme.Dark.Accent, t.theme.Accent), darkPanel, "#ffffff"),
		Words:      wordsOf(language, t.theme.Words),
	}
	for _, l := range all {
		year, _, _ := strings.Cut(l.Period, "-")
		if n := len(v.Years); n == 0 || v.Years[n-1].Name != year {
			v.Years = append(v.Years, yearView{Name: year})
		}
		last := &v.Years[len(v.Years)-1]
		last.Issues = append(last.Issues, l)
	}
	return execute(t.html, indexName, v)
}
