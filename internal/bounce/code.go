package bounce

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	enhanced = regexp.MustCompile(`(?:^|[^0-9.])([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:[^0-9.]|\.?$|\. )`)
	reply    = regexp.MustCompile(`(?:^|[^0-9.])([245][0-5][0-9])(?:[ \t:-]|$)`)
)

// statusCodes gives the enhanced status code (RFC 3463) and SMTP's reply code. What
// the server said is more exact than the Status X.0.0 that a report makes of it.
func statusCodes(status, said string) (code string, number int) {
	if found := enhanced.FindStringSubmatch(status); found != nil {
		code = found[1]
	}
	if found := enhanced.FindStringSubmatch(said); found != nil && (code == "" || strings.HasSuffix(code, ".0.0")) {
		code = found[1]
	}
	if found := reply.FindStringSubmatch(said); found != nil {
		number, _ = strconv.Atoi(found[1])
	}
	return code, number
}

// What servers say, in any language of theirs that was met. Codes are often wrong
// where the words are right.
var (
	saysFull    = wording(`mailbox (is )?full`, `over ?quota`, `quota (is )?(exceeded|exhausted)`, `exceed(s|ed|ing)? .{0,30}quota`, `out of storage`, `insufficient (system )?storage`, `mailbox size limit`, `postfach (ist )?voll`, `inbox is (out of|full)`, `bo[iî]te .{0,20}pleine`, `buz[oó]n lleno`)
	saysUnknown = wording(`user (is )?unknown`, `unknown user`, `no such (user|recipient|mailbox|address|person)`, `(address|user|recipient|account|mailbox|addressee|email) .{0,80}(does not|doesn't|didn't) (exist|have)`, `does not exist at the organi[sz]ation`, `unknown (recipient|mailbox|local part|address)`, `(recipient|mailbox|user|address) (was )?not found`, `address not found`, `invalid (recipient|mailbox|address)`, `no mailbox here by that name`, `mailbox (is )?(unavailable|disabled|inactive|not available)`, `account (has been |is )?(disabled|inactive|closed|suspended|terminated)`, `account that you tried to reach (does not exist|is disabled)`, `not listed in (the )?domino directory`, `not a valid (mailbox|recipient|user)`, `(user|recipient) .{0,40}not (exist|known)`, `doesn't have a .{1,40} account`, `host (or domain name )?not found`, `domain (name )?not found`, `(host|domain) .{0,80}(does not|doesn't) exist`, `name or service not known`, `no longer (with|works|valid|exists)`, `unrouteable address`, `empf[aä]nger .{0,60}(unbekannt|existiert nicht)`, `n'existe pas`, `no existe`, `пользователь не найден`, `такого пользователя нет`, `该用户不存在`)
	saysBlocked = wording(`spam`, `block(ed|ing|list)`, `black ?list`, `blocklist`, `reputation`, `dmarc`, `\bspf\b`, `dkim`, `policy`, `rate limit`, `too many (connections|messages)`, `content rejected`, `message (was )?rejected`, `access denied.{0,20}\b(ip|client|sender)\b`, `not authori[sz]ed`, `greylist`, `virus`, `unsolicited`, `message too (large|big)`, `size limit`)
	saysDelayed = wording(`this is a warning message only`, `you do not need to resend`, `delivery .{0,40}(has been |is |been )?delayed`, `will (continue to be|be) retried`, `(will|we'll) (keep|continue) trying`, `not (yet )?been delivered .{0,120}(hours|minutes)`, `noch nicht zugestellt`)
	saysGaveUp  = wording(`queue too long`, `retry time(out)? (not reached|exceeded|expired)`, `(message|delivery (time)?) ?expired`, `timed? ?out`, `connection (refused|lost|reset)`, `could not be delivered for the last`, `try again later`, `temporar`)
)

func wording(patterns ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?is)(?:` + strings.Join(patterns, "|") + `)`)
}

// failure tells a dead address from one that did not take this mail. Who is in doubt
// gets another mail: only what says that the address is gone, or nothing else at all,
// is Hard.
func failure(v Verdict) Kind {
	said := v.Diagnostic
	switch {
	case strings.HasPrefix(v.Code, "4."), v.Code == "" && v.Reply/100 == 4, saysFull.MatchString(said):
		return Soft
	case gone(v.Code):
		if saysBlocked.MatchString(said) && !saysUnknown.MatchString(said) {
			return Soft
		}
		return Hard
	case ours(v.Code):
		return Soft
	case saysUnknown.MatchString(said):
		return Hard
	case v.Code == "5.0.0" && said == "", v.Code == "5.0.0" && !saysBlocked.MatchString(said) && !saysGaveUp.MatchString(said):
		return Hard
	case v.Code == "" && (v.Reply == 550 || v.Reply == 551 || v.Reply == 553) && !saysBlocked.MatchString(said):
		return Hard
	}
	return Soft
}

// gone reports whether a code says that the address is (RFC 3463, 3.2 to 3.5; RFC
// 7505 for 5.1.10): bad mailbox, system or syntax, moved, disabled, no route.
// Exchange says 5.4.1 for a recipient that it does not know, 5.4.310 for a domain.
func gone(code string) bool {
	switch code {
	case "5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.1.351", "5.2.1", "5.4.1", "5.4.4", "5.4.310":
		return true
	}
	return false
}

// ours reports whether a code is about the sender or this mail, whatever else the
// server says: bad sender, mailbox full, too large, loops.
func ours(code string) bool {
	switch code {
	case "5.1.7", "5.1.8", "5.2.2", "5.2.3", "5.3.4", "5.4.6", "5.4.7", "5.4.14", "5.4.300":
		return true
	}
	return strings.HasPrefix(code, "5.6.")
}

// Blocked reports whether a Soft verdict is about the sender or the mail, as where a
// server takes it for spam: that says nothing of the subscriber's mailbox.
func (v Verdict) Blocked() bool {
	return v.Kind == Soft && !full(v.Code, v.Diagnostic) &&
		(len(v.Code) > 3 && v.Code[1:4] == ".7." || saysBlocked.MatchString(v.Diagnostic))
}

// full reports whether a mailbox has no room.
func full(code, said string) bool {
	return strings.HasSuffix(code, ".2.2") || saysFull.MatchString(said)
}

// Refusal tells what a server means that refuses a recipient while the mail is sent,
// at RCPT TO: Hard if it says that the address does not exist, Soft if that is full,
// and Unknown for all else. It believes less than Parse does of reports: a relay
// whose settings are wrong refuses everybody ("550 relay not permitted"). The code is
// SMTP's, the enhanced one (RFC 3463) may be "".
func Refusal(code int, enhanced, text string) Kind {
	named := saysUnknown.MatchString(text)
	switch {
	case code/100 != 5:
		return Unknown
	case full(enhanced, text):
		return Soft
	case saysBlocked.MatchString(text) && !named:
		return Unknown
	}
	switch enhanced {
	case "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1":
		return Hard
	case "", "5.0.0", "5.1.0", "5.4.1", "5.4.4", "5.5.0":
		if named {
			return Hard
		}
	}
	return Unknown
}
