package delivery

import (
	"testing"
	"time"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// Sent is the newest of the earlier issues that somebody got.
func TestSent(t *testing.T) {
	if again {
		return
	}
	storetest.Each(t, func(t *testing.T, address string) {
		db, err := store.Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for i, e := range []struct{ period, state string }{
			{"2021-W37", "accepted"}, {"2021-W38", "accepted"}, {"2021-W36", "accepted"}, {"2021-W39", "pending"}, {"2021-W41", "accepted"},
		} {
			var id int64
			err := db.QueryRowContext(t.Context(), `INSERT INTO edition (digest, period, date, hash, issue, sender)
				VALUES ('weekly', $1, '2021-10-04T00:00:00Z', '', $2, $3) RETURNING id`, e.period, []byte(`{"Period":"`+e.period+`"}`), []byte(`{}`)).Scan(&id)
			if err != nil {
				t.Fatal(err)
			}
			_, err = db.ExecContext(t.Context(), `INSERT INTO subscriber (id, address, address_key, name, state, created, changed)
				VALUES ($1, $2, $2, '', 'active', 0, 0)`, i+1, e.period)
			if err == nil {
				_, err = db.ExecContext(t.Context(), `INSERT INTO delivery (edition_id, subscriber_id, address, name, state, changed)
					VALUES ($1, $2, $3, '', $4, 0)`, id, i+1, e.period, e.state)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		for period, want := range map[string]string{"2021-W40": "2021-W38", "2021-W38": "2021-W37", "2021-W36": ""} {
			p, err := digest.ParsePeriod(period, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			issue, err := Sent(t.Context(), db, "weekly", p)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if issue != nil {
				got = issue.Period
			}
			if got != want {
				t.Errorf("before %s: %q, want %q", period, got, want)
			}
		}
	})
}
