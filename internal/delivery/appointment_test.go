package delivery

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// The log keeps what it has, and an appointment ends once.
func TestAppointmentsAndLog(t *testing.T) {
	db, _, err := openDB(t.Context(), address(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i, by := range []string{"Ana", "Ben"} {
		a := Appointment{Digest: "weekly", Period: "2021-W39", At: start.Add(time.Duration(i) * time.Hour), By: by, Hash: "h"}
		if err := Appoint(t.Context(), db, a, start); err != nil {
			t.Fatal(err)
		}
	}
	a, err := AppointmentOf(t.Context(), db, "weekly", "2021-W39", start.Location())
	if err != nil || a == nil || a.By != "Ben" || !a.At.Equal(start.Add(time.Hour)) {
		t.Fatalf("%+v, %v", a, err)
	}
	if err := DelayAppointment(t.Context(), db, *a, "why"); err != nil {
		t.Error(err)
	}
	if a, _ = AppointmentOf(t.Context(), db, "weekly", "2021-W39", time.UTC); a.Trouble != "why" {
		t.Errorf("trouble: %q", a.Trouble)
	}
	end := Entry{start, "weekly", "2021-W39", "Ana", DidUnschedule, "", ""}
	if err := EndAppointment(t.Context(), db, end); err != nil {
		t.Error(err)
	}
	if err := EndAppointment(t.Context(), db, end); !errors.Is(err, ErrNoAppointment) {
		t.Errorf("ended twice: %v", err)
	}
	all, err := Log(t.Context(), db, "weekly", "", 2)
	if err != nil || len(all) != 2 || all[0].By != "Ben" || all[1].Action != DidUnschedule || !all[1].Time.Equal(start) {
		t.Errorf("the newest two: %+v, %v", all, err)
	}
	for _, statement := range []string{`DELETE FROM edition_log`, `UPDATE edition_log SET actor = 'x'`} {
		if _, err := db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "rows of the log") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestPace(t *testing.T) {
	db, _, err := openDB(t.Context(), address(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, n := range []int{101, 5} { // of five nothing is kept
		p := new(Pace)
		for i := range n {
			p.Tell(Outcome{Delivery: Delivery{State: Accepted}}, start.Add(time.Duration(i)*100*time.Millisecond))
			p.Tell(Outcome{Delivery: Delivery{State: Deferred}}, start.Add(time.Hour))
		}
		if err := p.Keep(t.Context(), db, "weekly", "2021-W39"); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := PaceOf(t.Context(), db, "weekly"); err != nil || got < 10 || got > 10.2 {
		t.Errorf("%v a second, %v; want 10.1", got, err)
	}
	if got, err := PaceOf(t.Context(), db, "monthly"); err != nil || got != 0 {
		t.Errorf("of another digest %v, %v", got, err)
	}
}
