package numbers

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// Report is one edition, with those before it to compare.
type Report struct {
	Edition
	Subject string
	Details *Details
	Before  []Edition // of the same digest, at most ten, the oldest first
	Now     time.Time
}

// NewReport counts an edition, or fails with ErrNotFrozen. The database may have
// been opened for reading.
func NewReport(ctx context.Context, db *store.DB, digest, period string, now time.Time) (*Report, error) {
	r := &Report{Now: now}
	var err error
	if r.Edition, err = find(ctx, db, digest, period); err != nil {
		return nil, err
	}
	if r.Subject, err = subject(ctx, db, &r.Edition); err != nil {
		return nil, err
	}
	if r.Details, err = r.Edition.details(ctx, db); err != nil {
		return nil, err
	}
	r.Before, err = attributed(ctx, db, `e.digest = $1 AND e.id < $2`, 10, digest, r.id)
	return r, err
}

// reportPage is the data of report.html.
type reportPage struct {
	head
	Edition   Edition
	Words     string
	State     string
	Frozen    string
	Tiles     []tile
	Parts     []part
	Legend    []legend
	Pace      *chart
	After     []afterRow
	Domains   []domainRow
	Relays    []relayRow
	Reasons   []reasonRow
	Deferrals string
}

type legend struct{ Class, Name, Value, Share, Note string }

type afterRow struct{ Name, Value, Share, Usual, Note string }

type domainRow struct {
	Domain
	Title, Reached string
	Parts          []part
}

type relayRow struct {
	Relay
	Share string
}

type reasonRow struct {
	Reason
	Class, Number string
}

// stateWords are the states of an edition for people.
var stateWords = map[string]string{
	"frozen": "Frozen, not sent yet", "sending": "Being sent", "paused": "Paused", "cancelled": "Cancelled", "done": "Done",
}

func newReportPage(r *Report, h head) *reportPage {
	e, d, zone := r.Edition, r.Details, r.Now.Location()
	h.Title = cmp.Or(r.Subject, e.Name())
	p := &reportPage{
		head: h, Edition: e, Words: periodWords(e.Period, e), State: cmp.Or(stateWords[e.State], e.State),
		Frozen: e.Frozen.In(zone).Format("2 January 2006, 15:04 MST"), Parts: outcome(e), Legend: legendOf(e), After: r.after(),
		Tiles: []tile{
			{"Audience", whole(e.Audience), "when it was frozen"},
			{"Accepted", percent(share(e.Accepted, e.Audience)), whole(e.Accepted) + " messages"},
			{"Took", lasting(d.Until(.99)), "for 99 % of them; " + lasting(d.Seconds()) + " for all"},
			{"Fastest minute", whole(d.Peak()), "messages"},
		},
	}
	if d.EverDeferred > 0 {
		p.Deferrals = fmt.Sprintf("%s (%s) were refused for now at least once.", whole(d.EverDeferred), percent(share(d.EverDeferred, e.Audience)))
	}
	if len(d.Minutes) > 1 { // of one the tiles tell it all
		c := paceChart(d, zone)
		p.Pace = &c
	}
	for _, domain := range d.Domains {
		p.Domains = append(p.Domains, newDomainRow(domain))
	}
	for _, relay := range d.Relays {
		p.Relays = append(p.Relays, relayRow{relay, percent(share(relay.Accepted, e.Accepted))})
	}
	for _, reason := range d.Reasons {
		class := map[string]string{"failed": "bad", "skipped": "none"}[reason.State]
		p.Reasons = append(p.Reasons, reasonRow{reason, cmp.Or(class, "warn"), whole(reason.Count)})
	}
	return p
}

func legendOf(e Edition) []legend {
	var all []legend
	for _, l := range []struct {
		class, name string
		n           int
		note        string
	}{
		{"one", "Accepted", e.Accepted, "the mail servers took them over"},
		{"bad", "Failed", e.Failed, "refused for good, or later too often"},
		{"warn", "Uncertain", e.Uncertain, "the server may have it or not"},
		{"warn", "Deferred", e.Deferred, "refused for now"},
		{"none", "Skipped", e.Skipped, "nothing in their topics, or left before it was their turn"},
		{"rest", "Pending", e.Pending - e.Deferred, "not tried yet"},
	} {
		if l.n > 0 || l.name == "Accepted" {
			all = append(all, legend{l.class, l.name, whole(l.n), percent(share(l.n, e.Audience)), l.note})
		}
	}
	return all
}

// after is what readers did, beside what is usual.
func (r *Report) after() []afterRow {
	usual := func(rate func(*Edition) float64) string {
		if len(r.Before) == 0 {
			return "–"
		}
		sum := 0.0
		for i := range r.Before {
			sum += rate(&r.Before[i])
		}
		return percent(sum / float64(len(r.Before)))
	}
	e := &r.Edition
	soft := func(e *Edition) float64 { return share(e.Soft, e.Accepted+e.Failed+e.Uncertain) }
	return []afterRow{
		{"Unsubscribed", whole(e.Unsubscribed), percent(e.UnsubscribeRate()), usual((*Edition).UnsubscribeRate), "by a link in this edition, of those who got it"},
		{"Complained", whole(e.Complained), percent(e.ComplaintRate()), usual((*Edition).ComplaintRate), "called it spam, of those who got it; Gmail and Yahoo want less than 0.1 %"},
		{"Bounced", whole(e.Bounced), percent(e.BounceRate()), usual((*Edition).BounceRate), "the address is dead, of those tried; they get no more mail"},
		{"Bounced for now", whole(e.Soft), percent(soft(e)), usual(soft), "a full mailbox, for instance, of those tried"},
	}
}

func newDomainRow(d Domain) domainRow {
	title := d.Name
	if d.Others > 0 {
		title = fmt.Sprintf("%s others", whole(d.Others))
	}
	return domainRow{d, title, percent(share(d.Accepted, d.Audience)),
		divide(d.Audience, []slice{{"one", d.Accepted}, {"bad", d.Failed}, {"warn", d.Uncertain}, {"none", d.Skipped}})}
}

// maxPace is how many bars the chart of the pace has at most.
const maxPace = 120

// paceChart shows the messages of each minute, or of so many minutes as fit.
func paceChart(d *Details, zone *time.Location) chart {
	first, last := d.Minutes[0].Time/60, d.Minutes[len(d.Minutes)-1].Time/60
	width := int64(1)
	for _, w := range []int64{1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440} {
		if width = w; (last-first)/w < maxPace {
			break
		}
	}
	s := series{class: "one", values: make([]float64, (last-first)/width+1)}
	for _, m := range d.Minutes {
		s.values[(m.Time/60-first)/width] += float64(m.Accepted)
	}
	form := "15:04"
	if last-first >= 24*60 {
		form = "2 Jan 15:04"
	}
	var labels, texts []string
	t := table{Head: []string{"From", "Accepted"}}
	for i, v := range s.values {
		at := time.Unix((first+int64(i)*width)*60, 0).In(zone).Format(form)
		labels = append(labels, at)
		texts = append(texts, fmt.Sprintf("%s: %s messages", at, whole(int(v))))
		if v > 0 {
			t.Rows = append(t.Rows, []string{at, whole(int(v))})
		}
	}
	top := scale(s.values)
	note := "messages a minute"
	if width > 1 {
		note = fmt.Sprintf("messages in %s", lasting(width*60))
	}
	return chart{ID: "pace", Title: "Pace", Note: note,
		Alt: fmt.Sprintf("Accepted messages over time, from %s to %s; at most %s.", labels[0], labels[len(labels)-1], whole(int(slices.Max(s.values)))),
		Y:   []string{short(top), short(top / 2), "0"}, X: some(labels, 4), Lines: grid(),
		Shapes: []shape{bars(s, chartHeight, chartHeight/top)}, Columns: columns(texts), Table: t}
}
