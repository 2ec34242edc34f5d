package web

import (
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// throttle makes guessing of the password slow. Each address that sent wrong ones
// has to wait, twice as long after every further one; whoever knows the password is
// kept out by nobody else's guesses, but from the same address. Of IPv6 that is the
// network of 48 bits: anybody gets one for nothing, and could guess from another of its
// 65,536 networks of 64 bits each time.
type throttle struct {
	now func() time.Time

	mu sync.Mutex
	by map[netip.Addr]*misses
}

// misses are the wrong passwords of an address.
type misses struct {
	count int
	last  time.Time
	until time.Time // nothing is looked at before
}

const (
	freeMisses = 4               // typing errors
	longest    = 5 * time.Minute // to wait
	forgotten  = time.Hour       // after the last one
	mostMisses = 10000           // addresses that are kept; 1 MB
)

// try notes whether a password from an address was right. If the address has to wait
// it tells how long, and the password counts for nothing.
func (t *throttle) try(address netip.Addr, right bool) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	m := t.by[address]
	if m != nil && m.until.After(now) {
		return m.until.Sub(now)
	}
	if right {
		delete(t.by, address)
		return 0
	}
	if m == nil || now.Sub(m.last) > forgotten {
		m = new(misses)
		t.keep(address, m, now)
	}
	m.count++
	m.last = now
	if over := m.count - freeMisses; over > 0 {
		m.until = now.Add(min(longest, time.Second<<min(over-1, 10)))
	}
	return 0
}

// keep makes room for an address: what is forgotten goes, and if that is not enough,
// the one whose last miss is the longest ago.
func (t *throttle) keep(address netip.Addr, m *misses, now time.Time) {
	if t.by == nil {
		t.by = map[netip.Addr]*misses{}
	}
	if len(t.by) >= mostMisses {
		var oldest netip.Addr
		for a, old := range t.by {
			if now.Sub(old.last) > forgotten {
				delete(t.by, a)
			} else if t.by[oldest] == nil || old.last.Before(t.by[oldest].last) {
				oldest = a
			}
		}
		if len(t.by) >= mostMisses {
			delete(t.by, oldest)
		}
	}
	t.by[address] = m
}

// guesser is the address whose wrong passwords are counted.
func guesser(r *http.Request, proxies []netip.Prefix) netip.Addr {
	address, _ := clientOf(r, proxies)
	if address.Is6() {
		return network(address).Addr()
	}
	return address
}
