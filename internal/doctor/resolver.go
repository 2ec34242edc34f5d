package doctor

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
)

// Resolver asks the DNS. Names are taken as they are: no search list is applied.
// It is for one goroutine.
type Resolver struct {
	net      net.Resolver
	answered bool  // a question, be it with no
	down     error // of the first question, if that got no answer: no other is asked
}

// NewResolver gives one that asks server, a "host:port", by UDP, or by TCP where
// the answer is too long for it; "" is the system's. Names and addresses in this
// machine's hosts file are still answered by that.
func NewResolver(server string) *Resolver {
	r := new(Resolver)
	if server != "" {
		var d net.Dialer
		r.net = net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return d.DialContext(ctx, network, server)
		}}
	}
	return r
}

// txt gives the TXT records of a name, the strings of each joined. No record is
// no error.
func (r *Resolver) txt(ctx context.Context, name string) ([]string, error) {
	return ask(r, func() ([]string, error) { return r.net.LookupTXT(ctx, rooted(name)) })
}

// mx gives the mail servers of a domain, the preferred first.
func (r *Resolver) mx(ctx context.Context, name string) ([]*net.MX, error) {
	return ask(r, func() ([]*net.MX, error) { return r.net.LookupMX(ctx, rooted(name)) })
}

func (r *Resolver) addresses(ctx context.Context, name string) ([]netip.Addr, error) {
	all, err := ask(r, func() ([]netip.Addr, error) { return r.net.LookupNetIP(ctx, "ip", rooted(name)) })
	for i := range all {
		all[i] = all[i].Unmap()
	}
	return all, err
}

// names gives the names of an address (PTR).
func (r *Resolver) names(ctx context.Context, ip netip.Addr) ([]string, error) {
	return ask(r, func() ([]string, error) { return r.net.LookupAddr(ctx, ip.String()) })
}

func ask[T any](r *Resolver, question func() ([]T, error)) ([]T, error) {
	if r.down != nil {
		return nil, r.down
	}
	all, err := question()
	e, ok := errors.AsType[*net.DNSError](err)
	silent := ok && (e.IsTimeout || strings.Contains(e.Err, "refused"))
	r.answered = r.answered || !silent
	switch {
	case err == nil:
		return all, nil
	case ok && e.IsNotFound:
		return nil, nil
	case !r.answered:
		r.down = errors.New(brief(err))
		return nil, r.down
	case len(all) > 0: // LookupMX, LookupAddr: some records were malformed, the rest is good
		return all, nil
	}
	return nil, errors.New(brief(err))
}

// brief leaves the question out, which is told anyway.
func brief(err error) string {
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		return e.Err
	}
	return err.Error()
}

func rooted(name string) string { return strings.TrimSuffix(name, ".") + "." }

func unrooted(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
