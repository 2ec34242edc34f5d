package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/doctor"
)

// doctorFlags are those of doctor alone.
type doctorFlags struct {
	asked
	resolver string
	leaves   []string
	links    bool
}

func (a *app) doctorCommand() *cobra.Command {
	var w doctorFlags
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Find out whether mail can go out and will be taken",
		Long: `Examine what sending needs, and tell for each what is right, what is not, and
what to do: the configuration, templates, database and disk; the relay, its
certificate and login, and whether it takes mail from digest.from; the DNS records
of that domain: SPF with all it includes, DKIM for each key of smtp.dkim, DMARC and
alignment, MX, also of bounces.address, and the name (PTR) of the address that mail leaves from; the header
fields of a sample message; the mailbox of bounces, in which nothing is marked; the
clock. In the end stands what Gmail, Yahoo and
Microsoft want of those who send to many, and whether it is met.

Nothing is sent: the relay hears the login, MAIL FROM, RSET and QUIT. No database
is made. A relay often hands mail on from another address than it takes it at;
--leaves names that, and SPF and PTR are checked for it.

The exit code is 1 if there is an error, or a warning with --strict. With --quiet
only these are told.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.doctor(c.Context(), w) },
	}
	w.digestFlag(c)
	c.Flags().StringVar(&w.resolver, "resolver", "", "`ADDRESS` of the DNS server to ask, 9.9.9.9 or 127.0.0.1:5353 (default the system's)")
	c.Flags().StringSliceVar(&w.leaves, "leaves", nil, "`ADDRESS` from which the relay hands mail to the world; may be repeated")
	c.Flags().BoolVar(&w.links, "links", false, "ask whether digest.subscriptions_url answers")
	return c
}

func (a *app) doctor(ctx context.Context, w doctorFlags) error {
	exam, err := w.exam()
	if err != nil {
		return err
	}
	exam.Now = a.clock
	c, err := a.config()
	if err != nil {
		return err
	}
	d, err := c.digestSettings(w.digest)
	if err != nil {
		return err
	}
	all := a.examineSite(ctx, c, d, exam)
	all = append(all, exam.Run(ctx)...)
	if err := ctx.Err(); err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b doctor.Finding) int {
		return slices.Index(doctor.Areas, a.Area) - slices.Index(doctor.Areas, b.Area)
	})
	if err := a.printExam(all, doctor.Rules(all)); err != nil {
		return err
	}
	if doctor.Count(all, doctor.Error) > 0 || a.flags.strict && doctor.Count(all, doctor.Warning) > 0 {
		return &exitError{code: exitFailed}
	}
	return nil
}

// exam gives an exam as the flags want it.
func (w doctorFlags) exam() (*doctor.Exam, error) {
	server, err := resolverAddress(w.resolver)
	if err != nil {
		return nil, err
	}
	exam := &doctor.Exam{Ask: w.links, Resolver: doctor.NewResolver(server)}
	for _, text := range w.leaves {
		ip, err := netip.ParseAddr(text)
		if err != nil {
			return nil, usage("--leaves %q is no IP address (want 192.0.2.1)", text)
		}
		exam.Leaves = append(exam.Leaves, ip.Unmap())
	}
	return exam, nil
}

// resolverAddress completes the address of a DNS server with the port.
func resolverAddress(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	if ip, err := netip.ParseAddr(text); err == nil {
		return net.JoinHostPort(ip.String(), "53"), nil
	}
	if _, err := netip.ParseAddrPort(text); err != nil {
		return "", usage("--resolver %q is no address of a DNS server (want 9.9.9.9 or 127.0.0.1:5353)", text)
	}
	return text, nil
}

// examJSON is the shape of the result for scripts.
type examJSON struct {
	Errors   int           `json:"errors"`
	Warnings int           `json:"warnings"`
	Findings []examFinding `json:"findings"`
	Rules    []examRule    `json:"rules"`
}

type examFinding struct {
	Area     string `json:"area"`
	Kind     string `json:"kind"`
	Severity string `json:"severity"`
	Text     string `json:"text"`
	Do       string `json:"do,omitempty"`
}

type examRule struct {
	Wants string       `json:"wants"`
	Who   string       `json:"who"`
	State doctor.State `json:"state"`
}

func (a *app) printExam(all []doctor.Finding, rules []doctor.Rule) error {
	result := examJSON{Errors: doctor.Count(all, doctor.Error), Warnings: doctor.Count(all, doctor.Warning), Findings: []examFinding{}}
	for _, f := range all {
		if !a.flags.quiet || f.Severity >= doctor.Warning {
			result.Findings = append(result.Findings, examFinding{f.Area, f.Kind, f.Severity.String(), f.Text, f.Do})
		}
	}
	for _, r := range rules {
		result.Rules = append(result.Rules, examRule{r.Wants, r.Who, r.State})
	}
	if a.flags.json {
		return a.printJSON(result)
	}
	a.printFindingsOf(result.Findings)
	if a.flags.quiet {
		return nil
	}
	fmt.Fprintln(a.stdout, "\nWhat is wanted of those who send to many:")
	for _, r := range rules {
		printLine(a.stdout, fmt.Sprintf("  %s  %s (%s)", a.severity(string(r.State), 9), r.Wants, r.Who), 13)
	}
	fmt.Fprintln(a.stdout)
	printRows(a.stdout, []row{{"errors", number(result.Errors), ""}, {"warnings", number(result.Warnings), ""}, a.timeRow()})
	return nil
}

// printFindingsOf writes a line for each finding, and one for what to do.
func (a *app) printFindingsOf(all []examFinding) {
	for _, f := range all {
		printLine(a.stdout, fmt.Sprintf("  %-11s  %s  %s", f.Area, a.severity(f.Severity, 7), f.Text), 24)
		if f.Do != "" {
			printLine(a.stdout, a.ink.grey(strings.Repeat(" ", 24)+"→ "+f.Do), 26)
		}
	}
}

// severity colours a word that is padded to a width.
func (a *app) severity(word string, width int) string {
	padded := fmt.Sprintf("%-*s", width, word)
	switch word {
	case doctor.Error.String(), string(doctor.Unmet):
		return a.ink.red(padded)
	case doctor.Warning.String():
		return a.ink.yellow(padded)
	case doctor.Note.String(), string(doctor.Unknown), string(doctor.Watch):
		return a.ink.grey(padded)
	}
	return padded
}
