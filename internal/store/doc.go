// Package store opens the database that holds subscribers, editions and
// deliveries, and brings its schema up to date.
//
// The database is one SQLite file, or PostgreSQL where several machines work on
// it.
//
// SQLite runs in WAL mode with synchronous=FULL, because the ledger of
// deliveries is a promise: what was committed before the last dot of a message
// must still be there after a power cut (NORMAL may lose the last commits).
// There is one connection: SQLite has one writer anyway, and callers then never
// meet "database is locked". Hence nobody may keep a result set open while
// asking something else; listings read page by page. PostgreSQL does not mind,
// but has several writers: who reads a row to change it locks it first, by an
// update that changes nothing.
//
// The SQL is the same for both: times are seconds since 1970 UTC in BIGINT
// columns, parameters are written $1, ids come by RETURNING. Only edition.date is
// RFC 3339, because the messages' Date has its zone.
//
// The packages that own the tables write their own SQL: audience (subscriber and what
// is known of one, suppression, audit, returned), signup (signup, signup_request),
// outbox (outbox), delivery (edition, delivery and what stands beside them) and
// numbers (audience_day, edition_numbers). Only the schema is here, in migrations, so
// that it changes in one place and in one order. River has tables of its own, which
// package work makes.
package store
