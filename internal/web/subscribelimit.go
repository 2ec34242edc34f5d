package web

import (
	"hash/maphash"
	"net/netip"
	"sync/atomic"
	"time"
)

// rateLimit lets each network do something so many times an hour: IPv4 by its 24
// first bits, IPv6 by its 48, which is what one customer has. Networks are put
// into slots by a hash that nobody outside can guess, so the memory is bounded
// however many there are; two that meet in a slot share what it allows.
type rateLimit struct {
	seed  maphash.Seed
	step  time.Duration // between two, at the rate
	burst time.Duration // that may be used up at once

	slots [1 << 16]atomic.Int64 // when all that was done would be paid off, in ns
}

// newRateLimit allows an hour's number at once and then as it comes back; 0 is no
// limit, nil.
func newRateLimit(perHour int) *rateLimit {
	if perHour == 0 {
		return nil
	}
	return &rateLimit{seed: maphash.MakeSeed(), step: time.Hour / time.Duration(perHour), burst: time.Hour}
}

// allow takes one, or tells after what time there is one.
func (l *rateLimit) allow(address netip.Addr, now time.Time) (wait time.Duration, ok bool) {
	if l == nil {
		return 0, true
	}
	slot := &l.slots[maphash.Comparable(l.seed, network(address))%uint64(len(l.slots))]
	for {
		paid := slot.Load()
		if latest := now.Add(l.burst).UnixNano(); paid > latest { // the clock was put back
			slot.CompareAndSwap(paid, latest)
			continue
		}
		next := max(paid, now.UnixNano()) + int64(l.step)
		if over := next - now.UnixNano() - int64(l.burst); over > 0 {
			return time.Duration(over), false
		}
		if slot.CompareAndSwap(paid, next) {
			return 0, true
		}
	}
}

// network gives the network of an address; all without one are one.
func network(address netip.Addr) netip.Prefix {
	bits := 48
	if address.Is4() {
		bits = 24
	}
	p, err := address.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
