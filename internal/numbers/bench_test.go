package numbers

import (
	"errors"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// BenchmarkMillion measures what a page waits for with a million subscribers, of
// whom each has a row in the audit log, and an edition that went to all of them:
// the first time, and when what is over was kept.
func BenchmarkMillion(b *testing.B) {
	for _, database := range []struct {
		name    string
		address func(testing.TB) string
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}} {
		b.Run(database.name, func(b *testing.B) {
			db := million(b, database.address(b))
			now := time.Unix(1_700_000_000, 0).In(zone)
			run := func(name string, f func() error) {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						if err := f(); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
			parts := func(when string) {
				run("overview-"+when, func() error { _, err := NewOverview(b.Context(), db, now, 364, "", 52); return err })
				run("growth-"+when, func() error { _, err := growth(b.Context(), db, now, 364, 1); return err })
				run("editions-"+when, func() error { _, err := Editions(b.Context(), db, "", 200); return err })
				run("report-"+when, func() error {
					e, err := find(b.Context(), db, "weekly", "1")
					if err == nil {
						_, err = e.details(b.Context(), db)
					}
					return err
				})
			}
			parts("first")
			if err := errors.Join(KeepDays(b.Context(), db, now), KeepEdition(b.Context(), db, "weekly", "1")); err != nil {
				b.Fatal(err)
			}
			parts("kept")
			run("keep-again", func() error { return KeepDays(b.Context(), db, now) })
			run("count", func() error { _, err := audience.Count(b.Context(), db); return err })
			run("totals", func() error { _, err := NewTotals(b.Context(), db, now); return err })
		})
	}
}

// million fills a database: 1,000,000 subscribers in five states, 64 selections of
// topics, an audit row each over a year; 200 editions, the first with a ledger row
// for each subscriber, and 1,000 audit rows for each.
func million(b *testing.B, address string) *store.DB {
	db, err := store.Open(b.Context(), address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	const n, editions = 1_000_000, 200
	series := `WITH RECURSIVE series (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < $1) `
	for _, s := range []struct {
		text string
		n    int
	}{
		{`INSERT INTO subscriber (address, address_key, name, created, changed, state, topics, language)
			SELECT 'reader' || i || '@domain' || ((i % 997) % 300) || '.example', 'reader' || i, 'Reader', 0, 0,
			CASE i % 20 WHEN 0 THEN 'unsubscribed' WHEN 1 THEN 'bounced' WHEN 2 THEN 'paused' WHEN 3 THEN 'complained' ELSE 'active' END,
			CASE i % 64 WHEN 0 THEN '' ELSE 'topic' || (i % 64) || ' common' END, CASE i % 3 WHEN 0 THEN 'en' ELSE '' END FROM series`, n},
		{`INSERT INTO audit (time, actor, action, subscriber_id, detail) SELECT 1668464000 + i * 31, 'link',
			CASE i % 10 WHEN 0 THEN 'unsubscribe' WHEN 1 THEN 'bounce' ELSE 'add' END, i,
			CASE i % 10 WHEN 0 THEN 'active to unsubscribed' WHEN 1 THEN 'active to bounced; 5.1.1; edition ' || i ELSE 'active' END FROM series`, n},
		{`INSERT INTO edition (digest, period, date, hash, issue, sender, state, audience) SELECT 'weekly', '' || i, '2021-10-04T09:00:00-04:00', '', CAST('{}' AS ` + blob(db) + `), CAST('{}' AS ` + blob(db) + `), 'done',
			CASE i WHEN 1 THEN 1000000 ELSE 0 END FROM series`, editions},
		{`INSERT INTO delivery (edition_id, subscriber_id, address, name, state, tries, code, reason, changed, relay_id)
			SELECT 1, i, 'reader' || i || '@domain' || ((i % 997) % 300) || '.example', 'Reader', CASE i % 50 WHEN 0 THEN 'failed' ELSE 'accepted' END,
			CASE i % 30 WHEN 0 THEN 1 ELSE 0 END, 250, CASE i % 50 WHEN 0 THEN '550 5.1.1 <reader' || i || '@example.org> unknown' ELSE '' END, 1699990000 + i / 1000, 1 + i % 2 FROM series`, n},
		{`INSERT INTO tally (edition_id, worker, accepted, deferred, failed, uncertain, skipped) SELECT 1, i, 980000, 0, 20000, 0, 0 FROM series`, 1},
		{`INSERT INTO audit (time, actor, action, detail, edition_id) SELECT 1668464000 + i * 150, 'link', 'unsubscribe', 'active to unsubscribed', 1 + i % 200 FROM series`, 1000 * editions},
	} {
		if _, err := db.ExecContext(b.Context(), series+s.text, s.n); err != nil {
			b.Fatalf("%v\n%s", err, s.text)
		}
	}
	if db.IsPostgres() {
		if _, err := db.Exec(`ANALYZE`); err != nil {
			b.Fatal(err)
		}
	}
	return db
}

func blob(db *store.DB) string {
	if db.IsPostgres() {
		return "BYTEA"
	}
	return "BLOB"
}
