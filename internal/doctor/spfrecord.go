package doctor

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// spfRecord is a domain's policy (RFC 7208) with what its terms lead to.
type spfRecord struct {
	terms    []spfTerm
	redirect *spfRecord
}

type spfTerm struct {
	qualifier byte // + - ~ ?
	name      string
	nets      []netip.Prefix // of ip4, ip6, a and mx
	include   *spfRecord
	unknown   bool // depends on the connection: ptr, exists, macros
}

// spfReader reads a record and all that it leads to. A receiver stops at the first
// match; here every term is followed, because the limits must hold for all.
type spfReader struct {
	ctx      context.Context
	resolver *Resolver
	lookups  int // RFC 7208, 4.6.4: at most 10
	voids    int // lookups without an answer; at most 2
	broken   []string
	failed   error    // the DNS did not answer
	skipped  []string // terms that are not evaluated
	path     []string // domains that led here
}

// followed bounds the lookups of a record that is far beyond the limit of 10.
const followed = 40

// read reads the record of a domain. It is nil if there is none that counts; why
// is then in broken or failed.
func (r *spfReader) read(domain string) *spfRecord {
	domain = unrooted(domain)
	if slices.Contains(r.path, domain) {
		r.fault("%s includes itself", domain)
		return nil
	}
	r.path = append(r.path, domain)
	defer func() { r.path = r.path[:len(r.path)-1] }()
	all, err := r.resolver.txt(r.ctx, domain)
	if err != nil {
		r.failed = fmt.Errorf("%s: %w", domain, err)
		return nil
	}
	if len(all) == 0 && len(r.path) > 1 {
		r.voids++
	}
	all = slices.DeleteFunc(all, func(text string) bool { return !isSPF(text) })
	if len(all) != 1 {
		if len(r.path) > 1 || len(all) > 1 {
			r.fault("%s has %s (want one)%s", domain, plural(len(all), "SPF record"), quoted(all))
		}
		return nil
	}
	return r.parse(domain, all[0])
}

func isSPF(text string) bool {
	version, _, _ := strings.Cut(text, " ")
	return strings.EqualFold(version, "v=spf1")
}

func (r *spfReader) fault(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(r.broken, text) {
		r.broken = append(r.broken, text)
	}
}

func (r *spfReader) parse(domain, text string) *spfRecord {
	record, redirect, all := new(spfRecord), "", false
	for _, word := range strings.Fields(text)[1:] {
		if i := strings.IndexAny(word, "=:/"); i > 0 && word[i] == '=' {
			if strings.EqualFold(word[:i], "redirect") {
				if redirect != "" {
					r.fault("%s: redirect= is there twice", domain)
				}
				redirect = word[i+1:]
			}
			continue // exp and what later RFCs may bring
		}
		t, ok := r.term(domain, word)
		if !ok {
			continue
		}
		record.terms = append(record.terms, t)
		all = all || t.name == "all"
	}
	if redirect != "" && !all { // RFC 7208, 6.1
		if t := (spfTerm{}); r.target(redirect, &t) {
			record.redirect = r.read(redirect)
		}
	}
	return record
}

// term reads one mechanism and looks up what it names. It is not ok if a receiver
// could not read it either.
func (r *spfReader) term(domain, word string) (t spfTerm, ok bool) {
	t.qualifier = '+'
	rest := word
	if strings.ContainsAny(word[:1], "+-~?") {
		t.qualifier, rest = word[0], word[1:]
	}
	end := strings.IndexAny(rest, ":/")
	if end < 0 {
		end = len(rest)
	}
	t.name = strings.ToLower(rest[:end])
	value, given := strings.CutPrefix(rest[end:], ":")
	ok = true
	switch t.name {
	case "all":
		ok = rest[end:] == ""
	case "ip4", "ip6":
		var net netip.Prefix
		net, ok = parseNet(value)
		ok = ok && net.Addr().Is4() == (t.name == "ip4")
		t.nets = []netip.Prefix{net}
	case "include":
		if ok = given && value != ""; ok && r.target(value, &t) {
			t.include = r.read(value)
		}
	case "a", "mx":
		ok = r.hosts(&t, domain, value)
	case "ptr", "exists":
		ok = t.name == "ptr" || given && value != ""
		t.unknown = true
		r.lookups++
		r.skipped = append(r.skipped, word)
	default:
		ok = false
	}
	if !ok {
		r.fault("%s: %q is no term of SPF", domain, word)
	}
	return t, ok
}

// target counts the lookup of a name and reports whether it can be done here.
func (r *spfReader) target(name string, t *spfTerm) bool {
	r.lookups++
	if strings.Contains(name, "%") {
		t.unknown = true
		r.skipped = append(r.skipped, name)
		return false
	}
	return r.lookups <= followed
}

// hosts looks up the addresses of "a:name/24//64" or of the mail servers of
// "mx:name/24//64"; without a name it is the domain's own. It is not ok if value
// is malformed.
func (r *spfReader) hosts(t *spfTerm, domain, value string) bool {
	name, lengths, _ := strings.Cut(value, "/")
	four, six, _ := strings.Cut("/"+lengths, "//")
	if strings.HasPrefix(lengths, "/") { // only the second
		four, six = "", lengths[1:]
	}
	bits4, ok4 := parseBits(strings.TrimPrefix(four, "/"), 32)
	bits6, ok6 := parseBits(six, 128)
	if !ok4 || !ok6 {
		return false
	}
	if name == "" {
		name = domain
	}
	if !r.target(name, t) {
		return true
	}
	names := []string{name}
	if t.name == "mx" {
		names = r.mailServers(name)
	}
	for _, host := range names {
		all, err := r.resolver.addresses(r.ctx, host)
		if t.name == "a" || err != nil {
			r.answered(host, len(all), err)
		}
		for _, ip := range all {
			bits := bits4
			if ip.Is6() {
				bits = bits6
			}
			t.nets = append(t.nets, netip.PrefixFrom(ip, bits).Masked())
		}
	}
	return true
}

func (r *spfReader) mailServers(domain string) (names []string) {
	all, err := r.resolver.mx(r.ctx, domain)
	r.answered(domain, len(all), err)
	if len(all) > 10 { // RFC 7208, 4.6.4
		r.fault("mx:%s names %d servers (10 are allowed)", domain, len(all))
		all = all[:10]
	}
	for _, mx := range all {
		names = append(names, mx.Host)
	}
	return names
}

// answered notes how a lookup went.
func (r *spfReader) answered(name string, n int, err error) {
	switch {
	case err != nil:
		r.failed = fmt.Errorf("%s: %w", name, err)
	case n == 0:
		r.voids++
	}
}

// parseNet reads an address or a network.
func parseNet(text string) (netip.Prefix, bool) {
	if ip, err := netip.ParseAddr(text); err == nil && ip.Zone() == "" {
		return netip.PrefixFrom(ip, ip.BitLen()), true
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err == nil
}

func parseBits(text string, most int) (int, bool) {
	if text == "" {
		return most, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0 && n <= most && text[0] != '+'
}

// check gives the qualifier of the first term that matches an address: + is what
// the domain's mail comes from. It is 'x' if a term that is not evaluated could
// match before.
func (r *spfRecord) check(ip netip.Addr) byte {
	if r == nil {
		return '?'
	}
	unknown := false
	for _, t := range r.terms {
		match := t.name == "all" || slices.ContainsFunc(t.nets, func(n netip.Prefix) bool { return n.Contains(ip) })
		if t.include != nil {
			result := t.include.check(ip)
			match, unknown = result == '+', unknown || result == 'x'
		}
		unknown = unknown || t.unknown
		if match && (!unknown || t.qualifier == '+' && t.name != "all") {
			return t.qualifier
		}
		if match {
			return 'x'
		}
	}
	if result := r.redirected(ip); !unknown || result == '+' {
		return result
	}
	return 'x'
}

func (r *spfRecord) redirected(ip netip.Addr) byte {
	if r.redirect == nil {
		return '?'
	}
	return r.redirect.check(ip)
}

// all gives the qualifier of all others' addresses; 0 is none.
func (r *spfRecord) all() byte {
	for _, t := range r.terms {
		if t.name == "all" {
			return t.qualifier
		}
	}
	if r.redirect != nil {
		return r.redirect.all()
	}
	return 0
}

// quoted gives texts, which come from anybody, as the end of a sentence.
func quoted(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	var each []string
	for _, text := range texts {
		each = append(each, strconv.Quote(text))
	}
	return ": " + strings.Join(each, ", ")
}
