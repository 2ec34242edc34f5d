package delivery

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// freezeAs freezes an issue of a digest and a period that held some articles.
func (d *desk) freezeAs(name, period string, r digest.Record) {
	d.Helper()
	issue := testIssue()
	issue.Digest, issue.Period, issue.Record = name, period, r
	if _, _, err := Freeze(d.Context(), d.db, issue, nil, d.options.Sender, start); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) history(name string) digest.History {
	d.Helper()
	h, err := History(d.Context(), d.db, name)
	if err != nil {
		d.Fatal(err)
	}
	return h
}

// TestHistory: what was frozen is remembered by digest, and the oldest period is
// the one that begins first, not the one that was frozen first or sorts first.
func TestHistory(t *testing.T) {
	d := newDesk(t, 1, mailtest.Start(t, mailtest.Options{}))
	if diff := cmp.Diff(digest.History{Period: map[string]string{}, Left: map[string]string{}}, d.history("weekly")); diff != "" {
		t.Errorf("before anything was frozen (-want +got):\n%s", diff)
	}
	d.freezeAs("weekly", "2021-W39", digest.Record{Shown: []string{"a", "b"}, Left: []string{"c"}})
	d.freezeAs("weekly", "2021-W05", digest.Record{Shown: []string{"d"}})
	d.freezeAs("weekly", "2021-10", digest.Record{Shown: []string{"e"}})
	d.freezeAs("monthly", "2021-01", digest.Record{Shown: []string{"a"}})
	want := digest.History{
		Since:  "2021-W05",
		Period: map[string]string{"a": "2021-W39", "b": "2021-W39", "d": "2021-W05", "e": "2021-10"},
		Left:   map[string]string{"c": "2021-W39"},
	}
	if diff := cmp.Diff(want, d.history("weekly")); diff != "" {
		t.Errorf("weekly (-want +got):\n%s", diff)
	}
	if got := d.history("monthly"); got.Since != "2021-01" || len(got.Period) != 1 {
		t.Errorf("monthly: %v", got)
	}
}

// TestFreezeAnewRecords: an edition that is frozen anew has its new articles only,
// and one of which somebody has a message keeps those that the message has.
func TestFreezeAnewRecords(t *testing.T) {
	d := newDesk(t, 2, mailtest.Start(t, mailtest.Options{}))
	d.freezeAs("weekly", "2021-W39", digest.Record{Shown: []string{"a", "b"}})
	d.issue.Record = digest.Record{Shown: []string{"b", "c"}}
	if _, err := d.send(); err != nil {
		t.Fatal(err)
	}
	d.issue.Record = digest.Record{Shown: []string{"x"}}
	if _, err := d.send(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"b": "2021-W39", "c": "2021-W39"}, d.history("weekly").Period); diff != "" {
		t.Errorf("articles (-want +got):\n%s", diff)
	}
}

// TestNobodyRecordsNothing: what is frozen for nobody is not frozen at all.
func TestNobodyRecordsNothing(t *testing.T) {
	d := newDesk(t, 0, mailtest.Start(t, mailtest.Options{}))
	d.issue.Record = digest.Record{Shown: []string{"a"}}
	if _, err := d.send(); err == nil {
		t.Fatal("sent to nobody")
	}
	if h := d.history("weekly"); h.Since != "" || len(h.Period) > 0 {
		t.Errorf("history %v", h)
	}
}

func TestStandings(t *testing.T) {
	d := newDesk(t, 3, mailtest.Start(t, mailtest.Options{Rcpt: func(to string, _ int) error {
		if to == reader(1) {
			return no
		}
		return nil
	}}))
	d.freezeAs("weekly", "2021-W38", digest.Record{Shown: []string{"a", "b"}, Left: []string{"c"}})
	if _, err := d.send(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.db.Exec(`UPDATE delivery SET state = 'sending' WHERE edition_id = 1 AND id = 1`); err != nil {
		t.Fatal(err)
	}
	d.freezeAs("weekly", "2021-W37", digest.Record{})
	if _, err := d.db.Exec(`UPDATE delivery SET state = 'accepted' WHERE edition_id = 1 AND id = 2;
		INSERT INTO tally (edition_id, worker, accepted, deferred, failed, uncertain, skipped) VALUES (1, 0, 1, 0, 0, 0, 0)`); err != nil {
		t.Fatal(err)
	}
	got, err := Standings(t.Context(), d.db, "weekly")
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	for i := range got {
		states = append(states, got[i].State())
		if !got[i].Frozen.Equal(start.Truncate(time.Second)) {
			t.Errorf("%s is frozen at %s", got[i].Period, got[i].Frozen)
		}
		got[i].Frozen = time.Time{}
	}
	want := []Standing{
		{Period: "2021-W38", Articles: 2, Audience: 3, Accepted: 1, Pending: 2},
		{Period: "2021-W39", Audience: 3, Accepted: 2, Failed: 1},
		{Period: "2021-W37", Audience: 3, Pending: 3},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Standing{})); diff != "" {
		t.Errorf("standings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"sending", "done", "frozen"}, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	if other, err := Standings(t.Context(), d.db, "monthly"); err != nil || other != nil {
		t.Errorf("of another digest: %v, %v", other, err)
	}
}

// TestHistoryOlder: a database that an older newsdesk made and nobody has brought
// up to date is read as far as it goes.
func TestHistoryOlder(t *testing.T) {
	d := newDesk(t, 1, mailtest.Start(t, mailtest.Options{}))
	d.freezeAs("weekly", "2021-W39", digest.Record{})
	if _, err := d.db.Exec(`DROP TABLE edition_article`); err != nil {
		t.Fatal(err)
	}
	if h := d.history("weekly"); h.Since != "" {
		t.Errorf("history %v", h)
	}
	if all, err := Standings(t.Context(), d.db, "weekly"); err != nil || len(all) != 1 || all[0].State() != "frozen" {
		t.Errorf("standings %v, error %v", all, err)
	}
}
