package web

import (
	"testing"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// TestLeavingIsTheEditions unsubscribes by the links of an edition's mail: the audit
// log says which edition it was, also of one click in the preferences.
func TestLeavingIsTheEditions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, address string) {
		o := open(t, address, nil)
		s := o.add("jane@example.org")
		if err := o.desk.Unsubscribe(t.Context(), o.tokens.SignIn(s.ID, 7, audience.Unsubscribe), ""); err != nil {
			t.Fatal(err)
		}
		s = o.add("joe@example.org")
		if err := o.desk.Leave(t.Context(), o.tokens.SignIn(s.ID, 8, audience.Preferences), ""); err != nil {
			t.Fatal(err)
		}
		s = o.add("bob@example.org")
		if err := o.desk.Unsubscribe(t.Context(), o.token(s, audience.Unsubscribe), ""); err != nil {
			t.Fatal(err)
		}
		for edition, want := range map[int]int{7: 1, 8: 1, 0: 1} {
			var n int
			err := o.desk.DB.QueryRow(`SELECT COUNT(*) FROM audit WHERE action = 'unsubscribe' AND COALESCE(edition_id, 0) = $1`, edition).Scan(&n)
			if err != nil || n != want {
				t.Errorf("%d left because of edition %d, want %d; %v", n, edition, want, err)
			}
		}
	})
}
