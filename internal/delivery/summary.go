package delivery

import "time"

// Summary says how an edition stands after a run:
//
//	Audience = Already + Accepted + Failed + Skipped + Uncertain + Pending
type Summary struct {
	Edition   string    // "weekly/2021-W39"
	Subject   string    // of what is sent
	Frozen    time.Time // when it was frozen
	Changed   bool      // the issue or the sender was changed since; what was frozen is sent
	Audience  int
	Already   int // accepted in earlier runs, or by others at the same time
	Accepted  int // accepted in this run, by this process
	Failed    int // refused for good, in this run or an earlier one
	Skipped   int // there was nothing in their topics, or they unsubscribed after the edition was frozen
	Uncertain int // the server may have it or not
	Pending   int // to be sent by the next run
	Deferred  int // of Pending: were tried, and refused for now

	// Wait is why the run ended before its time, or nil: the send window is closed,
	// or a warm-up's day over.
	Wait *Wait

	// Problems are the deliveries that are failed, uncertain or deferred, in
	// the audience's order.
	Problems []Delivery
}

// Done reports whether everybody has the edition who should.
func (s *Summary) Done() bool { return s.Failed+s.Uncertain+s.Pending == 0 }

func (s *Summary) fill(c counts) {
	s.Failed, s.Skipped, s.Uncertain, s.Pending, s.Deferred = c.failed, c.skipped, c.uncertain, c.pending(), c.deferred
	s.Already = c.accepted - s.Accepted
	s.Audience = c.audience
}
