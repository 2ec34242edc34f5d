// Package store opens the database that holds subscribers, editions and
// deliveries, and brings its schema up to date.
//
// The database is one SQLite file. It runs in WAL mode with synchronous=FULL,
// because the ledger of deliveries is a promise: what was committed before the
// last dot of a message must still be there after a power cut (NORMAL may lose
// the last commits). There is one connection: SQLite has one writer anyway,
// and callers then never meet "database is locked". Hence nobody may keep a
// result set open while asking something else; listings read page by page.
//
// Times are seconds since 1970 UTC in BIGINT columns, and parameters are
// written $1, which SQLite and PostgreSQL both understand.
//
// The packages that own the tables (audience: subscriber; delivery: edition,
// delivery) write their own SQL. Only the schema is here, in migrations, so
// that it changes in one place and in one order.
package store
