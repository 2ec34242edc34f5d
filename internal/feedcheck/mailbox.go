package feedcheck

import (
	"regexp"
	"strings"
)

const atomAddress = `[A-Za-z0-9!#$%&'*+/=?^_{|}~.` + "`" + `-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.?`

var (
	addrSpec    = regexp.MustCompile(`^` + atomAddress + `$`)
	withName    = regexp.MustCompile(`^` + atomAddress + ` \([^()]*\)$`)
	someAddress = regexp.MustCompile(`(^|[<\s,;"])(` + atomAddress + `)($|[>\s,;"])`)
	wordBefore  = regexp.MustCompile(`^[^\s<,]+\s+` + atomAddress)
)

// contact checks a person of RSS: an address of mail, then the name in
// parentheses.
func (c *checker) contact(at spot, s string) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "mailto:")
	switch {
	case withName.MatchString(s):
	case addrSpec.MatchString(s):
		c.report(at, "MissingRealName", "%s lacks the person's name (want %s (Name))", short(s), s)
	case wordBefore.MatchString(s) && !strings.Contains(s, "<"), !someAddress.MatchString(s):
		c.report(at, "InvalidContact", "%s has no address of mail (want name@example.com (Name), or dc:creator for a bare name)", short(s))
	default:
		c.report(at, "EmailFormat", "%s has its parts in another order (want name@example.com (Name))", short(s))
	}
}

// mailAddress checks a bare address (RFC 5322 addr-spec), as Atom wants it.
func (c *checker) mailAddress(at spot, s string) {
	_, host, _ := strings.Cut(s, "@")
	switch {
	case !addrSpec.MatchString(s):
		c.report(at, "InvalidAddrSpec", "%s is not a bare address of mail (want name@example.com)", short(s))
	case !strings.Contains(host, "."):
		c.report(at, "UnknownHost", "the host %s has no dot in it", short(host))
	}
}
