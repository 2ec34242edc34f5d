package doctor

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// mx tells whether answers reach the sender's domain, and bounces theirs.
func (e *Exam) mx(ctx context.Context) {
	e.mxOf(ctx, e.domain())
	if bounces := e.bounces(); bounces != "" {
		e.mxOf(ctx, bounces)
	}
}

func (e *Exam) mxOf(ctx context.Context, domain string) {
	all, err := e.Resolver.mx(ctx, domain)
	if err != nil {
		e.tell("mx", Error, "mx-lookup", "the MX records of "+domain+" can't be looked up: "+err.Error(), "see to the domain's DNS servers")
		return
	}
	if len(all) == 0 {
		if ips, _ := e.Resolver.addresses(ctx, domain); len(ips) > 0 {
			e.tell("mx", Warning, "mx-missing", domain+" has no MX record, only an address", "add one: some receivers refuse senders without")
			return
		}
		e.tell("mx", Error, "mx-missing", domain+" takes no mail: it has neither MX nor address", "add an MX record: bounces and answers go there, and many receivers refuse senders without")
		return
	}
	var good []string
	for _, mx := range all {
		name := unrooted(mx.Host)
		if name == "" {
			e.tell("mx", Error, "mx-null", domain+" says that it takes no mail (null MX, RFC 7505)", "take a sender to whom bounces and answers can go")
			return
		}
		if ips, err := e.Resolver.addresses(ctx, name); err == nil && len(ips) == 0 {
			e.tell("mx", Warning, "mx-no-address", "the mail server "+name+" has no address", "mend the MX record")
			continue
		}
		good = append(good, name)
	}
	if len(good) == 0 {
		e.tell("mx", Error, "mx-no-address", "no mail server of "+domain+" has an address", "mend the MX records")
		return
	}
	e.tell("mx", OK, "mx", "mail to "+domain+" goes to "+strings.Join(good, ", "), "")
}

// ptr tells whether the addresses that mail comes from have names that lead back
// to them, if they are ours: given, or of a relay in the sender's domain.
func (e *Exam) ptr(ctx context.Context) {
	leaves, sure := e.leaves(ctx)
	if len(leaves) == 0 {
		e.tell("ptr", Note, "ptr-unknown", "from which address mail leaves is not known, so not whether it has a name (PTR)", "give it with --leaves ADDRESS")
		return
	}
	if _, err := netip.ParseAddr(e.Relay.Host); !sure && err != nil && organisation(strings.ToLower(e.Relay.Host)) != organisation(e.domain()) {
		e.tell("ptr", Note, "ptr-not-ours", "the names (PTR) of its addresses are the matter of "+e.Relay.Host, "")
		return
	}
	for _, ip := range leaves {
		e.ptrOf(ctx, ip)
	}
}

func (e *Exam) ptrOf(ctx context.Context, ip netip.Addr) {
	names, err := e.Resolver.names(ctx, ip)
	if err != nil {
		e.tell("ptr", Error, "ptr-lookup", fmt.Sprintf("the name of %v can't be looked up: %v", ip, err), "see to the DNS servers of the network")
		return
	}
	if len(names) == 0 {
		e.tell("ptr", Error, "ptr-missing", fmt.Sprintf("%v has no name (PTR): Gmail and others refuse its mail", ip), "let who owns the network set it to the relay's name")
		return
	}
	for _, name := range names {
		if ips, _ := e.Resolver.addresses(ctx, name); slices.Contains(ips, ip) {
			e.tell("ptr", OK, "ptr", fmt.Sprintf("%v is %s, and back", ip, unrooted(name)), "")
			return
		}
	}
	e.tell("ptr", Error, "ptr-forward", fmt.Sprintf("%v is called %s, which does not have that address", ip, unrooted(names[0])), "make the name's A or AAAA record and the PTR record agree")
}
