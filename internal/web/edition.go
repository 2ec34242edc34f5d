package web

import (
	"bytes"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/medigy/newsdesk/digest"
)

// editionView is an edition and its issue as the page shows them.
type editionView struct {
	Name, Words string
	Subject     measured
	Preheader   measured
	Stories     int
	Groups      []storyGroup
	Hash        string
	Size        size
	Text        string
	Source      []string // lines of the HTML
	Header      string   // of the message
	From        string   // name of the sender, as an inbox shows it
	Date        string   // "27 Sep", or "" if the message has none
}

// measured is a line with its length in characters and what inboxes do to it.
type measured struct {
	Text   string
	Length int
	Note   string
	Bad    bool
}

func newEdition(proof *Proof) *editionView {
	e, issue := proof.Edition, proof.Issue
	header, from, date := readHeader(proof.EML)
	return &editionView{
		Name: e.Period.Name, Words: e.Period.Words(),
		Subject:   measureSubject(issue.Subject),
		Preheader: measurePreheader(issue.Preheader),
		Stories:   len(e.Stories()), Groups: storyGroups(e),
		Hash: proof.Hash, Size: measureSize(len(issue.HTML)),
		Text: string(issue.Text), Source: strings.Split(strings.TrimSuffix(string(issue.HTML), "\n"), "\n"),
		Header: header, From: from, Date: date,
	}
}

// Inboxes show about 40 characters of a subject on a phone and 60 to 70 on a
// desktop, and fill what is left of the line with the preheader.
func measureSubject(s string) measured {
	m := measured{Text: s, Length: utf8.RuneCountInString(s)}
	switch {
	case m.Length == 0:
		m.Note, m.Bad = "missing", true
	case m.Length <= 40:
		m.Note = "whole on phones"
	case m.Length <= 70:
		m.Note = "phones cut it at about 40"
	default:
		m.Note, m.Bad = "inboxes cut it at about 70", true
	}
	return m
}

func measurePreheader(s string) measured {
	m := measured{Text: s, Length: utf8.RuneCountInString(s)}
	switch {
	case m.Length == 0:
		m.Note, m.Bad = "missing: inboxes show the mail's first words", true
	case m.Length < 40:
		m.Note = "short: inboxes have room for 40 to 100"
	case m.Length <= 110:
		m.Note = "fits"
	default:
		m.Note = "inboxes cut it at about 100"
	}
	return m
}

// size is how much of what Gmail shows without clipping the HTML takes.
type size struct {
	Bytes, Limit int
	Words        string // "38.2 KB of 102 KB"
	Near, Over   bool
}

// clipLimit is where Gmail cuts a mail and shows "View entire message": 102 KB
// of HTML, by experience of senders, not by any document of Gmail's.
const clipLimit = 102 * 1024

func measureSize(n int) size {
	return size{
		Bytes: n, Limit: clipLimit,
		Words: fmt.Sprintf("%.1f KB of %d KB", float64(n)/1024, clipLimit/1024),
		Near:  n > clipLimit*9/10 && n <= clipLimit,
		Over:  n > clipLimit,
	}
}

// readHeader takes from the message what the page shows of its header. A
// message that cannot be read is shown without.
func readHeader(eml []byte) (header, from, date string) {
	message, err := mail.ReadMessage(bytes.NewReader(eml))
	if err != nil {
		return "", "", ""
	}
	header, _, _ = strings.Cut(strings.ReplaceAll(string(eml), "\r\n", "\n"), "\n\n")
	if sender, err := mail.ParseAddress(message.Header.Get("From")); err == nil {
		from = sender.Name
		if from == "" {
			from = sender.Address
		}
	}
	if at, err := message.Header.Date(); err == nil {
		date = at.Format("2 Jan")
	}
	return header, from, date
}

// storyGroup is a section of the edition in the list of stories.
type storyGroup struct {
	Name    string
	Stories []storyRow
}

type storyRow struct {
	Title, Source, Date string
	URL, Original       string
	Image               string // path on this server, or ""
}

func storyGroups(e *digest.Edition) []storyGroup {
	var groups []storyGroup
	if e.Lead != nil {
		groups = append(groups, storyGroup{"Lead", []storyRow{newStoryRow(e.Lead)}})
	}
	for _, section := range e.Sections {
		group := storyGroup{Name: "More"}
		if section.Topic != nil {
			group.Name = section.Topic.Label
		}
		for _, s := range section.Stories {
			group.Stories = append(group.Stories, newStoryRow(s))
		}
		groups = append(groups, group)
	}
	return groups
}

func newStoryRow(s *digest.Story) storyRow {
	row := storyRow{
		Title: s.Title, Source: s.Source.Name, Date: s.Published.Format("2 Jan"),
		URL: s.URL, Original: s.Original,
	}
	if s.Image != nil && s.Image.File != "" {
		row.Image = (&url.URL{Path: "/images/" + s.Image.File}).EscapedPath()
	}
	return row
}
