package digest

import (
	"html"
	"regexp"
	"slices"

	"github.com/medigy/newsdesk/corpus"
)

// Place is where an image stands in a mail.
type Place string

// The two places: over the lead's headline, as wide as the column, and beside a
// story's, which on a phone is above it.
const (
	OverLead    Place = "lead"
	BesideStory Place = "story"
)

// Picture is an image that was made for a mail from an article's.
type Picture struct {
	URL           string // absolute; where the public page has it from
	Width, Height int    // pixels of the file

	// ContentID is that of the part of the mail that has the picture, without
	// angle brackets (RFC 2392); "" if the mail has it from URL too.
	ContentID string
	Type      string // media type
	Bytes     []byte
}

// Inline is a part of a mail that its HTML shows.
type Inline struct {
	ContentID string // without angle brackets; of other bytes, another
	Type      string // media type
	Data      []byte
}

// Illustrate gives templates that show the pictures that were made for a mail.
// Where find has none for an image, the mail links to the image itself. Render
// calls find, and so it may be called by several goroutines.
func (t *Templates) Illustrate(find func(*corpus.Image, Place) (Picture, bool)) *Templates {
	illustrated := *t
	illustrated.find = find
	return &illustrated
}

// illustrate gives e with pictures instead of images, and those pictures, in
// reading order.
func (t *Templates) illustrate(e *Edition) (*Edition, []Picture) {
	if t.find == nil {
		return e, nil
	}
	var all []Picture
	replace := func(s *Story, at Place) *Story {
		if s.Image == nil {
			return s
		}
		p, ok := t.find(s.Image, at)
		if !ok {
			return s
		}
		all = append(all, p)
		story, article, img := *s, *s.Article, *s.Image
		img.URL, img.Width, img.Height, img.Type, img.Bytes = p.URL, p.Width, p.Height, p.Type, int64(len(p.Bytes))
		article.Image = &img
		story.Article = &article
		return &story
	}
	out := *e
	out.Lead = replace(e.Lead, OverLead)
	out.Sections = slices.Clone(e.Sections)
	for i, section := range out.Sections {
		out.Sections[i].Stories = slices.Clone(section.Stories)
		for j, s := range section.Stories {
			out.Sections[i].Stories[j] = replace(s, BesideStory)
		}
	}
	return &out, all
}

var imageSource = regexp.MustCompile(`(\ssrc=")([^"]*)`)

// embed makes the mail's HTML show the pictures that have a Content-ID from the
// mail's own parts, and gives those parts, each once.
func embed(mail []byte, pictures []Picture) ([]byte, []Inline) {
	byURL := map[string]Picture{}
	for _, p := range pictures {
		if p.ContentID != "" {
			byURL[webURL(p.URL)] = p
		}
	}
	if len(byURL) == 0 {
		return mail, nil
	}
	var parts []Inline
	mail = imageSource.ReplaceAllFunc(mail, func(match []byte) []byte {
		source := imageSource.FindSubmatch(match)
		p, ok := byURL[html.UnescapeString(string(source[2]))]
		if !ok {
			return match
		}
		if !slices.ContainsFunc(parts, func(i Inline) bool { return i.ContentID == p.ContentID }) {
			parts = append(parts, Inline{p.ContentID, p.Type, p.Bytes})
		}
		return []byte(string(source[1]) + "cid:" + p.ContentID)
	})
	return mail, parts
}
