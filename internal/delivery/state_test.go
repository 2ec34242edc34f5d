package delivery

import (
	"slices"
	"testing"
)

// TestTransitions walks the table: every state can be reached, none but the
// final ones is a dead end, and nothing leaves accepted and skipped.
func TestTransitions(t *testing.T) {
	reached := []State{Pending}
	for i := 0; i < len(reached); i++ {
		for _, step := range transitions {
			if step.from == reached[i] && !slices.Contains(reached, step.to) {
				reached = append(reached, step.to)
			}
		}
	}
	for _, s := range states {
		if !slices.Contains(reached, s) {
			t.Errorf("no way to %s", s)
		}
		out := slices.ContainsFunc(transitions, func(step transition) bool { return step.from == s })
		if final := s == Accepted || s == Skipped; out == final {
			t.Errorf("%s: steps out of it: %v", s, out)
		}
	}
	for i, step := range transitions {
		if j := slices.IndexFunc(transitions, func(o transition) bool { return o.from == step.from && o.to == step.to }); j != i {
			t.Errorf("%s to %s stands there twice", step.from, step.to)
		}
		if step.to == Accepted && step.from != Sending && step.from != Uncertain {
			t.Errorf("%s to accepted: without an intent", step.from)
		}
	}
}
