// Package delivery sends an issue to the audience once.
//
// The ledger, a table with one row for each subscriber of an edition, is the
// whole state. It is made in one transaction together with the bytes
// (freezing), and each row goes
//
//	pending → sending → accepted | failed | uncertain
//	pending → skipped
//
// where sending is the intent: committed when the server has all of a message
// but the final dot. SMTP can't do better than that (RFC 1047): when the
// connection, the machine or this program dies between the dot and the reply,
// nobody here knows whether the server has the message. There is one
// connection, so a crash leaves at most one such row; AfterCrash says what
// becomes of it. In every other state a row can be trusted, so a run that was
// stopped, by whatever, is continued by calling Send again.
//
// A reply that says "later" (4yz), and a connection that breaks before the dot,
// leave the row pending; it is tried again at the end of the run and in the
// next run. A reply that says "no" (5yz) is final.
//
// Two processes never send at the same time: Send holds a lock that the
// operating system releases when the process ends. Beneath it, the step from
// pending to sending is a compare-and-set.
package delivery
