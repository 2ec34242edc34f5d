package mail

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// Signer signs messages for a domain (DKIM, RFC 6376). Any number of goroutines
// may use it.
type Signer struct {
	domain, selector string
	key              crypto.Signer
	algorithm        string // of a=
	hash             crypto.SignerOpts
}

// NewSigner gives the signer with the private key in text, which is PEM: PKCS #8
// ("PRIVATE KEY") with an RSA or Ed25519 key, or PKCS #1 ("RSA PRIVATE KEY"). An
// RSA key has 1024 bits or more (RFC 8301, 3.2). No error repeats any of text.
func NewSigner(domain, selector string, text []byte) (*Signer, error) {
	for _, name := range []string{domain, selector} {
		if !isDomain(name) {
			return nil, fmt.Errorf("%.80q is no name in the DNS (want mail2026 and example.org)", name)
		}
	}
	key, err := parseKey(text)
	if err != nil {
		return nil, err
	}
	s := &Signer{domain: strings.ToLower(domain), selector: strings.ToLower(selector)}
	switch key := key.(type) {
	case *rsa.PrivateKey:
		if bits := key.N.BitLen(); bits < 1024 {
			return nil, fmt.Errorf("the RSA key has %d bits; nobody accepts less than 1024 (want 2048: openssl genrsa 2048)", bits)
		}
		s.key, s.algorithm, s.hash = key, "rsa-sha256", crypto.SHA256
	case ed25519.PrivateKey:
		// It signs the header's hash as if that were the message (RFC 8463, 3).
		s.key, s.algorithm, s.hash = key, "ed25519-sha256", crypto.Hash(0)
	default:
		return nil, errors.New("the key is neither RSA nor Ed25519; DKIM knows no others")
	}
	return s, nil
}

func parseKey(text []byte) (any, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("is no PEM file (want one that begins with -----BEGIN PRIVATE KEY-----)")
	}
	var key any
	var err error
	switch {
	case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
		return nil, errors.New("the key is encrypted; newsdesk has nobody to ask for its password (openssl pkey -in FILE -out NEW writes it in clear)")
	case block.Type == "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case block.Type == "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	default:
		return nil, fmt.Errorf("has a %s (want a PRIVATE KEY of RSA or Ed25519)", strings.Join(strings.Fields(clean(block.Type)), " "))
	}
	if err != nil {
		return nil, errors.New("the private key in it is damaged")
	}
	return key, nil
}

// isDomain reports whether s is a name of letters, digits, hyphens and
// underscores in labels, as a domain or a selector is.
func isDomain(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return len(s) <= 200
}

// Domain gives the domain that the signatures speak for.
func (s *Signer) Domain() string { return s.domain }

// Weak reports whether receivers may come to ignore the signatures: an RSA key
// has less than the 2048 bits of RFC 8301, 3.2.
func (s *Signer) Weak() bool {
	key, ok := s.key.(*rsa.PrivateKey)
	return ok && key.N.BitLen() < 2048
}

// Record gives the TXT record that must be in the DNS for the signatures to
// count: its name, and its text, which has no quotes and may be longer than the
// 255 octets of one string in a zone file.
func (s *Signer) Record() (name, text string) {
	name = s.selector + "._domainkey." + s.domain
	public, ok := s.key.Public().(ed25519.PublicKey)
	if ok { // the 32 octets themselves (RFC 8463, 4)
		return name, "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
	}
	der, err := x509.MarshalPKIXPublicKey(s.key.Public())
	if err != nil {
		panic(err) // an RSA key of NewSigner can be written
	}
	return name, "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)
}
