package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/delivery"
)

func TestPlanInWords(t *testing.T) {
	for name, test := range map[string]struct {
		plan                 Plan
		who, duration, basis string
		skipped              int
	}{
		"nobody": {Plan{}, "0 subscribers", "", "", 0},
		"one":    {Plan{Segments: []SegmentCount{{Count: 1}}}, "1 subscriber", "", "", 0},
		"measured": {Plan{PerSecond: 410, Measured: true, Segments: []SegmentCount{{Count: 120000}, {Topics: []string{"ehr"}, Count: 3456}, {Language: "fr", Count: 7, Nothing: true}}},
			"123,456 subscribers", "about 5 minutes", "at 410/s, like the edition before", 7},
		"limited": {Plan{PerSecond: 2, Segments: []SegmentCount{{Count: 100000}}}, "100,000 subscribers", "about 13 h 53 min", "as the servers’ limits allow", 0},
	} {
		v := newPlanView(&test.plan, strings.ToUpper)
		if v.Who != test.who || v.Duration != test.duration || v.Basis != test.basis || v.Skipped != test.skipped {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestSkippedAreGrouped(t *testing.T) {
	v := newPlanView(&Plan{Segments: []SegmentCount{{Topics: []string{"ehr"}, Count: 1141, Nothing: true}}}, strings.ToUpper)
	if v.NoStory != "1,141" {
		t.Errorf("got %q", v.NoStory)
	}
}

// Editors know topics by their names, not by their slugs.
func TestSegmentsInWords(t *testing.T) {
	d := &Desk{Topics: []*corpus.Topic{
		{Slug: "himss-business", Label: "Business", Vocabulary: "HIMSS"}, {Slug: "chime-business", Label: "Business", Vocabulary: "CHIME"},
		{Slug: "telehealth-rural-care", Label: "Rural Care", Vocabulary: "Telehealth"},
	}}
	v := newPlanView(&Plan{Segments: []SegmentCount{
		{Count: 5}, {Topics: []string{"himss-business", "telehealth-rural-care"}, Language: "es"}, {Topics: []string{"gone"}}, {Language: "fr"},
	}}, d.topicNames())
	var got []string
	for _, s := range v.Segments {
		got = append(got, s.Words)
	}
	want := []string{"everything", "Business (HIMSS), Rural Care, in es", "gone", "all topics, in fr"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTopicsAreSortedAsPeopleDo(t *testing.T) {
	list := []option{{Words: "Topic 10"}, {Words: "Topic 2"}, {Words: "health"}, {Words: "Écoles"}, {Words: "Topic 1"}, {Words: "Zoonoses"}}
	sortOptions(list)
	var got []string
	for _, o := range list {
		got = append(got, o.Words)
	}
	if want := []string{"Écoles", "health", "Topic 1", "Topic 2", "Topic 10", "Zoonoses"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Why nobody would get an edition, and what to do.
func TestNobodyInWords(t *testing.T) {
	for want, plan := range map[string]Plan{
		"imported": {},
		"active":   {States: []StateCount{{"paused", 3}}},
		"story":    {States: []StateCount{{"active", 3}}, Segments: []SegmentCount{{Count: 3, Nothing: true}}},
	} {
		if got := newPlanView(&plan, strings.ToUpper).nobody(); !strings.Contains(got, want) {
			t.Errorf("%+v: %q, want %q in it", plan, got, want)
		}
	}
}

// What the page says and offers in each state.
func TestProgressInWords(t *testing.T) {
	at := time.Date(2021, 10, 4, 7, 0, 0, 0, time.UTC)
	sending := delivery.Status{State: delivery.EditionSending, Audience: 1100, Accepted: 400, Skipped: 100, Pending: 600}
	with := func(change func(*Progress)) Progress {
		p := Progress{Key: delivery.Key{Digest: "weekly", Period: "2021-W39"}, Status: sending, At: at}
		change(&p)
		return p
	}
	for name, test := range map[string]struct {
		progress          Progress
		phase, state, tag string
		first             string // button
	}{
		"here":      {with(func(p *Progress) { p.Here, p.Workers = true, 1 }), "sending", "Sending", "Sending 40 % · 100/s", "pause"},
		"elsewhere": {with(func(p *Progress) { p.Workers = 2 }), "sending", "Sending", "Sending 40 % · 100/s", "pause"},
		"deferred":  {with(func(p *Progress) { p.Here, p.Deferred = true, 600 }), "sending", "Waiting to try again", "Waiting 40 %", "pause"},
		"no server": {with(func(p *Progress) { p.Here, p.Deferred, p.Trouble = true, 600, "refused" }), "sending", "Waiting for a mail server", "Waiting 40 %", "pause"},
		"nobody":    {with(func(*Progress) {}), "stopped", "Not finished", "Stopped 40 %", "continue"},
		"paused":    {with(func(p *Progress) { p.State = delivery.EditionPaused }), "paused", "Paused", "Paused 40 %", "resume"},
		"done": {with(func(p *Progress) {
			p.State, p.Accepted, p.Failed, p.Uncertain, p.Pending = delivery.EditionDone, 990, 8, 2, 0
		}), "done", "Sent", "Sent", "retry-failed"},
		"cancelled": {with(func(p *Progress) { p.State, p.Failed = delivery.EditionCancelled, 3 }), "cancelled", "Cancelled", "Cancelled", ""},
	} {
		m := new(meters)
		for i := range 5 { // 100 a second, until now
			past := test.progress
			past.At, past.Accepted = at.Add(time.Duration(i-4)*time.Second), past.Accepted-(4-i)*100
			m.take(&past)
		}
		v, first := m.live(&test.progress), ""
		if all := acts(&test.progress); len(all) > 0 {
			first = all[0].Do
		}
		if got := test.progress.phase(); got != test.phase || v.State != test.state || v.Tag != test.tag || first != test.first {
			t.Errorf("%s: %q, %q, %q, %q", name, got, v.State, v.Tag, first)
		}
	}
}
