// Package delivery sends an issue to the audience once.
//
// The ledger, a table with one row for each subscriber of an edition, is the
// whole state. It is made in one transaction together with the bytes
// (freezing), and each row goes
//
//	pending → leased → sending → accepted | failed | deferred | uncertain | skipped
//
// and, deferred, on to leased when its time has come. The table of all steps is
// transitions, in state.go.
//
// Sending is the intent: committed before a message's final dot. SMTP can't do
// better than that (RFC 1047): when the connection, the machine or this program
// dies between the dot and the reply, nobody here knows whether the server has the
// message. There are never more intents open than connections, so a crash leaves at
// most one such row for each; AfterCrash says what becomes of them. In every other
// state a row can be trusted, so a run that was stopped, by whatever, is continued
// by calling Send again.
//
// # Parts
//
// A subscriber who chose topics or a language gets the part of the edition that
// matches. Freezing renders one for each selection that somebody has; selections
// that choose the same bytes share one (table edition_segment), and each row says
// whose it gets. For whom there is nothing has a row all the same, which begins as
// skipped, so that everybody is accounted for. Rows of a part follow each other: it
// is encoded once, and few are in memory at a time (composers.go).
//
// # Workers
//
// Any number of processes send an edition together. A worker leases a shard of some
// hundred rows at once; the shard's number stands in each row, and every later write
// is a compare-and-set on it. So a worker that froze and wakes up when its lease is
// over, or is taken for dead, writes nothing and sends nothing more. What it had is
// taken back: leased rows are pending again, those being sent are uncertain. A
// worker holds a lock that goes with its process; others see by it at once that it
// was killed, and do not wait for its lease.
//
//	connections ──take──▶ queue ◀──claim── lead (leases, relays, what editors want)
//	     │
//	     └──outcome of one message, intent of the next──▶ committer ──▶ ledger
//
// All connections' writes that wait are one transaction (commit.go): the outcome of
// a message and the intent of the next share it, and the next one's body is on its
// way meanwhile.
//
// A worker that wakes and knows of a message whose dot it did not send says so, which
// makes a done edition one to be sent again (late, commitrows.go). When the way to the
// database breaks, Send begins anew as a worker by itself.
//
// # Limits
//
// What is to be sent passes four gates; each belongs to all workers together:
//
//   - the send window (window.go): outside of it nothing is begun;
//   - the relays' circuit breakers (relay.go), and what a relay that is being warmed up
//     has left of its day (warmup.go), of which a worker takes a little at a time, so
//     that a day has fewer messages after a crash and never more;
//   - the rate of a relay, which connections take turns at (spacing.go, serve.go);
//   - the rate and the connections of the recipient's domain (domain.go, gate.go): rows
//     that have to wait are set aside (parked) and hold back no others; of a large
//     domain those that won't go soon are given back to the ledger, due later (shed.go).
//
// A rate is the lower one of what was configured and of what replies that say "later"
// have made of it: halved at each, and raised again in steps (throttle.go; throttles.go
// keeps it in the database for the other workers and the next run). Workers share a rate
// by their number, and connections by turns (findPlace, place). A server that lets no
// more connections in gets no more for a minute (crowd.go). A run that can't go on for
// long says until when and why (wait.go).
//
// Pace (pace.go) is no limit, but how fast the last edition was sent, for forecasts.
//
// # Editors
//
// Beside the ledger stand the log of who did what with an edition (editionlog.go),
// which nobody can change, and when one is to be sent if somebody said so
// (appointment.go). Neither needs the edition to be frozen.
//
// # Numbers
//
// Each worker keeps a tally of what it changed, in the same transaction; their sum
// is how the edition stands, without counting rows. Before an edition is done, the
// rows are counted and compared:
//
//	accepted + failed + skipped + uncertain = audience
//
// A reply that says "later" (4yz), and a connection that breaks before the dot,
// defer a row, each time for longer, until it is given up. A reply that says "no"
// (5yz) is final. One that is about us and not the recipient (login, sender) stops
// the relay and uses nobody up.
package delivery
