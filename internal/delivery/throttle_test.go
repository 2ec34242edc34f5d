package delivery

import (
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail"
)

// TestThrottle: the rate is halved once for what comes back together, down to a least
// one, and raised in equal steps until there is no throttle.
func TestThrottle(t *testing.T) {
	now := start
	var one throttle
	one.cut(now, 80, "421 slower")
	one.cut(now.Add(time.Second), 80, "421 slower")
	if one.rate != 40 || one.top != 80 {
		t.Fatalf("%v of %v after a cut", one.rate, one.top)
	}
	now = now.Add(cutTime)
	one.cut(now, 80, "421 slower")
	if one.rate != 20 {
		t.Fatalf("%v after two", one.rate)
	}
	if rate, changed := one.raised(now.Add(raiseTime - 1)); rate != 20 || changed != one.changed {
		t.Errorf("raised to %v before its time", rate)
	}
	for _, step := range []struct {
		after time.Duration
		rate  float64
	}{{raiseTime, 24}, {2*raiseTime + 1, 28}, {14 * raiseTime, 76}, {15 * raiseTime, 0}, {time.Hour, 0}} {
		if rate, _ := one.raised(now.Add(step.after)); rate != step.rate {
			t.Errorf("raised to %v after %v, want %v", rate, step.after, step.rate)
		}
	}
	if over := one.over(); over != one.changed.Add(15*raiseTime) {
		t.Errorf("over after %v", over.Sub(one.changed))
	}
	for range 100 {
		now = now.Add(cutTime)
		one.cut(now, 0, "421 slower")
	}
	if one.rate != leastRate {
		t.Errorf("%v after a hundred cuts", one.rate)
	}
}

// TestThrottleEnough: a domain is slowed when at least ten messages, and one of ten,
// are refused for now within a minute.
func TestThrottleEnough(t *testing.T) {
	for _, test := range []struct {
		name          string
		good, refused int
		every         time.Duration
		want          bool
	}{
		{"nine", 0, 9, 0, false},
		{"ten", 0, 10, 0, true},
		{"ten of a hundred", 90, 10, 0, true},
		{"ten of many", 200, 10, 0, false},
		{"ten in an hour", 0, 10, 6 * time.Minute, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			now, slow := start, false
			one := throttle{since: now}
			for range test.good {
				one.counts(now)
			}
			for range test.refused {
				now = now.Add(test.every)
				one.counts(now)
				slow = one.later(now)
			}
			if slow != test.want {
				t.Errorf("slow: %v", slow)
			}
		})
	}
}

func TestHurried(t *testing.T) {
	for _, test := range []struct {
		phase mail.Phase
		code  int
		want  bool
	}{
		{mail.PhaseRcpt, 421, true}, {mail.PhaseMail, 450, true}, {mail.PhaseMail, 452, true}, {mail.PhaseMail, 454, true},
		{mail.PhaseRcpt, 451, false}, {mail.PhaseDot, 452, false}, {mail.PhaseMail, 550, false}, {mail.PhaseMail, 0, false},
	} {
		if got := hurried(&mail.Error{Phase: test.phase, Code: test.code}); got != test.want {
			t.Errorf("%s %d: %v", test.phase, test.code, got)
		}
	}
}

// TestPlace: what workers share adds up to the limit at every moment, and each gets
// some of it in the end.
func TestPlace(t *testing.T) {
	for _, n := range []int{1, 2, 7, 10, 16} {
		for _, workers := range []int{1, 2, 3, 10} {
			total := make([]int, workers)
			for minute := range workers {
				sum := 0
				for i := range workers {
					share := place{i, workers}.share(n, start.Add(time.Duration(minute)*time.Minute))
					sum += share
					total[i] += share
				}
				if sum != n {
					t.Errorf("%d connections of %d workers are %d", n, workers, sum)
				}
			}
			for i, got := range total {
				if got != n {
					t.Errorf("%d connections, %d workers: worker %d has %d in as many minutes", n, workers, i, got)
				}
			}
		}
	}
	if got := step(4, 0, 2, 8); got != 2*time.Second {
		t.Errorf("one of four workers at 2 a second sends every %v", got)
	}
}
