package doctor

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/dnstest"
	"github.com/medigy/newsdesk/internal/mail"
)

// tellings gives the findings of an area as "severity kind", without what could
// not be known.
func tellings(all []Finding, area string) string {
	var words []string
	for _, f := range all {
		if f.Area == area {
			words = append(words, f.Severity.String()+" "+f.Kind)
		}
	}
	return strings.Join(words, ", ")
}

// examine asks about example.org, with the records of zone.
func examine(t *testing.T, zone string, change func(*Exam)) []Finding {
	t.Helper()
	e := &Exam{From: "news@example.org", Relay: mail.Config{Host: "127.0.0.1"}, Resolver: NewResolver(dnstest.Start(t, zone)), Now: time.Now}
	if change != nil {
		change(e)
	}
	e.dns(context.Background())
	for _, f := range e.found {
		if f.Severity >= Warning && f.Do == "" {
			t.Errorf("%s does not say what to do", f.Kind)
		}
	}
	return e.found
}

func TestSPF(t *testing.T) {
	var many strings.Builder
	fmt.Fprint(&many, "example.org TXT v=spf1")
	for i := range 12 {
		fmt.Fprintf(&many, " include:p%d.example", i)
	}
	fmt.Fprintln(&many, " -all")
	for i := range 12 {
		fmt.Fprintf(&many, "p%d.example TXT v=spf1 ip4:203.0.113.%d -all\n", i, i)
	}
	for name, test := range map[string]struct{ zone, want string }{
		"good":       {"example.org TXT v=spf1 ip4:192.0.2.0/24 -all", "ok spf, ok spf-covers"},
		"other TXT":  {"example.org TXT google-site-verification=x\nexample.org TXT V=SPF1 ip4:192.0.2.1 ~all", "ok spf, ok spf-covers"},
		"none":       {"example.org TXT hello", "error spf-missing"},
		"no name":    {"", "error spf-missing"},
		"two":        {"example.org TXT v=spf1 -all\nexample.org TXT v=spf1 ~all", "error spf-broken"},
		"open":       {"example.org TXT v=spf1 +all", "error spf-all, ok spf-covers"},
		"no end":     {"example.org TXT v=spf1 ip4:192.0.2.1", "warning spf-all, ok spf-covers"},
		"syntax":     {"example.org TXT v=spf1 ip4:300.1.1.1 ipv4:192.0.2.1 -all", "error spf-broken, error spf-broken, error spf-not-covered"},
		"6 in ip4":   {"example.org TXT v=spf1 ip4:2001:db8::1 -all", "error spf-broken, error spf-not-covered"},
		"not named":  {"example.org TXT v=spf1 ip4:203.0.113.1 -all", "ok spf, error spf-not-covered"},
		"include":    {"example.org TXT v=spf1 include:p.example -all\np.example TXT v=spf1 a:out.example/28 -all\nout.example A 192.0.2.9", "ok spf, ok spf-covers"},
		"its -all":   {"example.org TXT v=spf1 include:p.example ip4:192.0.2.1 -all\np.example TXT v=spf1 -all", "ok spf, ok spf-covers"},
		"mx":         {"example.org TXT v=spf1 mx -all\nexample.org MX 5 mx.example.org\nmx.example.org A 192.0.2.1", "ok spf, ok spf-covers"},
		"redirect":   {"example.org TXT v=spf1 redirect=p.example\np.example TXT v=spf1 ip4:192.0.2.1 -all", "ok spf, ok spf-covers"},
		"loop":       {"example.org TXT v=spf1 include:p.example -all\np.example TXT v=spf1 redirect=example.org", "error spf-broken, error spf-not-covered"},
		"dead":       {"example.org TXT v=spf1 include:p.example -all", "error spf-broken, error spf-not-covered"},
		"void":       {"example.org TXT v=spf1 a:a.example a:b.example a:c.example ip4:192.0.2.1 -all", "error spf-void, ok spf, ok spf-covers"},
		"many":       {many.String(), "error spf-lookups, ok spf, error spf-not-covered"},
		"macro":      {"example.org TXT v=spf1 exists:%{i}.example.org -all", "ok spf, note spf-unknown, note spf-partly"},
		"macro else": {"example.org TXT v=spf1 exists:%{i}.example.org ip4:192.0.2.1 -all", "ok spf, ok spf-covers, note spf-partly"},
		"failing":    {"example.org TXT v=spf1 include:p.example -all\np.example SERVFAIL", "error spf-lookup"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := examine(t, test.zone, func(e *Exam) { e.Leaves = []netip.Addr{netip.MustParseAddr("192.0.2.1")} })
			if got := tellings(all, "spf"); got != test.want {
				t.Errorf("%s, want %s\n%v", got, test.want, all)
			}
		})
	}
}

// What is told is enough to write the record by hand.
func TestSPFAdvice(t *testing.T) {
	for _, test := range []struct{ zone, leaves, want string }{
		{"", "192.0.2.1", `add a TXT record example.org "v=spf1 ip4:192.0.2.1 -all"`},
		{"", "2001:db8::1", `"v=spf1 ip6:2001:db8::1 -all"`},
		{"example.org TXT v=spf1 a -all\nexample.org TXT v=spf1 mx ~all", "192.0.2.1", `(want one): "v=spf1 a -all", "v=spf1 mx ~all"`},
	} {
		all := examine(t, test.zone, func(e *Exam) { e.Leaves = []netip.Addr{netip.MustParseAddr(test.leaves)} })
		if got := fmt.Sprint(all); !strings.Contains(got, test.want) {
			t.Errorf("%q is not in %s", test.want, got)
		}
	}
}

// Bounces of another domain: receivers look up the SPF record of that one, too.
func TestReturns(t *testing.T) {
	sender := "example.org TXT v=spf1 ip4:192.0.2.1 -all\n_dmarc.example.org TXT v=DMARC1; p=none; rua=x\n"
	for _, test := range []struct{ returns, zone, want string }{
		{"b@example.org", sender, "ok spf, ok spf-covers; ok dmarc, note dmarc-spf-only"},
		{"b@mail.example.org", sender, "ok spf, ok spf-covers, error spf-missing; ok dmarc, note dmarc-spf-only"},
		{"b@mail.example.org", strings.Replace(sender, "rua", "aspf=s; rua", 1) + "mail.example.org TXT v=spf1 ip4:203.0.113.1 -all",
			"ok spf, ok spf-covers, ok spf, error spf-not-covered; ok dmarc, warning dmarc-alignment"},
		{"b@other.example", sender + "other.example TXT v=spf1 ip4:192.0.2.1 -all",
			"ok spf, ok spf-covers, ok spf, ok spf-covers; ok dmarc, warning dmarc-alignment"},
	} {
		all := examine(t, test.zone, func(e *Exam) {
			e.Leaves, e.Returns = []netip.Addr{netip.MustParseAddr("192.0.2.1")}, test.returns
		})
		if got := tellings(all, "spf") + "; " + tellings(all, "dmarc"); got != test.want {
			t.Errorf("%s: %s, want %s", test.returns, got, test.want)
		}
	}
}

// A long answer comes by TCP, and its strings are one text.
func TestLongAnswer(t *testing.T) {
	text := "v=spf1 " + strings.Repeat("ip4:203.0.113.1 ", 60) + "ip4:192.0.2.1 -all"
	all := examine(t, "example.org TXT "+text, func(e *Exam) { e.Leaves = []netip.Addr{netip.MustParseAddr("192.0.2.1")} })
	if got := tellings(all, "spf"); got != "ok spf, ok spf-covers" {
		t.Errorf("%s", got)
	}
}

// Of a provider's relay it is not known from where it hands mail on.
func TestLeaves(t *testing.T) {
	zone := "example.org TXT v=spf1 include:p.example -all\np.example TXT v=spf1 ip4:203.0.113.0/24 -all\n" +
		"smtp.p.example A 198.51.100.7\nsmtp.example.org A 203.0.113.9\n203.0.113.9 PTR smtp.example.org"
	for host, want := range map[string]string{
		"smtp.p.example":   "ok spf, note spf-unknown; note ptr-not-ours",
		"smtp.example.org": "ok spf, ok spf-covers; ok ptr",
		"127.0.0.1":        "ok spf, note spf-unknown; note ptr-unknown",
	} {
		all := examine(t, zone, func(e *Exam) { e.Relay.Host = host })
		if got := tellings(all, "spf") + "; " + tellings(all, "ptr"); got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
}

// newKey makes a key that signs for domain: Ed25519, or RSA of so many bits.
func newKey(t *testing.T, domain string, bits int) *mail.Signer {
	t.Helper()
	var private any
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if bits > 0 {
		private, err = rsa.GenerateKey(rand.Reader, bits)
	}
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := mail.NewSigner(domain, "mail2026", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestDKIM(t *testing.T) {
	key, weak := newKey(t, "example.org", 0), newKey(t, "example.org", 1024)
	name, text := key.Record()
	_, other := newKey(t, "example.org", 0).Record()
	_, long := weak.Record()
	for _, test := range []struct {
		key        *mail.Signer
		zone, want string
	}{
		{nil, "", "warning dkim-none"},
		{key, "", "error dkim-missing"},
		{key, name + " TXT " + text, "ok dkim"},
		{key, name + " TXT " + strings.ReplaceAll(text, "p=", " p = "), "ok dkim"},
		{key, name + " TXT " + other, "error dkim-other"},
		{key, name + " TXT " + long, "error dkim-other"},
		{key, name + " TXT v=DKIM1; k=ed25519; p=", "error dkim-revoked"},
		{key, name + " TXT " + text + "\n" + name + " TXT " + other, "error dkim-many"},
		{key, name + " TXT " + text + "; t=s:y", "warning dkim-testing, ok dkim"},
		{key, name + " TXT " + text + "; h=sha1", "error dkim-hash"},
		{key, name + " TXT v=DMARC1; p=none", "error dkim-broken"},
		{key, name + " SERVFAIL", "error dkim-lookup"},
		{weak, name + " TXT " + strings.Replace(long, "k=rsa; ", "", 1), "ok dkim, warning dkim-weak"},
	} {
		all := examine(t, test.zone, func(e *Exam) {
			if test.key != nil {
				e.Keys = []*mail.Signer{test.key}
			}
		})
		if got := tellings(all, "dkim"); got != test.want {
			t.Errorf("%q: %s, want %s", test.zone, got, test.want)
		}
	}
}

func TestDMARC(t *testing.T) {
	own, parent, other := newKey(t, "news.example.org", 0), newKey(t, "example.org", 0), newKey(t, "example.net", 0)
	for _, test := range []struct {
		key        *mail.Signer
		zone, want string
	}{
		{own, "", "error dmarc-missing"},
		{own, "_dmarc.news.example.org TXT v=DMARC1; p=reject; rua=mailto:d@example.org", "ok dmarc, ok dmarc-alignment"},
		{own, "_dmarc.example.org TXT v=DMARC1; p=none", "ok dmarc, note dmarc-reports, ok dmarc-alignment"},
		{parent, "_dmarc.example.org TXT v=DMARC1;p=none;rua=mailto:d@example.org;pct=20", "ok dmarc, note dmarc-part, ok dmarc-alignment"},
		{parent, "_dmarc.example.org TXT v=DMARC1; p=none; adkim=s; rua=x", "ok dmarc, error dmarc-alignment"},
		{other, "_dmarc.example.org TXT v=DMARC1; p=none; rua=x", "ok dmarc, error dmarc-alignment"},
		{nil, "_dmarc.example.org TXT v=DMARC1; p=none; rua=x", "ok dmarc, note dmarc-spf-only"},
		{own, "_dmarc.example.org TXT v=DMARC1; p=none; sp=strict; rua=x", "error dmarc-broken, ok dmarc-alignment"},
		{own, "_dmarc.example.org TXT v=DMARC1; p=none\n_dmarc.example.org TXT v=DMARC1; p=reject", "error dmarc-many"},
		{own, "_dmarc.example.org TXT v=DMARC1; none", "error dmarc-broken"},
		{own, "_dmarc.news.example.org SERVFAIL", "error dmarc-lookup"},
	} {
		all := examine(t, test.zone, func(e *Exam) {
			e.From = "x@News.Example.org"
			if test.key != nil {
				e.Keys = []*mail.Signer{test.key}
			}
		})
		if got := tellings(all, "dmarc"); got != test.want {
			t.Errorf("%q: %s, want %s", test.zone, got, test.want)
		}
	}
}

func TestHosts(t *testing.T) {
	for _, test := range []struct{ zone, mx, ptr string }{
		{"", "error mx-missing", "error ptr-missing"},
		{"example.org A 192.0.2.1", "warning mx-missing", "error ptr-missing"},
		{"example.org MX 0 .", "error mx-null", "error ptr-missing"},
		{"example.org MX 10 mx.example.org", "warning mx-no-address, error mx-no-address", "error ptr-missing"},
		{"example.org MX 10 mx.example.org\nmx.example.org A 192.0.2.1\n192.0.2.1 PTR mx.example.org", "ok mx", "ok ptr"},
		{"192.0.2.1 PTR host.isp.example", "error mx-missing", "error ptr-forward"},
		{"example.org SERVFAIL\n1.2.0.192.in-addr.arpa SERVFAIL", "error mx-lookup", "error ptr-lookup"},
	} {
		all := examine(t, test.zone, func(e *Exam) { e.Leaves = []netip.Addr{netip.MustParseAddr("192.0.2.1")} })
		if got := tellings(all, "mx"); got != test.mx {
			t.Errorf("%q: %s, want %s", test.zone, got, test.mx)
		}
		if got := tellings(all, "ptr"); got != test.ptr {
			t.Errorf("%q: %s, want %s", test.zone, got, test.ptr)
		}
	}
}

// A resolver that does not answer is told once.
func TestNoResolver(t *testing.T) {
	e := &Exam{From: "news@example.org", Resolver: NewResolver("127.0.0.1:1"), Now: time.Now}
	e.dns(context.Background())
	if got := tellings(e.found, "spf"); got != "error dns-down" || len(e.found) != 1 {
		t.Errorf("%v", e.found)
	}
}

// Whatever a record says, reading it ends, and the limits are kept.
func FuzzSPF(f *testing.F) {
	for _, text := range []string{"v=spf1 -all", "v=spf1 a/24//64 mx:x/8 ip6:::/0 ~all", "v=spf1 redirect=x exp=%{i}", "v=spf1 +", "v=spf1 =", "v=spf1 a//"} {
		f.Add(text)
	}
	down := NewResolver("")
	down.down = context.Canceled
	f.Fuzz(func(t *testing.T, text string) {
		if len(strings.Fields(text)) == 0 {
			return
		}
		r := &spfReader{ctx: context.Background(), resolver: down}
		record := r.parse("example.org", text)
		record.check(netip.MustParseAddr("192.0.2.1"))
		if all := record.all(); all != 0 && !slices.Contains([]byte("+-~?"), all) {
			t.Errorf("%q: %c", text, all)
		}
	})
}
