package doctor

import "slices"

// Rule is one thing that mailbox providers want of those who send to many (Gmail
// and Yahoo since February 2024, Microsoft since May 2025; to many is 5,000 a day
// to one of them, but all of it helps a small list, too).
type Rule struct {
	Wants string
	Who   string
	State State
	areas []string // whose findings tell
}

// State is whether a rule is met.
type State string

// Watch is what only the providers' own tools show.
const (
	Met     State = "met"
	Unmet   State = "not met"
	Unknown State = "not known"
	Watch   State = "watch"
)

// Rules tells of each rule whether it is met, by the findings of an exam.
func Rules(all []Finding) []Rule {
	rules := []Rule{
		{"SPF and DKIM, both, for the sender's domain", "Gmail, Yahoo, Microsoft", "", []string{"spf", "dkim"}},
		{"DMARC with p=none or stricter, and a From that SPF or DKIM speaks for", "Gmail, Yahoo, Microsoft", "", []string{"dmarc"}},
		{"one click to unsubscribe (RFC 8058), done within two days, and a link in the mail", "Gmail, Yahoo; Microsoft: a link that works", "", []string{"unsubscribe", "links"}},
		{"a From that is yours, one of each field, the form of RFC 5322", "Gmail, Yahoo, Microsoft", "", []string{"header"}},
		{"a sender's domain that takes answers and bounces", "Microsoft, Yahoo", "", []string{"mx"}},
		{"TLS on the way", "Gmail", "", []string{"tls"}},
		{"addresses with a name (PTR) that leads back to them", "Gmail, Yahoo", "", []string{"ptr"}},
		{"complaints below 0.1 %, never 0.3 %: see postmaster.google.com, senders.yahooinc.com, sendersupport.olc.protection.outlook.com/snds", "Gmail, Yahoo", Watch, nil},
	}
	for i := range rules {
		if rules[i].State == "" {
			rules[i].State = stateOf(rules[i].areas, all)
		}
	}
	return rules
}

// stateOf is Unmet with an error in one of the areas, Met with an OK in each.
func stateOf(areas []string, all []Finding) State {
	state := Met
	for _, area := range areas {
		has := func(s Severity) bool {
			return slices.ContainsFunc(all, func(f Finding) bool { return f.Area == area && f.Severity == s })
		}
		if has(Error) {
			return Unmet
		}
		if !has(OK) {
			state = Unknown
		}
	}
	return state
}
