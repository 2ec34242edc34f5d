package store

import (
	"context"
)

// Health is how a database is.
type Health struct {
	Schema, Newest int64    // the schema's number, and the newest that this program knows: the next Open brings it there
	Problems       []string // what SQLite finds damaged, at most ten
}

// Health looks through the whole file, of PostgreSQL at the schema alone. It changes
// nothing; OpenRead is enough.
func (db *DB) Health(ctx context.Context) (Health, error) {
	h := Health{Newest: newestMigration()}
	if ok, err := db.Has(ctx, "goose_db_version"); err != nil {
		return h, explain(err)
	} else if ok {
		if err := db.QueryRowContext(ctx, `SELECT MAX(version_id) FROM goose_db_version WHERE is_applied`).Scan(&h.Schema); err != nil {
			return h, explain(err)
		}
	}
	if db.postgres {
		return h, nil // it has checksums and tools of its own
	}
	rows, err := db.QueryContext(ctx, `PRAGMA integrity_check(10)`)
	if err != nil {
		return h, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return h, err
		}
		if text != "ok" {
			h.Problems = append(h.Problems, text)
		}
	}
	return h, explain(rows.Err())
}
