// Package work runs newsdesk's background jobs: on any number of machines it makes
// each scheduled edition once and sends it from all of them.
//
//	schedule ──due──▶ job "edition": make, check, freeze ──▶ ledger (frozen)
//	                                                            │ every worker sees it
//	           one job "deliver" for each edition and worker ◀──┘
//
// And it does chores, such as sending letters and reading bounces: one at a time,
// whoever of the workers comes first. newsdesk serve is a worker that does nothing
// else.
//
//	tables of the chore ──Due?──▶ job "chore" ──▶ Do
//
// The jobs are River's (riverqueue.com), in tables of its own that Open makes or
// brings up to date, in the database that has the ledger. River runs a job at least
// once; what must happen once is held by the ledger, by (digest, period) and
// (edition, address), so that a job which runs twice changes nothing.
//
// A worker has a number, which is a lock that goes with its process, and a queue of
// that number for its deliveries. So the next process with the number knows that
// whatever stands in the queue was left by a dead one, and takes it away: the ledger
// tells what is to be done. Other jobs of a dead worker are taken over by any that
// finds its lock free; it looks every 15 seconds. A process that is stopped, but not
// dead, loses its job after ten minutes.
//
// River polls on both kinds of database, so that the code is the same: once a second
// for editions, every five for chores, which the one that made the job takes at once.
// Jobs that were done are kept for an hour. River has a handle of its own: what it
// asks never waits for a connection that delivery holds.
//
// Clocks may be wrong: which schedules are done is written down, and by the ledger
// an edition is made once whatever is written. What a clock that was more than a day
// ahead has written does not count.
package work
