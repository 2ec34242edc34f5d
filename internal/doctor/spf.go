package doctor

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
)

// spf tells of the SPF records of the domains that stand in envelopes (RFC 7208,
// 2.4): the sender's, of letters to one person, and of editions, too, unless their
// bounces go to another.
func (e *Exam) spf(ctx context.Context) {
	e.spfOf(ctx, e.domain())
	if bounces := e.bounces(); bounces != "" {
		e.spfOf(ctx, bounces)
	}
}

// spfOf tells of a domain's record: is it there, can receivers read it, and does it
// name the relay.
func (e *Exam) spfOf(ctx context.Context, domain string) {
	r := &spfReader{ctx: ctx, resolver: e.Resolver}
	record := r.read(domain)
	switch {
	case r.failed != nil:
		e.tell("spf", Error, "spf-lookup", "the SPF record of "+domain+" can't be looked up: "+r.failed.Error(), "see to the domain's DNS servers: receivers put mail off while they fail")
		return
	case record == nil && len(r.broken) == 0:
		e.tell("spf", Error, "spf-missing", domain+" has no SPF record", e.firstSPF(domain))
		return
	}
	for _, text := range r.broken {
		e.tell("spf", Error, "spf-broken", text, "mend the record: receivers ignore one that has an error, and all if there is more than one (permerror)")
	}
	if record == nil {
		return
	}
	e.spfLimits(domain, r)
	e.spfAll(domain, record, r)
	e.spfCovers(ctx, domain, record)
	if len(r.skipped) > 0 {
		e.tell("spf", Note, "spf-partly", "not evaluated of "+domain+": "+strings.Join(r.skipped, ", "), "")
	}
}

func (e *Exam) spfLimits(domain string, r *spfReader) {
	switch do := "replace includes by ip4: and ip6:, and take out those of providers that you left"; {
	case r.lookups > 10:
		e.tell("spf", Error, "spf-lookups", fmt.Sprintf("the SPF record of %s takes %d DNS lookups; receivers stop at 10 and ignore it", domain, r.lookups), do)
	case r.lookups > 8:
		e.tell("spf", Warning, "spf-lookups", fmt.Sprintf("the SPF record of %s takes %d of 10 DNS lookups: if a provider adds one or two, receivers ignore it", domain, r.lookups), do)
	}
	if r.voids > 2 {
		e.tell("spf", Error, "spf-void", fmt.Sprintf("%d names in the SPF record of %s do not exist; receivers allow 2 and ignore it", r.voids, domain), "take them out")
	}
}

func (e *Exam) spfAll(domain string, record *spfRecord, r *spfReader) {
	switch all := record.all(); all {
	case '+':
		e.tell("spf", Error, "spf-all", "the SPF record of "+domain+" lets everybody send (+all)", "end it with -all or ~all")
	case 0, '?':
		e.tell("spf", Warning, "spf-all", "the SPF record of "+domain+" says nothing of others who send in your name", "end it with -all or ~all")
	default:
		if len(r.broken) == 0 {
			e.tell("spf", OK, "spf", fmt.Sprintf("%s has an SPF record that ends in %call and takes %d of 10 lookups", domain, all, r.lookups), "")
		}
	}
}

// spfCovers tells whether the record names the addresses that mail comes from.
// Those of the relay's name are a guess: providers take mail at some and hand it on
// from others.
func (e *Exam) spfCovers(ctx context.Context, domain string, record *spfRecord) {
	leaves, sure := e.leaves(ctx)
	if len(leaves) == 0 {
		e.tell("spf", Note, "spf-unknown", "from which address mail leaves is not known, so not whether SPF of "+domain+" names it", "give it with --leaves ADDRESS")
	}
	for _, ip := range leaves {
		result := record.check(ip)
		switch {
		case result == '+':
			e.tell("spf", OK, "spf-covers", fmt.Sprintf("that of %s names %v", domain, ip), "")
		case result == 'x' || !sure:
			e.tell("spf", Note, "spf-unknown", fmt.Sprintf("that of %s does not plainly name %v of %s, which may hand mail on from another address", domain, ip, e.Relay.Host),
				"add what your mail provider says, or give the address with --leaves ADDRESS")
		default:
			e.tell("spf", Error, "spf-not-covered", fmt.Sprintf("that of %s does not name %v, from which mail leaves", domain, ip), fmt.Sprintf("add %s:%v before all", family(ip), ip))
		}
	}
}

// firstSPF says which record to add where there is none: with the addresses that
// mail leaves from if they were given.
func (e *Exam) firstSPF(domain string) string {
	if len(e.Leaves) == 0 {
		return `add a TXT record ` + domain + ` "v=spf1 include:THE-RELAYS-NAME -all"; your mail provider tells the name`
	}
	record := "v=spf1"
	for _, ip := range e.Leaves {
		record += fmt.Sprintf(" %s:%v", family(ip), ip)
	}
	return `add a TXT record ` + domain + ` "` + record + ` -all", or what your mail provider says`
}

func family(ip netip.Addr) string {
	if ip.Is4() {
		return "ip4"
	}
	return "ip6"
}

// leaves gives the addresses from which mail goes to the world: those that were
// given, for sure, or the public ones of the relay's name.
func (e *Exam) leaves(ctx context.Context) (all []netip.Addr, sure bool) {
	if len(e.Leaves) > 0 {
		return e.Leaves, true
	}
	found := []netip.Addr{}
	if ip, err := netip.ParseAddr(e.Relay.Host); err == nil {
		found = append(found, ip.Unmap())
	} else if e.Relay.Host != "" {
		found, _ = e.Resolver.addresses(ctx, e.Relay.Host) // not known is told by who asks
	}
	for _, ip := range found {
		if ip.IsGlobalUnicast() && !ip.IsPrivate() {
			all = append(all, ip)
		}
	}
	return all, false
}
