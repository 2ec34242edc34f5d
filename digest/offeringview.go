package digest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// OfferingNote is what a site says of an offering beyond its articles.
type OfferingNote struct {
	Logo string // absolute URL of a square image; ""
	Line string // one line; the offering's topics if ""
	URL  string // absolute; the offering's own if ""
}

// ReadOfferings reads a site's file of offerings, YAML: a mapping of IDs or
// names to logo, line and url. Errors name the line.
func ReadOfferings(source []byte) (map[string]OfferingNote, error) {
	var notes map[string]OfferingNote
	d := yaml.NewDecoder(bytes.NewReader(source))
	d.KnownFields(true)
	if err := d.Decode(&notes); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(notes)) {
		for _, field := range [][2]string{{"logo", notes[name].Logo}, {"url", notes[name].URL}} {
			if field[1] != "" && webURL(field[1]) == "" {
				return nil, fmt.Errorf("%s: %s %q is not an absolute http or https URL", name, field[0], field[1])
			}
		}
	}
	return notes, nil
}

type offeringView struct {
	Name, URL, Line string
	Logo            string // absolute URL, shown 40 pixels square; ""
}

// offerings lays the offerings out in two columns, filled row by row.
func (b *builder) offerings(offerings []Offering) [][]offeringView {
	var rows [][]offeringView
	for i, o := range offerings {
		if i%2 == 0 {
			rows = append(rows, nil)
		}
		rows[i/2] = append(rows[i/2], b.offering(o))
	}
	return rows
}

func (b *builder) offering(o Offering) offeringView {
	const topics = 3 // more would make a column of labels
	note, found := b.theme.Offerings[o.ID]
	if !found {
		note = b.theme.Offerings[o.Name]
	}
	v := offeringView{Name: brief(o.Name), URL: b.link(o.URL), Line: brief(note.Line), Logo: webURL(note.Logo)}
	if note.URL != "" {
		v.URL = b.link(note.URL)
	}
	if v.Line == "" {
		var labels []string
		for _, t := range o.Topics[:min(topics, len(o.Topics))] {
			labels = append(labels, t.Label)
		}
		v.Line = brief(strings.Join(labels, " · "))
	}
	return v
}

// related gives the edition's offerings that a story names and no story before
// it did, for a digest that shows them under the stories.
func (b *builder) related(s *Story) (all []offeringView) {
	if !b.theme.OfferingsInline {
		return nil
	}
	for _, o := range b.edition.Offerings {
		for _, own := range s.Offerings {
			if own.ID == o.ID && !b.shown[o.ID] {
				b.shown[o.ID] = true
				all = append(all, b.offering(o))
			}
		}
	}
	return all
}
