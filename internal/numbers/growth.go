package numbers

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store"
)

// Events are what happened to subscribers in a span of time.
type Events struct {
	New          int `json:"new"`       // came, in whatever way, or came back
	Confirmed    int `json:"confirmed"` // of those: clicked the link of a double opt-in
	Paused       int `json:"paused"`
	Resumed      int `json:"resumed"`
	Unsubscribed int `json:"unsubscribed"`
	Bounced      int `json:"bounced"`
	Complained   int `json:"complained"`
	Erased       int `json:"erased"`
	Soft         int `json:"soft_bounces"` // mails that were not taken for now

	// Left counts who went for good. Who left before and complains then, or is
	// erased, is one more of those above, but went only once.
	Left int `json:"left"`

	net int // how many more are active
}

// fields names what is kept in audience_day. The names are in databases.
func (e *Events) fields() map[string]*int {
	return map[string]*int{
		"new": &e.New, "confirmed": &e.Confirmed, "paused": &e.Paused, "resumed": &e.Resumed, "unsubscribed": &e.Unsubscribed,
		"bounced": &e.Bounced, "complained": &e.Complained, "erased": &e.Erased, "soft": &e.Soft, "left": &e.Left, "net": &e.net,
	}
}

func (e *Events) add(o *Events) {
	other := o.fields()
	for name, field := range e.fields() {
		*field += *other[name]
	}
}

// Span is a day or a week of the audience.
type Span struct {
	Start  time.Time `json:"start"`  // its first instant, in the site's zone
	Active int       `json:"active"` // subscribers at its end, or now
	Events
}

// growth gives the last days up to now, the oldest first, in now's zone. Active is
// how many are active now: the days before are reckoned back from it, so that the
// last one is right whatever is missing in the log.
func growth(ctx context.Context, db *store.DB, now time.Time, days, active int) ([]Span, error) {
	today := midnight(now)
	first := today.AddDate(0, 0, 1-days)
	events, err := eventsSince(ctx, db, first)
	if err != nil {
		return nil, err
	}
	all := make([]Span, days)
	for i := days - 1; i >= 0; i-- {
		start := first.AddDate(0, 0, i)
		all[i] = Span{Start: start, Active: active}
		if e := events[start.Format(time.DateOnly)]; e != nil {
			all[i].Events = *e
			active -= e.net
		}
	}
	return all, nil
}

// Weeks puts days together, seven at a time; the last one is the end of the last
// week, and days that are left over at the beginning are dropped.
func Weeks(days []Span) []Span {
	var all []Span
	for i := len(days) % 7; i < len(days); i += 7 {
		week := Span{Start: days[i].Start, Active: days[i+6].Active}
		for j := range days[i : i+7] {
			week.add(&days[i+j].Events)
		}
		all = append(all, week)
	}
	return all
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// eventsSince gives what happened from first on, by day: what was kept, and the
// rest from the log.
func eventsSince(ctx context.Context, db *store.DB, first time.Time) (map[string]*Events, error) {
	kept, next, err := keptDays(ctx, db, first)
	if err != nil {
		return nil, err
	}
	if next.After(first) {
		first = next
	}
	counted, err := countEvents(ctx, db, first, time.Time{})
	if err != nil {
		return nil, err
	}
	for day, e := range counted {
		kept[day] = e
	}
	return kept, nil
}

// quarter is how exactly SQL tells when something happened, in seconds: the days of
// every time zone begin at one.
const quarter = 15 * 60

// countEvents reads the audit log from a time on, and before another unless that is
// zero, and gives what happened by the day of from's zone.
func countEvents(ctx context.Context, db *store.DB, from, to time.Time) (map[string]*Events, error) {
	end := int64(1) << 62
	if !to.IsZero() {
		end = to.Unix()
	}
	days := map[string]*Events{}
	day := func(seconds int64) *Events {
		name := time.Unix(seconds, 0).In(from.Location()).Format(time.DateOnly)
		if days[name] == nil {
			days[name] = new(Events)
		}
		return days[name]
	}
	if err := countImports(ctx, db, from.Unix(), end, day); err != nil {
		return nil, err
	}
	// Of the detail, which differs from row to row, the change of state.
	change := `CASE INSTR(detail, ';') WHEN 0 THEN detail ELSE SUBSTR(detail, 1, INSTR(detail, ';') - 1) END`
	if db.IsPostgres() {
		change = `SPLIT_PART(detail, ';', 1)`
	}
	rows, err := db.QueryContext(ctx, fmt.Sprintf(`SELECT time / %d, action, actor = 'link',
			CASE WHEN action = 'soft bounce' THEN '' ELSE %s END, COUNT(*)
		FROM audit WHERE time >= $1 AND time < $2
			AND (action IN ('add', 'confirm', 'unsubscribe', 'pause', 'resume', 'bounce', 'soft bounce', 'complaint', 'erase')
				OR action = 'import' AND subscriber_id IS NOT NULL AND (detail LIKE 'active to %%' OR detail LIKE 'paused to %%'))
		GROUP BY 1, 2, 3, 4`, quarter, change), from.Unix(), end)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var slot int64
		var action, change string
		var link bool
		var n int
		if err := rows.Scan(&slot, &action, &link, &change, &n); err != nil {
			return nil, err
		}
		day(slot*quarter).count(action, change, link, n)
	}
	return days, rows.Err()
}

// count takes n rows of the audit log.
func (e *Events) count(action, change string, link bool, n int) {
	from, to, ok := strings.Cut(change, " to ")
	if !ok {
		from, to = "", change // "active" of one who was added
	}
	if from == "active" {
		e.net -= n
	}
	if to == "active" {
		e.net += n
	}
	if gone(to) && !gone(from) {
		e.Left += n
	}
	switch action {
	case "add":
		e.New += n
		if link {
			e.Confirmed += n
		}
		return
	case "confirm":
		e.Confirmed += n
		return
	case "soft bounce":
		e.Soft += n
		return
	}
	switch to {
	case "paused":
		e.Paused += n
	case "active":
		e.Resumed += n
	case "unsubscribed":
		e.Unsubscribed += n
	case "bounced":
		e.Bounced += n
	case "complained":
		e.Complained += n
	case "erased":
		e.Erased += n
	}
}

// gone reports whether who is in a state has left for good.
func gone(state string) bool {
	switch audience.State(state) {
	case audience.Unsubscribed, audience.Bounced, audience.Complained, audience.Erased:
		return true
	}
	return false
}

// countImports takes the rows that an import wrote of a batch each.
func countImports(ctx context.Context, db *store.DB, from, to int64, day func(int64) *Events) error {
	rows, err := db.QueryContext(ctx, `SELECT time, detail FROM audit
		WHERE time >= $1 AND time < $2 AND action = 'import' AND subscriber_id IS NULL`, from, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var at int64
		var detail string
		if err := rows.Scan(&at, &detail); err != nil {
			return err
		}
		// "list.csv: 98 added (3 paused), 0 left, …"
		var added, paused int
		if i := strings.LastIndex(detail, ": "); i >= 0 {
			fmt.Sscanf(detail[i:], ": %d added (%d paused)", &added, &paused)
		}
		e := day(at)
		e.New += added
		e.net += added - paused
	}
	return rows.Err()
}
