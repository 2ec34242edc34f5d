// Package work runs newsdesk's background jobs: on any number of machines it makes
// each scheduled edition once and sends it from all of them.
//
//	schedule ──due──▶ job "edition": make, check, freeze ──▶ ledger (frozen)
//	                                                            │ every worker sees it
//	           one job "deliver" for each edition and worker ◀──┘
//
// The jobs are River's (riverqueue.com), in tables of its own that Open makes or
// brings up to date, in the database that has the ledger. River runs a job at least
// once; what must happen once is held by the ledger, by (digest, period) and
// (edition, address), so that a job which runs twice changes nothing.
//
// A worker has a number, which is a lock that goes with its process, and a queue of
// that number for its deliveries. So the next process with the number knows that
// whatever stands in the queue was left by a dead one, and takes it away: the ledger
// tells what is to be done.
//
// River polls on both kinds of database, so that the code is the same. It has a
// handle of its own: what it asks never waits for a connection that delivery holds.
package work
