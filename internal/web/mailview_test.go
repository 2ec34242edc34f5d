package web

import (
	"fmt"
	"testing"

	"github.com/medigy/newsdesk/internal/mailcheck"
)

// What is wrong in every story does not bury what is wrong once.
func TestFindingsOfOneKindAreFolded(t *testing.T) {
	var g findingGroup
	for i := range 9 {
		g.Rows = append(g.Rows, mailFinding{Finding: mailcheck.Finding{Kind: "often", Line: i}})
	}
	for i := range likeIt + 1 {
		g.Rows = append(g.Rows, mailFinding{Finding: mailcheck.Finding{Kind: "few", Line: i}})
	}
	g.Rows = append(g.Rows, mailFinding{Finding: mailcheck.Finding{Kind: "once"}})
	g.fold()
	got := ""
	for _, r := range g.Rows {
		got += fmt.Sprint(r.Kind, r.Line, " ")
	}
	for _, m := range g.More {
		got += fmt.Sprint("and ", len(m.Rows), " ", m.Kind, " from ", m.Rows[0].Line)
	}
	if want := "often0 often1 often2 few0 few1 few2 few3 once0 and 6 often from 3"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
