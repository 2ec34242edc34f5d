package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"github.com/medigy/newsdesk/internal/delivery"
)

// domainSettings is a member of smtp.domains.
type domainSettings struct {
	Names         []string
	Connections   int
	PerMinute     float64 `mapstructure:"per_minute"`
	PerConnection int     `mapstructure:"per_connection"`
}

var domainKeys = []string{"names", "connections", "per_minute", "per_connection"}

// checkLimits checks smtp.window, smtp.domains and the warm-up of smtp.
func (c *Config) checkLimits(fault faultFunc) {
	var err error
	if c.window, err = delivery.ParseWindow(c.SMTP.Window); err != nil {
		fault("smtp.window", "%v", err)
	}
	if _, err := warmup(c.SMTP.WarmupStart, c.SMTP.WarmupPlan); err != nil {
		key, text, _ := strings.Cut(err.Error(), ": ")
		fault("smtp."+key, "%s", text)
	}
	seen := map[string]bool{}
	for i, d := range c.SMTP.Domains {
		key := member("smtp.domains", i)
		if len(d.Names) == 0 {
			fault(key, "names: is missing (want [gmail.com, googlemail.com], or [\"*\"] for each of the others)")
		}
		if slices.Contains(d.Names, "*") && len(d.Names) > 1 {
			fault(key, "names: \"*\" is each of the others, for itself (want a member of its own)")
		}
		for n, name := range d.Names {
			ascii, err := idna.Lookup.ToASCII(strings.ToLower(name))
			switch {
			case name != "*" && (err != nil || strings.ContainsAny(name, "@*")):
				fault(key, "names: %q is not a domain (want gmail.com)", name)
			case name != "*":
				d.Names[n] = ascii
			}
			if seen[d.Names[n]] {
				fault(key, "names: %s is there twice", name)
			}
			seen[d.Names[n]] = true
		}
		if d.PerMinute < 0 || min(d.Connections, d.PerConnection) < 0 {
			fault(key, "a number below 0")
		}
		if d.PerMinute == 0 && d.Connections == 0 && d.PerConnection == 0 {
			fault(key, "limits nothing (want connections, per_minute or per_connection)")
		}
	}
}

// domainLimits gives smtp.domains.
func domainLimits(c *Config) []delivery.Domain {
	var all []delivery.Domain
	for _, d := range c.SMTP.Domains {
		all = append(all, delivery.Domain{Names: d.Names, Connections: d.Connections, Rate: d.PerMinute / 60, PerConnection: d.PerConnection})
	}
	return all
}

// warmup reads a warm-up's first day and its plan; without both there is none. The
// error begins with the key.
func warmup(start string, plan []string) (*delivery.Warmup, error) {
	if start == "" && len(plan) == 0 {
		return nil, nil
	}
	day, err := time.Parse(time.DateOnly, start)
	if err != nil {
		return nil, fmt.Errorf("warmup_start: %q is not a day (want 2026-01-05)", start)
	}
	if len(plan) == 0 {
		return nil, errors.New("warmup_plan: is missing (want the messages of each day: [500, 1000, 2000])")
	}
	w := &delivery.Warmup{Start: day}
	for _, text := range plan {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("warmup_plan: %q is not a number of messages (want [500, 1000, 2000])", text)
		}
		w.Plan = append(w.Plan, n)
	}
	return w, nil
}

// limitRows tell what slows or stops the sending now.
func limitRows(limits []delivery.Limit) (rows []row) {
	for _, l := range limits {
		rows = append(rows, row{"limit", "", fmt.Sprintf("%s: %s, until %s", l.Name, l.Text, l.Until.Format("Monday, 2 January at 15:04:05"))})
	}
	return rows
}

// tellWait says for what the sending waits, and until when.
func tellWait(w delivery.Wait) string {
	return fmt.Sprintf("%s; it continues on %s", w.Reason, w.Until.Format("Monday, 2 January at 15:04"))
}

// unsentCode is the exit code of a run that has not reached everybody.
func unsentCode(s delivery.Summary) int {
	if s.Wait != nil && s.Failed+s.Uncertain == 0 {
		return exitIncomplete
	}
	return exitFailed
}
