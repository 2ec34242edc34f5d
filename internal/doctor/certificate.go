package doctor

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/medigy/newsdesk/internal/mail"
)

// soon is how long before its end a certificate is warned of.
const soon = 14 * 24 * time.Hour

// encryption tells of TLS with the relay and reports whether sending would go on.
func (e *Exam) encryption(t *talk) (goesOn bool) {
	policy := e.Relay.Policy()
	switch strict := policy == mail.TLSRequired || policy == mail.TLSImplicit; {
	case t.state != nil:
		return e.certificate(t.state, strict)
	case strict && t.refused != nil:
		e.tell("tls", Error, "tls-failed", "TLS does not begin: "+t.explain(t.refused), "see smtp.port and smtp.tls, and the server's TLS settings")
	case strict:
		e.tell("tls", Error, "tls-missing", "the relay offers no STARTTLS", "use its TLS port, often 465 or 587")
		return false
	case e.Relay.Loopback():
		e.tell("tls", Note, "tls-local", "in clear, on this machine; whether the relay encrypts on the way out is its matter", "")
		return true
	default:
		e.tell("tls", Error, "tls-clear", "mail and subscribers' addresses go to the relay in clear", "set smtp.tls: required")
		return true
	}
	return false
}

// certificate tells all that is wrong with the relay's. Without the strict
// policies sending goes on all the same (RFC 7435).
func (e *Exam) certificate(state *tls.ConnectionState, strict bool) (goesOn bool) {
	leaf, now, bad := state.PeerCertificates[0], e.Now(), Note
	if strict {
		bad = Error
	} else if !e.Relay.Loopback() {
		bad = Warning
	}
	before := len(e.found)
	if now.After(leaf.NotAfter) {
		e.tell("tls", bad, "tls-expired", "the relay's certificate expired on "+day(leaf.NotAfter), "renew it there")
	}
	if now.Before(leaf.NotBefore) {
		e.tell("tls", bad, "tls-early", "the relay's certificate begins on "+day(leaf.NotBefore), "see this machine's clock")
	}
	if leaf.VerifyHostname(e.Relay.Host) != nil {
		e.tell("tls", bad, "tls-name", fmt.Sprintf("the relay's certificate is for %s, not for %s", namesOf(leaf), e.Relay.Host), "set smtp.host to a name in it, or get one for this name")
	}
	if err := e.chain(state, leaf); err != nil {
		e.tell("tls", bad, "tls-issuer", "nobody whom this machine trusts vouches for the relay's certificate: "+mail.OneLine(err.Error()), "let it send its chain, or add its issuer to this machine's (ca-certificates, SSL_CERT_FILE)")
	}
	if state.Version < tls.VersionTLS12 {
		e.tell("tls", bad, "tls-old", fmt.Sprintf("the relay speaks %s at best; newsdesk wants TLS 1.2", tls.VersionName(state.Version)), "bring it up to date")
	}
	if len(e.found) > before {
		if !strict {
			e.tell("tls", OK, "tls", "encrypted, the certificate unchecked, as smtp.tls has it", "")
		}
		return !strict
	}
	e.tell("tls", OK, "tls", fmt.Sprintf("%s, the certificate is good until %s", tls.VersionName(state.Version), day(leaf.NotAfter)), "")
	if leaf.NotAfter.Sub(now) < soon {
		e.tell("tls", Warning, "tls-expires", "the relay's certificate expires on "+day(leaf.NotAfter), "renew it there")
	}
	return true
}

// chain verifies the certificate apart from what is told of the leaf already.
func (e *Exam) chain(state *tls.ConnectionState, leaf *x509.Certificate) error {
	options := x509.VerifyOptions{Roots: e.Relay.Roots, Intermediates: x509.NewCertPool(), CurrentTime: e.Now()}
	for _, c := range state.PeerCertificates[1:] {
		options.Intermediates.AddCert(c)
	}
	if options.CurrentTime.After(leaf.NotAfter) || options.CurrentTime.Before(leaf.NotBefore) {
		options.CurrentTime = leaf.NotAfter
	}
	_, err := leaf.Verify(options)
	if inner, ok := errors.AsType[x509.UnknownAuthorityError](err); ok && leaf.Issuer.String() == leaf.Subject.String() {
		return fmt.Errorf("it is self-signed: %w", inner)
	}
	return err
}

func namesOf(c *x509.Certificate) string {
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return "no name"
	}
	return mail.OneLine(strings.Join(names, ", "))
}

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }
