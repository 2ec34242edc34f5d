package numbers

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"github.com/medigy/newsdesk/internal/store"
)

// Details are what the rows of the ledger say of an edition.
type Details struct {
	EverDeferred int      `json:"ever_deferred"` // were refused for now at least once, whatever came of it
	Reasons      []Reason `json:"reasons"`       // why something did not go as it should, the most frequent first
	Domains      []Domain `json:"domains"`       // the largest maxDomains, and one without a name for all others
	Relays       []Relay  `json:"relays"`        // mail servers, by name
	Minutes      []Minute `json:"minutes"`       // in which a message was accepted
	First        int64    `json:"first"`         // when the first message was accepted, in seconds since 1970; 0: none was
	Last         int64    `json:"last"`          // and the last
}

// Reason is why deliveries did not succeed, or not yet.
type Reason struct {
	State string `json:"state"` // failed, uncertain, skipped, deferred
	Code  int    `json:"code"`  // SMTP reply code, or 0
	Text  string `json:"text"`  // without what may be an address
	Count int    `json:"count"`
}

// Domain is the recipients of one mail domain.
type Domain struct {
	Name         string `json:"name"`             // "gmail.com"; "" all that have no row of their own
	Others       int    `json:"others,omitempty"` // how many domains those are
	Audience     int    `json:"audience"`
	Accepted     int    `json:"accepted"`
	EverDeferred int    `json:"ever_deferred"`
	Failed       int    `json:"failed"`
	Uncertain    int    `json:"uncertain"`
	Skipped      int    `json:"skipped"`
}

// Relay is what a mail server answered at last.
type Relay struct {
	Name      string `json:"name"`
	Accepted  int    `json:"accepted"`
	Deferred  int    `json:"deferred"`
	Failed    int    `json:"failed"`
	Uncertain int    `json:"uncertain"`
}

// Minute is a minute in which messages were accepted.
type Minute struct {
	Time     int64 `json:"time"` // its first second, since 1970
	Accepted int   `json:"accepted"`
}

const (
	maxDomains = 20
	maxReasons = 50
)

// Peak gives the most messages of a minute.
func (d *Details) Peak() int {
	peak := 0
	for _, m := range d.Minutes {
		peak = max(peak, m.Accepted)
	}
	return peak
}

// Seconds gives how long the sending took, from the first message that was
// accepted to the last; at least 1 if there was one.
func (d *Details) Seconds() int64 {
	if d.First == 0 {
		return 0
	}
	return max(1, d.Last-d.First)
}

// Until gives the seconds from the first accepted message until a share of all was
// accepted, to the minute. The last ones, which a server deferred for hours, say
// little of how fast the sending was.
func (d *Details) Until(share float64) int64 {
	total, sum := 0, 0
	for _, m := range d.Minutes {
		total += m.Accepted
	}
	for _, m := range d.Minutes {
		sum += m.Accepted
		if float64(sum) >= share*float64(total) {
			return min(d.Seconds(), max(1, m.Time+60-d.First))
		}
	}
	return 0
}

// reading is a pass over the rows of an edition.
type reading struct {
	Details
	domains map[string]*Domain
	reasons map[Reason]int // without Count
	relays  map[int64]*Relay
	minutes map[int64]int
}

// ledgerRow is what is read of a delivery.
type ledgerRow struct {
	state, address, name, reason sql.RawBytes
	tries, code                  int
	changed, relay               int64
}

// read counts the rows of an edition, one by one: SQLite takes several times as
// long to sort them by what is wanted.
func (e *Edition) read(ctx context.Context, db *store.DB) (*Details, error) {
	names, err := relayNames(ctx, db)
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, `SELECT state, address, CASE WHEN state = 'accepted' THEN '' ELSE name END,
			CASE WHEN state = 'accepted' THEN '' ELSE reason END, tries, code, changed, relay_id
		FROM delivery WHERE edition_id = $1`, e.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	r := &reading{domains: map[string]*Domain{}, reasons: map[Reason]int{}, relays: map[int64]*Relay{}, minutes: map[int64]int{}}
	var row ledgerRow
	for rows.Next() {
		if err := rows.Scan(&row.state, &row.address, &row.name, &row.reason, &row.tries, &row.code, &row.changed, &row.relay); err != nil {
			return nil, err
		}
		r.take(&row)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return r.details(names), nil
}

func relayNames(ctx context.Context, db *store.DB) (map[int64]string, error) {
	rows, err := db.QueryContext(ctx, `SELECT id, name FROM relay_number`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names := map[int64]string{}
	for rows.Next() {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, err
		}
		names[id] = name
	}
	return names, rows.Err()
}

func (r *reading) take(row *ledgerRow) {
	d := r.domain(row.address)
	relay := r.relays[row.relay]
	if relay == nil {
		relay = new(Relay)
		r.relays[row.relay] = relay
	}
	d.Audience++
	state := string(row.state)
	switch state {
	case "accepted":
		d.Accepted++
		relay.Accepted++
		r.accepted(row.changed)
	case "failed":
		d.Failed++
		relay.Failed++
	case "uncertain":
		d.Uncertain++
		relay.Uncertain++
	case "skipped":
		d.Skipped++
	case "deferred":
		relay.Deferred++
	}
	// The last try of one that failed, or that nobody knows of, is counted, too.
	if row.tries > 1 || row.tries == 1 && state != "failed" && state != "uncertain" {
		d.EverDeferred++
		r.EverDeferred++
	}
	if len(row.reason) > 0 {
		r.reasons[Reason{State: state, Code: row.code, Text: scrub(string(row.reason), string(row.address), string(row.name))}]++
	}
}

func (r *reading) domain(address []byte) *Domain {
	at := strings.LastIndexByte(string(address), '@')
	if d := r.domains[string(address[at+1:])]; d != nil && at >= 0 { // makes no string
		return d
	}
	name := "(erased)"
	if at >= 0 {
		name = strings.ToLower(string(address[at+1:]))
	}
	if r.domains[name] == nil {
		r.domains[name] = &Domain{Name: name}
	}
	return r.domains[name]
}

func (r *reading) accepted(at int64) {
	if r.First == 0 || at < r.First {
		r.First = at
	}
	r.Last = max(r.Last, at)
	r.minutes[at-at%60]++
}

// details sorts what was found.
func (r *reading) details(names map[int64]string) *Details {
	d := &r.Details
	for _, at := range slices.Sorted(maps.Keys(r.minutes)) {
		d.Minutes = append(d.Minutes, Minute{at, r.minutes[at]})
	}
	for id, relay := range r.relays {
		relay.Name = cmp.Or(names[id], "none")
		if relay.Accepted+relay.Deferred+relay.Failed+relay.Uncertain > 0 {
			d.Relays = append(d.Relays, *relay)
		}
	}
	slices.SortFunc(d.Relays, func(a, b Relay) int { return cmp.Compare(a.Name, b.Name) })
	d.Domains = largest(r.domains)
	d.Reasons = frequent(r.reasons)
	return d
}

func largest(domains map[string]*Domain) []Domain {
	var all []Domain
	for _, d := range domains {
		all = append(all, *d)
	}
	slices.SortFunc(all, func(a, b Domain) int { return cmp.Or(b.Audience-a.Audience, cmp.Compare(a.Name, b.Name)) })
	if len(all) <= maxDomains+1 {
		return all
	}
	others := Domain{Others: len(all) - maxDomains}
	for _, d := range all[maxDomains:] {
		others.Audience += d.Audience
		others.Accepted += d.Accepted
		others.EverDeferred += d.EverDeferred
		others.Failed += d.Failed
		others.Uncertain += d.Uncertain
		others.Skipped += d.Skipped
	}
	return append(all[:maxDomains:maxDomains], others)
}

func frequent(reasons map[Reason]int) []Reason {
	var all []Reason
	for reason, n := range reasons {
		reason.Count = n
		all = append(all, reason)
	}
	slices.SortFunc(all, func(a, b Reason) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.State, b.State), a.Code-b.Code, cmp.Compare(a.Text, b.Text))
	})
	if len(all) <= maxReasons {
		return all
	}
	rest := map[string]int{}
	for _, r := range all[maxReasons:] {
		rest[r.State] += r.Count
	}
	all = all[:maxReasons:maxReasons]
	for _, state := range slices.Sorted(maps.Keys(rest)) {
		all = append(all, Reason{State: state, Text: "other reasons", Count: rest[state]})
	}
	return all
}
