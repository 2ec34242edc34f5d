package corpus

import "time"

// result is what one file gave for choosing: a head, or why there is none.
type result struct {
	head     *Head // nil if it is left out
	sums     sums  // of head
	byPath   bool  // the head's ID is made from the path
	*remarks       // nil for most
}

// remarks are what most files give none of.
type remarks struct {
	leftOut  string
	findings []Finding

	// When the result holds: not before since, not from until on, which are zero
	// if it does not depend on the time.
	since, until time.Time
}

// known reports whether the file has been read.
func (r result) known() bool { return r.head != nil || r.remarks != nil }

// validAt reports whether the file would give the same at another time.
func (r result) validAt(now time.Time) bool {
	if r.head != nil && r.sums.latest >= now.Unix() && r.head.Updated.After(now) {
		return false
	}
	return r.remarks == nil || !now.Before(r.since) && (r.until.IsZero() || now.Before(r.until))
}
