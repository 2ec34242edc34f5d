package audience

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// story is what a list tells of a subscriber's past.
type story struct {
	since int64  // seconds since 1970, when she agreed; 0 if the list does not tell
	left  int64  // when she left, likewise
	until int64  // when her pause ends, likewise
	from  string // where she agreed: a network address; and dates that can't be read, as they stand there
}

// evidence reports whether the list tells how she agreed, beyond that she is in it.
func (s *story) evidence() bool { return s != nil && (s.since != 0 || s.from != "") }

// Headings of columns that say how a subscriber stands and how she came, as heading
// writes them: those of newsdesk's own export and of Mailchimp, listmonk, Ghost,
// Buttondown, Substack and MailPoet. Of the columns since and from the first that is
// filled counts: to confirm is more than to sign up.
var (
	stateHeadings = []string{"state", "status", "subscriptionstatus", "globalstatus", "liststatus", "subscribertype", "type",
		"zustand", "estado", "statut", "stato"}
	onHeadings      = []string{"subscribedtoemails"}
	offHeadings     = []string{"emaildisabled", "unsubscribed", "optedout"}
	leftHeadings    = []string{"unsubtime", "unsubscribedat", "unsubscriptiondate", "unsubscribedate", "deletedat"}
	bouncedHeadings = []string{"cleantime", "undeliverabilitydate", "bouncedat"}
	sinceHeadings   = []string{"since", "confirmtime", "confirmationtime", "confirmedat", "optintime", "optindate", "subscribedat",
		"subscriptiontime", "subscriptiondate", "creationdate", "createdat", "dateadded", "signupdate"}
	fromHeadings  = []string{"confirmip", "confirmationip", "confirmedip", "optinip", "subscriptionip", "subscribedip", "ipaddress", "ip"}
	untilHeadings = []string{"until"}
)

// pastColumns says in which columns a row tells how its subscriber stands.
type pastColumns struct{ state, on, off, left, bounced, since, from, until []int }

func guessPast(headings []string) pastColumns {
	all := func(names []string) (at []int) {
		for _, name := range names {
			if i := slices.Index(headings, name); i >= 0 {
				at = append(at, i)
			}
		}
		return at
	}
	return pastColumns{all(stateHeadings), all(onHeadings), all(offHeadings), all(leftHeadings), all(bouncedHeadings),
		all(sinceHeadings), all(fromHeadings), all(untilHeadings)}
}

// none reports whether the list has no such column.
func (p *pastColumns) none() bool {
	return len(p.state)+len(p.on)+len(p.off)+len(p.left)+len(p.bounced)+len(p.since)+len(p.from)+len(p.until) == 0
}

// standings are the words by which lists, ours and those of other programs, say how
// somebody stands. In a column of that name may also stand any other word for one who
// gets mail (active, enabled, regular, premium), or that she lives in CA.
var standings = map[string]State{
	"unsubscribed": Unsubscribed, "optedout": Unsubscribed, "optout": Unsubscribed, "suppressed": Unsubscribed,
	"blocked": Unsubscribed, "blocklisted": Unsubscribed, "blacklisted": Unsubscribed, "deleted": Unsubscribed, "removed": Unsubscribed,
	"bounced": Bounced, "cleaned": Bounced, "undeliverable": Bounced, "hardbounced": Bounced,
	"complained": Complained, "complaint": Complained, "spam": Complained, "abuse": Complained,
	"paused": Paused, "disabled": Paused, "inactive": Paused,
	"pending": Pending, "unconfirmed": Pending, "unactivated": Pending, "nonsubscribed": Pending, "notsubscribed": Pending,
	"erased": Erased,
}

// gravity orders states: of what two columns or two rows say the graver counts.
var gravity = []State{"", Active, Paused, Bounced, Unsubscribed, Complained, Pending, Erased}

func graver(a, b State) State {
	if slices.Index(gravity, a) < slices.Index(gravity, b) {
		return b
	}
	return a
}

// standing gives the state that a row tells, or "", and the story. It fails for a row
// that can't be taken: nobody may be asked again or added who has not confirmed.
func (p *pastColumns) standing(fields []string, now time.Time) (state State, s *story, err error) {
	if p.none() {
		return "", nil, nil
	}
	for _, i := range p.state {
		word := field(fields, i)
		state = graver(state, standings[heading(word)])
		if state == Pending || state == Erased {
			return "", nil, fmt.Errorf("is %s in the list (only who has confirmed is taken)", quote(word))
		}
	}
	if slices.ContainsFunc(p.on, func(i int) bool { return says(field(fields, i), false) }) ||
		slices.ContainsFunc(p.off, func(i int) bool { return says(field(fields, i), true) }) ||
		anyFilled(fields, p.left) {
		state = graver(state, Unsubscribed)
	}
	if anyFilled(fields, p.bounced) {
		state = graver(state, Bounced)
	}
	var known story
	known.note(firstFilled(fields, p.from))
	known.since = known.date(firstFilled(fields, p.since), now)
	if state.Left() {
		known.left = known.date(firstFilled(fields, slices.Concat(p.left, p.bounced)), now)
	}
	if text := firstFilled(fields, p.until); state == Paused && text != "" {
		t, ok := parseDate(text)
		if !ok {
			return "", nil, fmt.Errorf("until %s is no date (want 2006-01-02T15:04:05Z)", quote(text))
		}
		known.until = t.Unix()
	}
	if known == (story{}) {
		return state, nil, nil
	}
	return state, &known, nil
}

// date reads a date of the past. One that can't be read is kept as it stands.
func (s *story) date(text string, now time.Time) int64 {
	if text == "" {
		return 0
	}
	if t, ok := parseDate(text); ok && t.Unix() > 0 && !t.After(now) {
		return t.Unix()
	}
	s.note(text)
	return 0
}

// note adds to where she agreed, in one line.
func (s *story) note(text string) {
	if clean, err := cleanName(strings.ToValidUTF8(text[:min(len(text), maxName)], "")); err == nil && clean != "" {
		s.from = strings.TrimPrefix(s.from+", "+clean, ", ")
	}
}

// says reports whether a field says yes, or no; an empty one says neither.
func says(field string, yes bool) bool {
	switch strings.ToLower(field) {
	case "true", "1", "yes", "y", "t":
		return yes
	case "false", "0", "no", "n", "f":
		return !yes
	}
	return false
}

func anyFilled(fields []string, columns []int) bool { return firstFilled(fields, columns) != "" }

// firstFilled gives the first of a row's fields that says something.
func firstFilled(fields []string, columns []int) string {
	for _, i := range columns {
		switch text := field(fields, i); strings.ToLower(text) {
		case "", "null", "none", "n/a", "-", "0", "0000-00-00 00:00:00":
		default:
			return text
		}
	}
	return ""
}

// Dates as the programs above write them; one without a zone is in UTC. The order of
// day and month in 01/02/2021 nobody knows, so it is not among them.
var dateLayouts = []string{time.RFC3339, time.DateTime, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05 MST",
	"2006-01-02T15:04:05", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04", time.DateOnly}

func parseDate(text string) (time.Time, bool) {
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) == len("1500000000") {
		return time.Unix(n, 0), true
	}
	return time.Time{}, false
}
