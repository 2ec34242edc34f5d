package web

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/medigy/newsdesk/internal/mailcheck"
)

// editionView is an edition and its issue as the page shows them.
type editionView struct {
	Name, Words string
	Subject     measured
	Preheader   measured
	Stories     int
	Groups      []storyGroup
	Notes       []string // what of the editor's choices has no effect, and what the mail has no room for
	Hash        string
	Size        size
	From        string // name of the sender, as an inbox shows it
	Date        string // "27 Sep", or "" if the message has none
}

// measured is a line with its length in characters and what inboxes do to it.
type measured struct {
	Text   string
	Length int
	Note   string
	Bad    bool
	Guide  string // the steps, as JSON for the page
}

// guideStep says what inboxes do to a line of at most so many characters.
type guideStep struct {
	Most int    `json:"most"`
	Note string `json:"note"`
	Bad  bool   `json:"bad"`
}

const endless = 1 << 30

// Inboxes show about 40 characters of a subject on a phone and 60 to 70 on a
// desktop, and fill what is left of the line with the preheader.
var (
	subjectGuide = []guideStep{
		{0, "missing", true}, {40, "whole on phones", false}, {70, "phones cut it at about 40", false}, {endless, "inboxes cut it at about 70", true},
	}
	preheaderGuide = []guideStep{
		{0, "missing: inboxes show the mail's first words", true}, {39, "short: inboxes have room for 40 to 100", false},
		{110, "fits", false}, {endless, "inboxes cut it at about 100", false},
	}
)

func measure(s string, guide []guideStep) measured {
	m := measured{Text: s, Length: utf8.RuneCountInString(s)}
	for _, step := range guide {
		if m.Length <= step.Most {
			m.Note, m.Bad = step.Note, step.Bad
			break
		}
	}
	steps, _ := json.Marshal(guide) // of such a type it can't fail
	m.Guide = string(steps)
	return m
}

func measureSubject(s string) measured   { return measure(s, subjectGuide) }
func measurePreheader(s string) measured { return measure(s, preheaderGuide) }

func newEdition(v *shown) *editionView {
	e, issue := v.proof.Edition, v.proof.Issue
	_, from, date := readHeader(v.proof.EML)
	return &editionView{
		Name: e.Period.Name, Words: e.Period.Words(),
		Subject:   measureSubject(issue.Subject),
		Preheader: measurePreheader(issue.Preheader),
		Stories:   len(e.Stories()), Groups: storyGroups(v),
		Notes: append(append([]string{}, e.Notes...), issue.Notes...),
		Hash:  v.proof.Hash, Size: measureSize(len(issue.HTML)),
		From: from, Date: date,
	}
}

// size is how much of what Gmail shows without clipping the HTML takes.
type size struct {
	Bytes, Warn, Limit int
	Words              string // "38.2 KB of 102 KB"
	Near, Over         bool
}

func measureSize(n int) size {
	return size{
		Bytes: n, Warn: mailcheck.WarnSize, Limit: mailcheck.ClipSize,
		Words: fmt.Sprintf("%.1f KB of %d KB", float64(n)/1024, mailcheck.ClipSize/1024),
		Near:  n > mailcheck.WarnSize && n <= mailcheck.ClipSize,
		Over:  n > mailcheck.ClipSize,
	}
}
