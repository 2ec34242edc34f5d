package main

import (
	"cmp"
	"context"
	"slices"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/web"
)

// Readers finds those as whom the desk can show a digest's editions. It is
// web.Desk's.
func (d *desk) Readers(ctx context.Context, name, text string, most int) (all []web.Reader, err error) {
	err = readDatabase(ctx, d.config, func(db *store.DB) error {
		if text == "" {
			all, err = d.segments(ctx, db, name)
			all = all[:min(most, len(all))]
			return err
		}
		for s, err := range audience.List(ctx, db, audience.Filter{Text: text}) {
			if err != nil || len(all) == most {
				return err
			}
			if s.State != audience.Erased {
				all = append(all, d.reader(name, &s))
			}
		}
		return nil
	})
	return all, err
}

func (d *desk) segments(ctx context.Context, db *store.DB, name string) (all []web.Reader, err error) {
	segments, err := audience.Segments(ctx, db, name, d.app.clock())
	for _, s := range segments {
		all = append(all, web.Reader{Selection: selection(s.Topics, s.Language), Size: s.Size})
	}
	slices.SortStableFunc(all, func(a, b web.Reader) int { return cmp.Compare(b.Size, a.Size) })
	return all, err
}

func (d *desk) reader(name string, s *audience.Subscriber) web.Reader {
	r := web.Reader{Address: s.Address, Name: s.Name, Selection: selection(s.Topics, s.Language)}
	switch {
	case !s.Receives(d.app.clock()):
		r.Why = "gets nothing: " + string(s.State)
	case len(s.Digests) > 0 && !slices.Contains(s.Digests, name):
		r.Why = "gets other digests"
	}
	return r
}

// selection is what somebody gets who chose topics and a language, as the page's
// URL would say it.
func selection(topics []string, language string) digest.Selection {
	if len(topics) == 0 {
		topics = nil
	}
	return digest.Selection{Topics: topics, Language: language}
}
