package delivery

import (
	"strings"
	"time"
)

// Domain limits what a recipient's domain gets, from all relays and workers together.
// A zero is no limit.
type Domain struct {
	// Names are the domains that share the limit: those of one provider. "*" is every
	// other domain, each for itself.
	Names []string

	Connections   int     // that have a message to it, at a time
	Rate          float64 // messages a second
	PerConnection int     // messages by one connection, after which another is dialled
}

// destination is a recipients' domain at work. The engine's lock guards it.
type destination struct {
	name  string // the first of its names
	limit Domain
	spacing
	throttle

	using int    // connections that have a message to it
	rows  []*row // that wait: taken from the queue
	later time.Time
}

// domains are the domains that have a limit, or were slowed; nil are none.
type domains struct {
	byName map[string]*destination
	every  *Domain // the limit for all others, or nil

	parked  int          // rows that wait
	next    time.Time    // when the first may go, or
	changed bool         // look now
	found   *destination // whose row is to be taken next; nil: the queue's
}

func newDomains(limits []Domain) *domains {
	d := &domains{byName: map[string]*destination{}}
	for _, limit := range limits {
		var shared *destination
		for _, name := range limit.Names {
			name = strings.ToLower(name)
			switch {
			case name == "*":
				d.every = &limit
			case shared == nil:
				shared = newDestination(name, limit)
				d.byName[name] = shared
			default:
				d.byName[name] = shared
			}
		}
	}
	return d
}

func newDestination(name string, limit Domain) *destination {
	return &destination{name: name, limit: limit, throttle: throttle{name: "domain " + name}}
}

// domainOf gives the domain of an address, as the limits are named by.
func domainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

// maxDomains is how many are remembered before those that are idle are forgotten.
const maxDomains = 4096

// of gives the domain of a row, or nil if nothing limits it.
func (d *domains) of(r *row) *destination {
	name := domainOf(r.address)
	one := d.byName[name]
	if one == nil && d.every != nil {
		if len(d.byName) >= maxDomains {
			d.forget(r.shard.deadline)
		}
		one = newDestination(name, *d.every)
		d.byName[name] = one
	}
	return one
}

// forget drops the domains of which nothing is known that counts.
func (d *domains) forget(now time.Time) {
	for name, one := range d.byName {
		if one.using == 0 && len(one.rows) == 0 && one.rate == 0 && one.since.IsZero() && one.free.Before(now) {
			delete(d.byName, name)
		}
	}
}

// get gives a domain by its name, which is then known.
func (d *domains) get(name string) *destination {
	one := d.byName[name]
	if one == nil {
		limit := Domain{}
		if d.every != nil {
			limit = *d.every
		}
		one = newDestination(name, limit)
		d.byName[name] = one
	}
	return one
}

// drop forgets the rows of a shard that others have taken, and tells how many.
func (d *domains) drop(s *shard) (n int) {
	for name, one := range d.byName {
		if one.name != name {
			continue
		}
		kept := one.rows[:0:0]
		for _, r := range one.rows {
			if r.shard != s {
				kept = append(kept, r)
			}
		}
		n += len(one.rows) - len(kept)
		one.rows = kept
	}
	d.parked -= n
	return n
}
