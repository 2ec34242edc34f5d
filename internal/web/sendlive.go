package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/medigy/newsdesk/internal/delivery"
)

// liveView is how far the sending is, in words.
type liveView struct {
	State, Tag   string
	Who          string // sends it
	Accepted, Of string // "1,230", of those whom it is for
	Done, Total  int    // for the bar: who has an outcome
	Percent      int    // of that
	Rate, Left   string
	Rows         []liveRow // by state
	Reasons      []liveRow // of those who are deferred; Name is when they are tried again
	Trouble      string
}

type liveRow struct{ Name, Count, Text string }

// meters measure how fast editions are sent, from what the database says now and
// then: it does not matter which process sends.
type meters struct {
	mu      sync.Mutex
	samples map[delivery.Key][]sample // of the last window, the oldest first
}

type sample struct {
	at       time.Time
	accepted int
}

// window is over how long a rate is measured.
const window = 10 * time.Second

// take adds a sample.
func (m *meters) take(p *Progress) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.samples == nil {
		m.samples = map[delivery.Key][]sample{}
	}
	all := append(m.samples[p.Key], sample{p.At, p.Accepted})
	for len(all) > 2 && p.At.Sub(all[0].at) > window {
		all = all[1:]
	}
	m.samples[p.Key] = all
}

// rate is in messages a second, 0 if it is not known.
func (m *meters) rate(k delivery.Key, now time.Time) float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.samples[k]
	if len(all) < 2 {
		return 0
	}
	first, last := all[0], all[len(all)-1]
	took := last.at.Sub(first.at).Seconds()
	if took <= 0 || now.Sub(last.at) > window {
		return 0
	}
	return float64(last.accepted-first.accepted) / took
}

// live words a progress.
func (m *meters) live(p *Progress) *liveView {
	wanted, done := p.Audience-p.Skipped, p.Accepted+p.Failed+p.Uncertain
	v := &liveView{Done: done, Total: max(wanted, 1), Accepted: grouped(p.Accepted), Of: grouped(wanted), Trouble: p.Trouble}
	v.Percent = 100 * done / v.Total
	rate := 0.0
	phase := p.phase()
	if phase == "sending" && p.Pending > p.Deferred {
		rate = m.rate(p.Key, p.At)
	}
	if rate > 0 {
		v.Rate = perSecond(rate)
		v.Left = "about " + lasting(time.Duration(float64(p.Pending)/rate*float64(time.Second))) + " left"
	}
	v.State, v.Who, v.Tag = liveState(p, phase, v.Percent, v.Rate)
	for _, r := range []struct {
		name string
		n    int
		text string
	}{
		{"failed", p.Failed, "refused for good"},
		{"uncertain", p.Uncertain, "the server may have it or not"},
		{"skipped", p.Skipped, "nothing for them, or they left"},
		{"pending", p.Pending, "not sent yet"},
		{"deferred", p.Deferred, "of those: refused for now"},
	} {
		if r.n > 0 {
			v.Rows = append(v.Rows, liveRow{r.name, grouped(r.n), r.text})
		}
	}
	for _, r := range p.Reasons {
		v.Reasons = append(v.Reasons, liveRow{r.Next.In(p.At.Location()).Format("15:04:05"), grouped(r.Count), r.Text})
	}
	return v
}

func liveState(p *Progress, phase string, percent int, rate string) (state, who, tag string) {
	switch {
	case p.Here && p.Workers > 1:
		who = "This desk and " + strconv.Itoa(p.Workers-1) + " more send it."
	case p.Here:
		who = "This desk sends it; when the desk stops, so does the sending, and it can be continued."
	case p.Workers == 1:
		who = "Another process sends it."
	case p.Workers > 1:
		who = strconv.Itoa(p.Workers) + " other processes send it."
	}
	switch phase {
	case "sending":
		tag = "Sending " + strconv.Itoa(percent) + " %"
		if rate != "" {
			tag += " · " + rate
		}
		if p.Trouble != "" && rate == "" {
			return "Waiting for a mail server", who, "Waiting " + strconv.Itoa(percent) + " %"
		}
		if p.Pending > 0 && p.Pending == p.Deferred {
			return "Waiting to try again", who, "Waiting " + strconv.Itoa(percent) + " %"
		}
		return "Sending", who, tag
	case "stopped":
		return "Not finished", "Nobody is sending it at the moment.", "Stopped " + strconv.Itoa(percent) + " %"
	case "paused":
		return "Paused", "Nothing is sent until somebody resumes it.", "Paused " + strconv.Itoa(percent) + " %"
	case "cancelled":
		return "Cancelled", "Who had not got it was skipped.", "Cancelled"
	}
	return "Sent", "", "Sent"
}

// sendEvent is what open pages hear while something is being sent.
type sendEvent struct {
	Edition string `json:"edition"` // "/edition/weekly/2021-W39"
	Phase   string `json:"phase"`
	Tag     string `json:"tag"`
	HTML    string `json:"html"` // of the panel's part that moves
}

// lookTime is how often the database is asked while a page is open.
const lookTime = 500 * time.Millisecond

// watchSending tells open pages how sending goes, until ctx ends.
func (p *Preview) watchSending(ctx context.Context) {
	seen := seenSending{phases: map[delivery.Key]string{}}
	for p.options.Clock.After != nil {
		select {
		case <-ctx.Done():
			return
		case <-p.options.Clock.After(lookTime):
		}
		desk := p.state.now().desk
		if desk == nil || desk.Sending == nil || !p.progress.heard() {
			continue
		}
		all, err := desk.Sending.Underway(ctx)
		frozen, line, errNewest := desk.Sending.Newest(ctx)
		if err := errors.Join(err, errNewest); err != nil {
			if ctx.Err() == nil {
				p.log.Warn("how sending goes", "error", err)
			}
			continue
		}
		changed := p.tellSending(all, seen.phases) || line != seen.line
		seen.line = line
		switch {
		case frozen != desk.Frozen && frozen != seen.frozen:
			seen.frozen = frozen // a load that fails is not tried twice a second
			p.load(ctx, nil)
		case changed:
			p.pages.send(p.state.touch())
		}
	}
}

// seenSending is what pages were told last.
type seenSending struct {
	phases       map[delivery.Key]string
	frozen, line int64 // see Sending.Newest
}

// tellSending sends the event, and tells whether a phase has changed, which changes more
// of a page than that.
func (p *Preview) tellSending(all []*Progress, phases map[delivery.Key]string) (changed bool) {
	var events []sendEvent
	for _, one := range all {
		p.meters.take(one)
		phase := one.phase()
		changed = changed || phases[one.Key] != phase
		phases[one.Key] = phase
		v := p.meters.live(one)
		var html bytes.Buffer
		if err := p.page.ExecuteTemplate(&html, "send-live", v); err != nil {
			p.log.Error("the preview's own page", "error", err)
			return false
		}
		events = append(events, sendEvent{"/edition/" + one.Digest + "/" + one.Period, phase, v.Tag, html.String()})
	}
	for k := range phases {
		if !slices.ContainsFunc(all, func(one *Progress) bool { return one.Key == k }) {
			changed = true
			delete(phases, k)
		}
	}
	if len(events) > 0 {
		data, _ := json.Marshal(events) // of strings it can't fail
		p.progress.send(string(data))
	}
	return changed
}
