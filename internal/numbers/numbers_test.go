package numbers

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// zone has summer time: its days have 23 and 25 hours now and then.
var zone = func() *time.Location {
	z, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	return z
}()

type desk struct {
	*testing.T
	db     *store.DB
	hashes *audience.Suppressor
}

func open(t *testing.T, address string) *desk {
	t.Helper()
	db, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	hashes, err := audience.OpenSuppressor(t.Context(), db, bytes.NewReader(make([]byte, 64)))
	if err != nil {
		t.Fatal(err)
	}
	return &desk{t, db, hashes}
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *desk) exec(query string, args ...any) {
	d.Helper()
	_, err := d.db.Exec(query, args...)
	d.must(err)
}

func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		panic(err)
	}
	return t
}

// add adds a subscriber by a link or by a command, and gives her number.
func (d *desk) add(address, by string, state audience.State, when time.Time) int64 {
	d.Helper()
	_, _, err := audience.Add(d.Context(), d.db, d.hashes, audience.Signup{Address: address, State: state}, audience.Act{By: by, Now: when})
	d.must(err)
	s, err := audience.Find(d.Context(), d.db, address)
	d.must(err)
	return s.ID
}

// TestGrowth lets an audience live through some days and looks at it, before and
// after the days were kept.
func TestGrowth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, address string) {
		d := open(t, address)
		_, err := audience.Import(t.Context(), d.db, d.hashes, strings.NewReader("a@example.org\nb@example.org\nd@example.org\ne@example.org\n"),
			audience.ImportOptions{Name: "a; b: 7 added.csv", Act: audience.Act{By: "command", Now: at("2021-03-12 12:00")}})
		d.must(err)
		ada := d.add("ada@example.org", "link", audience.Active, at("2021-03-13 23:59"))
		bob := d.add("bob@example.org", "command", audience.Pending, at("2021-03-14 00:01")) // a day of 23 hours
		cleo := d.add("cleo@example.org", "link", audience.Active, at("2021-03-14 23:59"))
		d.must(d.db.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			_, err := audience.Confirmed(ctx, tx, d.hashes, audience.Signup{Address: "bob@example.org"}, audience.Act{By: "link", Now: at("2021-03-15 00:00")})
			return err
		}))
		d.must(audience.Pause(t.Context(), d.db, bob, time.Time{}, audience.Act{Now: at("2021-03-15 10:00")}))
		d.must(audience.Leave(t.Context(), d.db, ada, audience.Act{Now: at("2021-03-16 10:00"), Edition: 7}))
		for i, kind := range []audience.ReturnKind{audience.SoftBounce, audience.Complaint} {
			_, err := audience.Take(t.Context(), d.db, d.hashes, audience.Return{ID: fmt.Sprint(i), Kind: kind, Subscriber: cleo, Edition: 7}, audience.Act{Now: at("2021-03-16 11:00")})
			d.must(err)
		}
		d.must(audience.Resume(t.Context(), d.db, bob, audience.Act{Now: at("2021-03-17 09:00")}))
		d.must(audience.Erase(t.Context(), d.db, d.hashes, bob, audience.Act{Now: at("2021-03-17 09:30")}))

		want := []string{
			"03-11 active 0 {}",
			"03-12 active 4 {New:4}", // not the 7 of the name
			"03-13 active 5 {New:1 Confirmed:1}",
			"03-14 active 6 {New:2 Confirmed:1}",
			"03-15 active 6 {Confirmed:1 Paused:1}",
			"03-16 active 4 {Unsubscribed:1 Complained:1 Soft:1 Left:2}",
			"03-17 active 4 {Resumed:1 Erased:1 Left:1}",
		}
		look := func(now time.Time) {
			t.Helper()
			o, err := NewOverview(t.Context(), d.db, now, 7, "", 10)
			d.must(err)
			var got []string
			for _, s := range o.Days {
				got = append(got, fmt.Sprintf("%s active %d %s", s.Start.Format("01-02"), s.Active, words(s.Events)))
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if week := Weeks(o.Days)[0]; week.New != 7 || week.Left != 3 || week.Active != o.Audience.States[audience.Active] {
				t.Errorf("the week: %+v", week)
			}
		}
		now := at("2021-03-17 12:00")
		look(now)
		d.must(KeepDays(t.Context(), d.db, at("2021-03-15 00:30"))) // the day before is not settled
		if days, last, err := keptDays(t.Context(), d.db, zone.String(), ""); err != nil || last != "2021-03-13" || len(days) != 2 {
			t.Errorf("%d days kept until %s, %v", len(days), last, err)
		}
		look(now)
		for range 2 {
			d.must(KeepDays(t.Context(), d.db, now))
			look(now)
		}
	})
}

// TestGrowthOfLists: whom a list takes off, brings paused, or whose pause ends by
// itself is not active before and after; who leaves, complains and is erased left once.
func TestGrowthOfLists(t *testing.T) {
	storetest.Each(t, func(t *testing.T, address string) {
		d := open(t, address)
		list := func(text string, when time.Time) {
			t.Helper()
			_, err := audience.Import(t.Context(), d.db, d.hashes, strings.NewReader(text),
				audience.ImportOptions{Name: "active to bounced.csv", Update: true, Act: audience.Act{By: "command", Now: when}})
			d.must(err)
		}
		list("email,state,until\na@example.org,,\nb@example.org,,\nc@example.org,paused,\nd@example.org,paused,2021-03-13T12:00:00Z\ne@example.org,bounced,\n", at("2021-03-11 12:00"))
		list("email,state,topics\na@example.org,unsubscribed,\nc@example.org,cleaned,\nb@example.org,,active\n", at("2021-03-12 12:00"))
		d.must(KeepDays(t.Context(), d.db, at("2021-03-13 12:30"))) // d's pause is over
		list("f@example.org\n", at("2021-03-13 13:00"))
		id := d.add("g@example.org", "link", audience.Active, at("2021-03-13 14:00"))
		d.must(audience.Leave(t.Context(), d.db, id, audience.Act{Now: at("2021-03-13 15:00")}))
		_, err := audience.Take(t.Context(), d.db, d.hashes, audience.Return{ID: "1", Kind: audience.Complaint, Subscriber: id}, audience.Act{Now: at("2021-03-14 15:00")})
		d.must(err)
		d.must(audience.Erase(t.Context(), d.db, d.hashes, id, audience.Act{Now: at("2021-03-14 16:00")}))
		want := []string{
			"03-10 active 0 {}",
			"03-11 active 2 {New:4}",
			"03-12 active 1 {Unsubscribed:1 Bounced:1 Left:2}",
			"03-13 active 3 {New:2 Confirmed:1 Resumed:1 Unsubscribed:1 Left:1}",
			"03-14 active 3 {Complained:1 Erased:1}",
		}
		for _, kept := range []time.Time{at("2021-03-13 12:30"), at("2021-03-14 18:00"), at("2021-03-15 18:00")} {
			d.must(KeepDays(t.Context(), d.db, kept))
			o, err := NewOverview(t.Context(), d.db, at("2021-03-14 18:00"), 5, "", 10)
			d.must(err)
			var got []string
			for _, s := range o.Days {
				got = append(got, fmt.Sprintf("%s active %d %s", s.Start.Format("01-02"), s.Active, words(s.Events)))
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	})
}

// words are the events that are not 0.
func words(e Events) string {
	v := reflect.ValueOf(e)
	var all []string
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() && v.Field(i).Int() != 0 {
			all = append(all, fmt.Sprintf("%s:%d", f.Name, v.Field(i).Int()))
		}
	}
	return "{" + strings.Join(all, " ") + "}"
}

// freeze writes an edition as delivery does: its ledger has the rows, each "address
// state tries code second relay reason".
func (d *desk) freeze(period, state string, rows ...string) {
	d.Helper()
	var id int64
	d.must(d.db.QueryRow(`INSERT INTO edition (digest, period, date, hash, issue, sender, state, audience)
		VALUES ('weekly', $1, '2021-10-04T09:00:00-04:00', '', $2, $2, $3, $4) RETURNING id`,
		period, []byte(`{"Subject": "News of `+period+`"}`), state, len(rows)).Scan(&id))
	counts := map[string]int{}
	for i, row := range rows {
		var address, state, reason string
		var tries, code, second, relay int
		n, err := fmt.Sscan(row, &address, &state, &tries, &code, &second, &relay)
		if err != nil {
			d.Fatal(n, err)
		}
		reason = strings.Join(strings.Fields(row)[6:], " ")
		var subscriber int64
		d.must(d.db.QueryRow(`INSERT INTO subscriber (address, address_key, name, created, changed) VALUES ($1, $2, '', 0, 0) RETURNING id`,
			address, fmt.Sprint(period, i)).Scan(&subscriber))
		d.exec(`INSERT INTO delivery (edition_id, subscriber_id, address, name, state, tries, code, reason, changed, relay_id)
			VALUES ($1, $2, $3, 'Jane Doe', $4, $5, $6, $7, $8, $9)`, id, subscriber, address, state, tries, code, reason, 1633352400+second, relay)
		counts[state]++
	}
	d.exec(`INSERT INTO tally (edition_id, worker, accepted, deferred, failed, uncertain, skipped, accepted_at) VALUES ($1, 1, $2, $3, $4, $5, $6, 1633352400)`,
		id, counts["accepted"], counts["deferred"], counts["failed"], counts["uncertain"], counts["skipped"])
}

// TestEdition counts the rows of an edition, keeps what it found, and counts anew
// after somebody has sent more.
func TestEdition(t *testing.T) {
	storetest.Each(t, func(t *testing.T, address string) {
		d := open(t, address)
		d.exec(`INSERT INTO relay_number (id, name) VALUES (1, 'one'), (2, 'two')`)
		d.freeze("2021-W38", "done", "x@example.org accepted 0 250 0 1")
		d.freeze("2021-W39", "done",
			"a@gmail.com accepted 0 250 0 1",
			"b@gmail.com accepted 2 250 59 1",
			"c@GMail.com accepted 0 250 60 2",
			"jane.doe@example.org failed 1 550 70 2 550 5.1.1 <Jane.Doe@example.org>: user jane.doe unknown, id 4Qx7Kw1Tz2 (Jane Doe)",
			"joe@example.org failed 1 550 70 2 550 5.1.1 <joe@example.org>: user joe unknown, id 4Qx7Kw1Tz9 (Jane Doe)",
			"k@example.net failed 12 451 80 2 gave up after 12 tries: 451 4.7.0 later",
			"l@example.net uncertain 1 0 80 1 the connection broke",
			"erased:9 skipped 0 0 0 0 erased",
		)
		e, err := find(t.Context(), d.db, "weekly", "2021-W39")
		d.must(err)
		for action, n := range map[string]int{"unsubscribe": 2, "complaint": 1} {
			for range n {
				d.exec(`INSERT INTO audit (time, actor, action, detail, edition_id) VALUES (0, '', $1, '', $2)`, action, e.id)
			}
		}
		want := &Details{
			EverDeferred: 2, First: 1633352400, Last: 1633352460,
			Minutes: []Minute{{1633352400, 2}, {1633352460, 1}},
			Relays:  []Relay{{"one", 2, 0, 0, 1}, {"two", 1, 0, 3, 0}},
			Domains: []Domain{
				{Name: "gmail.com", Audience: 3, Accepted: 3, EverDeferred: 1},
				{Name: "example.net", Audience: 2, EverDeferred: 1, Failed: 1, Uncertain: 1},
				{Name: "example.org", Audience: 2, Failed: 2},
				{Name: "(erased)", Audience: 1, Skipped: 1},
			},
			Reasons: []Reason{
				{"failed", 550, "550 5.1.1 <…>: user … unknown, id … (…)", 2},
				{"failed", 451, "gave up after 12 tries: 451 4.7.0 later", 1},
				{"skipped", 0, "erased", 1},
				{"uncertain", 0, "the connection broke", 1},
			},
		}
		look := func(want *Details) {
			t.Helper()
			e, err := find(t.Context(), d.db, "weekly", "2021-W39")
			d.must(err)
			got, err := e.details(t.Context(), d.db)
			d.must(err)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%+v\nwant\n%+v", got, want)
			}
		}
		look(want)
		d.must(KeepEdition(t.Context(), d.db, "weekly", "2021-W39"))
		d.must(KeepEdition(t.Context(), d.db, "weekly", "2021-W40"))
		d.exec(`UPDATE delivery SET address = 'erased:' || id, reason = '' WHERE edition_id = $1`, e.id)
		look(want) // as it was kept
		d.exec(`UPDATE tally SET accepted = accepted + 1, failed = failed - 1 WHERE edition_id = $1`, e.id)
		d.exec(`UPDATE delivery SET state = 'accepted', relay_id = 0 WHERE edition_id = $1 AND code = 451`, e.id)
		e, err = find(t.Context(), d.db, "weekly", "2021-W39")
		d.must(err)
		if again, err := e.details(t.Context(), d.db); err != nil || len(again.Minutes) != 2 || again.Minutes[1].Accepted != 2 {
			t.Errorf("after a retry: %+v, %v", again, err)
		}
		if subject, err := subject(t.Context(), d.db, &e); err != nil || subject != "News of 2021-W39" {
			t.Errorf("subject %q, %v", subject, err)
		}
		all, err := Editions(t.Context(), d.db, "weekly", 10)
		d.must(err)
		if len(all) != 2 || all[0].Period != "2021-W38" || all[1].Unsubscribed != 2 || all[1].Complained != 1 || all[1].Accepted != 4 || all[1].Skipped != 1 {
			t.Errorf("editions %+v", all)
		}
		if last, err := Editions(t.Context(), d.db, "", 1); err != nil || len(last) != 1 || last[0].Period != "2021-W39" {
			t.Errorf("the last: %+v, %v", last, err)
		}
		if _, err := find(t.Context(), d.db, "weekly", "2021-W40"); err == nil {
			t.Error("an edition that is not there")
		}
	})
}

func TestScrub(t *testing.T) {
	for _, test := range []struct{ text, address, want string }{
		{"550 <Jane@x.org> unknown", "jane@x.org", "550 <…> unknown"},
		{"550 no mailbox JANE here, nor janet", "jane@x.org", "550 no mailbox … here, nor janet"},
		{"421 4.7.28 from 192.0.2.1 see https://support.example/81126 p13-20020a05600c.123 - gsmtp", "j@x.org",
			"421 4.7.28 from 192.0.2.1 see https://support.example/81126 … - gsmtp"},
		{"mail to other@elsewhere.example refused", "a@b.c", "mail to … refused"},
		{"\xff jane \xff", "jane@x.org", "\xff … \xff"},
		{strings.Repeat("word ", 100), "", strings.Repeat("word ", 31) + "word…"},
	} {
		if got := scrub(test.text, test.address, ""); got != test.want {
			t.Errorf("scrub(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}

// TestTotals holds that sums are of all times, whatever was kept.
func TestTotals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, address string) {
		d := open(t, address)
		for i, day := range []string{"2019-01-01", "2021-10-03", "2021-10-04"} {
			id := d.add(fmt.Sprintf("reader%d@example.org", i), "command", audience.Active, at(day+" 10:00"))
			d.must(audience.Leave(t.Context(), d.db, id, audience.Act{Now: at(day + " 11:00")}))
		}
		d.freeze("2021-W38", "done", "x@example.org accepted 0 250 0 1")
		d.freeze("2021-W39", "sending", "x@example.org deferred 1 451 0 1 later", "y@example.org pending 0 0 0 0")
		d.exec(`INSERT INTO outbox (kind, address, address_key, about, created, due) VALUES ('welcome', 'a', 'a', 1, $1, 0), ('welcome', 'a', 'a', 1, $2, 0)`,
			at("2021-10-04 11:00").Unix(), at("2021-10-04 11:59").Unix())
		now := at("2021-10-04 12:00")
		for range 2 {
			totals, err := NewTotals(t.Context(), d.db, now)
			d.must(err)
			if e := totals.Ever; e.New != 3 || e.Unsubscribed != 3 || totals.Audience.States[audience.Unsubscribed] != 3 {
				t.Errorf("%+v", totals)
			}
			if totals.Queued != 2 || totals.Oldest != time.Hour || len(totals.Last) != 1 || totals.Last[0].Period != "2021-W39" || totals.Last[0].Deferred != 1 {
				t.Errorf("%+v", totals)
			}
			d.must(KeepDays(t.Context(), d.db, now))
		}
	})
}
