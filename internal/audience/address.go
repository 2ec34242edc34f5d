package audience

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Limits of RFC 5321, 4.5.3.1. The whole address is limited by the path, 256
// octets with its angle brackets.
const (
	maxLocal   = 64
	maxAddress = 254
	maxName    = 200 // octets of a subscriber's name; ours

	// maxDomain is how many octets a domain has as it is written: at most four for
	// each that it has in ASCII. To find out takes the square of the time (Punycode).
	maxDomain = 4 * maxAddress
)

// ParseAddress reads an address as people write it in lists: "jane@example.org",
// with spaces around it, or "Jane Doe <jane@example.org>". The domain comes out
// in lower case and in ASCII ("bücher.example" as "xn--bcher-kva.example"), the
// part before the @ as it is. It must be ASCII, because few servers take
// anything else (RFC 6531).
func ParseAddress(s string) (address, name string, err error) {
	s = strings.TrimSpace(s)
	if strings.HasSuffix(s, ">") {
		name, s, err = splitName(s)
		if err != nil {
			return "", "", err
		}
	}
	if s == "" {
		return "", "", errors.New("empty (want name@example.org)")
	}
	switch strings.Count(s, "@") {
	case 0:
		return "", "", fmt.Errorf("%s has no @ (want name@example.org)", quote(s))
	case 1:
	default:
		return "", "", fmt.Errorf("%s has more than one @ (want one address)", quote(s))
	}
	local, domain, _ := strings.Cut(s, "@")
	if err := checkLocal(local); err != nil {
		return "", "", fmt.Errorf("%s: %w", quote(s), err)
	}
	domain, err = asciiDomain(domain)
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", quote(s), err)
	}
	if address = s; !strings.HasSuffix(s, domain) || len(s) != len(local)+1+len(domain) {
		address = local + "@" + domain
	}
	if len(address) > maxAddress {
		return "", "", fmt.Errorf("%s: %d characters (at most %d)", quote(s), len(address), maxAddress)
	}
	name, err = cleanName(name)
	return address, name, err
}

// splitName divides "Jane Doe <jane@example.org>". Only the name goes through
// net/mail, which refuses domains that are not ASCII.
func splitName(s string) (name, address string, err error) {
	i := strings.LastIndexByte(s, '<')
	if i < 0 {
		return "", "", fmt.Errorf("%s has > without < (want Name <name@example.org>)", quote(s))
	}
	name, address = strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1:len(s)-1])
	if name == "" {
		return "", address, nil
	}
	if a, err := mail.ParseAddress(name + " <x@example.org>"); err == nil {
		return a.Name, address, nil
	}
	return strings.Trim(name, `"' `), address, nil // "Doe, Jane" without its quotes
}

// checkLocal takes a dot-atom (RFC 5322, 3.2.3). Quoted local parts are allowed
// by the standard too; in lists they are mistakes.
func checkLocal(s string) error {
	if s == "" {
		return errors.New("nothing before the @")
	}
	if len(s) > maxLocal {
		return fmt.Errorf("%d characters before the @ (at most %d)", len(s), maxLocal)
	}
	if s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return errors.New("a dot at the wrong place before the @")
	}
	for _, r := range s {
		switch {
		case r >= 0x80:
			return fmt.Errorf("%q before the @ (only ASCII is allowed there)", r)
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune(".!#$%&'*+-/=?^_`{|}~", r):
		default:
			return fmt.Errorf("%q is not allowed before the @", r)
		}
	}
	return nil
}

func asciiDomain(s string) (string, error) {
	if s == "" {
		return "", errors.New("nothing after the @")
	}
	if plainDomain(s) {
		return s, nil
	}
	if len(s) > maxDomain {
		return "", fmt.Errorf("%d octets after the @ (at most %d)", len(s), maxAddress)
	}
	domain, err := idna.Lookup.ToASCII(s)
	if err == nil {
		// Some characters pass, but their ASCII form does not.
		domain, err = idna.Lookup.ToASCII(domain)
	}
	if err != nil || domain == "" {
		return "", fmt.Errorf("%s is no domain", quote(s))
	}
	labels := strings.Split(domain, ".")
	if len(labels) < 2 {
		return "", fmt.Errorf("domain %s has no dot (want name@example.org)", quote(domain))
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return "", fmt.Errorf("%s is no domain", quote(domain))
		}
	}
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" {
		return "", fmt.Errorf("%s is no domain (a number is no name)", quote(domain))
	}
	return domain, nil
}

// plainDomain reports whether s surely is what the rest of asciiDomain would
// make of it: two or more labels of a-z, 0-9 and single hyphens inside, of which
// the last begins with a letter. Nearly every address of a list is like that.
func plainDomain(s string) bool {
	label, dots, last := 0, 0, byte('.')
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z':
		case '0' <= c && c <= '9' && label > 0:
		case c == '-' && label > 0 && last != '-':
		case c == '.' && label > 0 && last != '-':
			dots++
			label = -1
		default:
			return false
		}
		label++
		last = c
		if label > 63 {
			return false
		}
	}
	return dots > 0 && label > 0 && last != '-' && len(s) <= maxAddress
}

// cleanName makes a name one line without control characters, and without those that
// turn the direction of what stands beside it: in "Ann\u202e" <gro.elpmaxe@…> they make
// another address of the one that follows.
func cleanName(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", fmt.Errorf("%s is not UTF-8 (save the list as UTF-8, or name its encoding: windows-1252)", quote(s))
	}
	if isPlain(s) {
		return s, nil
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
			return ' '
		}
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxName {
		return "", fmt.Errorf("%s is too long (at most %d bytes)", quote(s), maxName)
	}
	return s, nil
}

// isPlain reports whether s is a name that needs no cleaning, as most do.
func isPlain(s string) bool {
	last := byte(' ')
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f || s[i] == ' ' && last == ' ' {
			return false
		}
		last = s[i]
	}
	return len(s) <= maxName && (s == "" || last != ' ')
}

// key is what makes two addresses one subscriber.
func key(address string) string { return strings.ToLower(address) }

// quote shows what somebody wrote, in one line that is not too long.
func quote(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
