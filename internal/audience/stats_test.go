package audience

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// TestCount counts an audience of whom some chose something, and lets pauses end.
func TestCount(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		check := func(want Stats) {
			t.Helper()
			got, err := Count(t.Context(), db)
			for state, n := range got.States {
				if n == 0 {
					delete(got.States, state)
				}
			}
			for _, m := range []map[string]int{got.Topics, got.Languages} {
				for key, n := range m {
					if n == 0 {
						delete(m, key)
					}
				}
			}
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%+v, %v; want %+v", got, err, want)
			}
			states, err := CountStates(t.Context(), db)
			for _, state := range States {
				if n, ok := states[state]; err != nil || !ok || n != want.States[state] {
					t.Errorf("%d %s, %v, %v; want %d", n, state, ok, err, want.States[state])
				}
			}
		}
		none := map[string]int{}
		check(Stats{States: map[State]int{}, Topics: none, Languages: none})

		until := now.Add(time.Hour)
		list := "email,topics,language,state,until\na@example.org,,,,\nb@example.org,,,,\nc@example.org,x y,de,,\nd@example.org,x,,,\n" +
			"e@example.org,,de,paused," + until.Format(time.RFC3339) + "\nf@example.org,,,paused,\ng@example.org,x,de,unsubscribed,\n"
		if _, err := Import(t.Context(), db, hashes, strings.NewReader(list), ImportOptions{Name: "l", Act: act}); err != nil {
			t.Fatal(err)
		}
		check(Stats{7, map[State]int{Active: 4, Paused: 2, Unsubscribed: 1},
			map[string]int{"": 2, "x": 2, "y": 1}, map[string]int{"": 3, "de": 1}})

		for _, when := range []time.Time{until.Add(-time.Second), until, until} {
			if err := EndPauses(t.Context(), db, when); err != nil {
				t.Fatal(err)
			}
			s := find1(t, db, "e@example.org")
			if over := when.Equal(until); (s.State == Active) != over || s.Until.IsZero() != over || s.Receives(when) != over {
				t.Errorf("at %v: %+v", when, s)
			}
		}
		check(Stats{7, map[State]int{Active: 5, Paused: 1, Unsubscribed: 1},
			map[string]int{"": 3, "x": 2, "y": 1}, map[string]int{"": 3, "de": 2}})
		if got := history(t, db, find1(t, db, "e@example.org").ID); !strings.HasSuffix(got, "calendar: resume: paused to active; until is over\n") {
			t.Error(got)
		}
		if db.IsPostgres() {
			return
		}
		var plan strings.Builder
		rows, err := db.Query(`EXPLAIN QUERY PLAN ` + countBySelection)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var text string
			if err := rows.Scan(&id, &parent, &unused, &text); err != nil {
				t.Fatal(err)
			}
			plan.WriteString(text + "\n")
		}
		if text := plan.String(); strings.Count(text, "USING COVERING INDEX") != 2 || strings.Contains(text, "B-TREE") {
			t.Errorf("SQLite reads more than indexes:\n%s", text)
		}
	})
}
