package doctor

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/medigy/newsdesk/internal/mail"
)

// Severity tells how bad a finding is.
type Severity int

// A Note is what could not be known, or need not be done.
const (
	OK Severity = iota
	Note
	Warning
	Error
)

func (s Severity) String() string { return [...]string{"ok", "note", "warning", "error"}[s] }

// Finding is what was found out about one thing.
type Finding struct {
	Area     string // "smtp", "spf": one of Areas
	Kind     string // stable name, for scripts: "spf-missing"
	Severity Severity
	Text     string // one line
	Do       string // what to do, or ""
}

// Areas in the order in which they are told.
var Areas = []string{"config", "templates", "database", "disk", "clock", "smtp", "tls", "spf", "dkim", "dmarc", "mx", "bounces", "ptr", "header", "unsubscribe", "links"}

// Exam is what is examined. What is left zero is told as a note.
type Exam struct {
	From     string         // the sender's address, of the header, and of the envelope without Returns; or ""
	Returns  string         // the address to which bounces of editions go, their envelope sender; or ""
	Relay    mail.Config    // who takes our mail
	Keys     []*mail.Signer // that sign each message
	Resolver *Resolver      // nil is the system's
	Leaves   []netip.Addr   // the addresses from which the relay hands mail to the world, if they are known
	Header   []byte         // the header fields of a sample message, without the DKIM-Signature
	Base     string         // URL below which unsubscribe/TOKEN is
	Ask      bool           // ask Base by HTTP
	Agent    string         // User-Agent of that
	Folders  []Folder
	Now      func() time.Time

	found []Finding
	clock *clockReading
}

// Run examines all there is. It ends soon after ctx does, with what it has.
func (e *Exam) Run(ctx context.Context) []Finding {
	e.found, e.clock = nil, nil
	if e.Resolver == nil {
		e.Resolver = NewResolver("")
	}
	e.disk()
	e.relay(ctx)
	if e.From == "" {
		e.tell("config", Error, "from-missing", "there is no sender", "set digest.from: Name <name@example.org>")
	} else {
		e.dns(ctx)
	}
	e.header()
	e.links(ctx)
	e.compareClock()
	return e.found
}

// dns asks the DNS about the sender's domain. If nobody answers that is said
// once.
func (e *Exam) dns(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 4*patience) // some hundred names at most
	defer cancel()
	if _, err := e.Resolver.txt(ctx, e.domain()); err != nil && e.Resolver.down != nil {
		e.tell("spf", Error, "dns-down", fmt.Sprintf("no DNS server answers: %v", e.Resolver.down), "see /etc/resolv.conf, or name one with --resolver 9.9.9.9:53")
		return
	}
	e.spf(ctx)
	e.dkim(ctx)
	e.dmarc(ctx)
	e.mx(ctx)
	e.ptr(ctx)
}

func (e *Exam) tell(area string, s Severity, kind, text, do string) {
	e.found = append(e.found, Finding{area, kind, s, text, do})
}

// domain is the sender's, in lower case.
func (e *Exam) domain() string { return domainOf(e.From) }

// bounces is the domain to which bounces go, if it is another than the sender's, or "".
func (e *Exam) bounces() string {
	if bounces := domainOf(e.Returns); bounces != e.domain() {
		return bounces
	}
	return ""
}

func domainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

// organisation gives the domain that somebody registered: example.co.uk of
// news.example.co.uk.
func organisation(domain string) string {
	if o, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return o
	}
	return domain
}

// Count gives how many findings there are of a severity.
func Count(all []Finding, s Severity) int {
	n := 0
	for _, f := range all {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// plural gives "1 key" or "2 keys".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
