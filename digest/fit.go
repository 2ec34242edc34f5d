package digest

import (
	"fmt"
	"slices"
)

// Gmail shows about 102 KB of a mail's HTML and hides the rest, with the
// footer, behind a link. A subscriber's own URLs are longer than the marks that
// stand for them, and servers on the way add to a mail; hence the distance.
const (
	warnSize = 80_000
	trimSize = 93_000

	trimmedSummary = 90 // characters
)

// fit renders e's HTML into i. If that is too long, summaries become shorter;
// if it still is, the largest sections lose their last stories, which the
// public page has. The same edition always loses the same ones.
func (t *Templates) fit(e *Edition, i *Issue) (view, error) {
	r := allRoom
	v, err := t.renderHTML(e, i, r)
	if err != nil {
		return v, err
	}
	if size := len(i.HTML); size > trimSize {
		r.summary = trimmedSummary
		if v, err = t.renderHTML(e, i, r); err != nil {
			return v, err
		}
		i.Notes = append(i.Notes, fmt.Sprintf("the HTML would have %d KB, and Gmail clips a mail near 102: summaries are shortened to %d characters", kilobytes(size), trimmedSummary))
	}
	r.cut = make([]int, len(e.Sections))
	for len(i.HTML) > trimSize && r.drop(e, len(i.HTML)-trimSize, len(i.HTML)) {
		if v, err = t.renderHTML(e, i, r); err != nil {
			return v, err
		}
	}
	i.Notes = append(i.Notes, longAddresses(e)...)
	for n, s := range e.Sections {
		for _, story := range s.Stories[len(s.Stories)-r.cut[n]:] {
			i.Trimmed = append(i.Trimmed, story.Head)
			i.Notes = append(i.Notes, fmt.Sprintf("no room in the mail, only on its public page: %s", brief(story.Title)))
		}
	}
	if size := len(i.HTML); size > warnSize {
		i.Notes = append(i.Notes, fmt.Sprintf("the HTML has %d KB: Gmail clips a mail near 102 (want less than %d)", kilobytes(size), kilobytes(warnSize)))
	}
	return v, nil
}

// longAddresses tells of the URLs that webURL leaves out for their length.
func longAddresses(e *Edition) (notes []string) {
	tell := func(what, name, u string) {
		if len(u) > longestURL/3 && webURL(u) == "" && webURL(u[:longestURL/3]) != "" { // encoded, a byte is three
			notes = append(notes, fmt.Sprintf("%s is left out, its address is over %d bytes long: %s", what, longestURL, brief(name)))
		}
	}
	for _, s := range e.Stories() {
		tell("the link to the story's own page", s.Title, s.URL)
		tell("the link to the original", s.Title, s.Original)
		if s.Image != nil {
			tell("the image", s.Title, s.Image.URL)
		}
	}
	for _, o := range e.Offerings {
		tell("the link to the offering", o.Name, o.URL)
	}
	return notes
}

// renderHTML renders e's HTML once, with r's room.
func (t *Templates) renderHTML(e *Edition, i *Issue, r room) (view, error) {
	v := newView(e, t.theme, t.links, r)
	html, err := execute(t.html, htmlName, v)
	i.HTML = html
	return v, err
}

// drop leaves out as many stories, one after the other from the section that
// then has most, as should save over of size bytes. It is false if none is left.
func (r *room) drop(e *Edition, over, size int) bool {
	left := make([]int, len(e.Sections))
	total := 1 // the lead
	for i, s := range e.Sections {
		left[i] = len(s.Stories) - r.cut[i]
		total += left[i]
	}
	dropped := false
	for range over*total/size + 1 {
		if len(left) == 0 {
			break
		}
		most := slices.Max(left)
		if most == 0 {
			break
		}
		for i := len(left) - 1; i >= 0; i-- { // of two as large, the later
			if left[i] == most {
				left[i]--
				r.cut[i]++
				break
			}
		}
		dropped = true
	}
	return dropped
}

func kilobytes(n int) int { return (n + 999) / 1000 }
