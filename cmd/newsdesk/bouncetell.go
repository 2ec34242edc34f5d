package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/bounce"
)

// tellVerdict writes a verdict and what it changed, at once: the mail is marked as
// read after that.
func tellVerdict(w io.Writer, asJSON bool, v bounce.Verdict, effect audience.Effect) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(struct {
			bounce.Verdict
			Effect audience.Effect `json:"effect"`
		}{v, effect})
	}
	line := fmt.Sprintf("%-11s  %-14s  %s  %-6s  %s", v.Kind, cmp.Or(effect, "-"), cmp.Or(v.Address, "-"), cmp.Or(v.Code, "-"), v.Diagnostic)
	_, err := fmt.Fprintln(w, strings.TrimRight(line, " "))
	return err
}

// rows is the summary: how many of each kind, and what they changed.
func (s *returnSink) rows() []row {
	var rows []row
	for _, of := range []struct {
		name  string
		kinds []bounce.Kind
	}{
		{"hard", []bounce.Kind{bounce.Hard}},
		{"soft", []bounce.Kind{bounce.Soft}},
		{"complaints", []bounce.Kind{bounce.Complaint}},
		{"unsubscribed", []bounce.Kind{bounce.Unsubscribe}},
		{"automatic", []bounce.Kind{bounce.AutoReply, bounce.Delayed, bounce.Delivered}},
		{"refused", []bounce.Kind{bounce.Refused}},
		{"unknown", []bounce.Kind{bounce.Unknown}},
	} {
		total, texts := 0, []string{}
		for _, kind := range of.kinds {
			for _, effect := range slices.Sorted(maps.Keys(s.counted[kind])) {
				n := s.counted[kind][effect]
				total += n
				if effect != "" {
					texts = append(texts, number(n)+" "+string(effect))
				}
			}
		}
		if total > 0 {
			rows = append(rows, row{of.name, number(total), strings.Join(texts, ", ")})
		}
	}
	return rows
}
