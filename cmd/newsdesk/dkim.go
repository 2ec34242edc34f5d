package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/mail"
)

// dkimKey is one of smtp.dkim.
type dkimKey struct {
	Selector string
	KeyFile  string `mapstructure:"key_file"`
	Domain   string // "" is that of digest.from
}

var dkimKeys = []string{"selector", "key_file", "domain"}

func dkimMember(i int) string { return member("smtp.dkim", i) }

var dnsName = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`)

// checkDKIM checks smtp.dkim and completes it.
func (c *Config) checkDKIM(fault faultFunc) {
	for i := range c.SMTP.DKIM {
		k := &c.SMTP.DKIM[i]
		if k.Domain == "" && c.Digest.from != nil {
			k.Domain = domainOf(c.Digest.from.Address)
		}
		if !dnsName.MatchString(k.Selector) {
			fault(dkimMember(i), "selector: %q is no name in the DNS (want mail2026)", k.Selector)
		}
		if !dnsName.MatchString(k.Domain) {
			fault(dkimMember(i), "domain: %q is no name in the DNS (want example.org, or digest.from)", k.Domain)
		}
		if k.KeyFile == "" {
			fault(dkimMember(i), "key_file: is missing (want a PEM file with a private key)")
		}
	}
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// signers reads the keys of smtp.dkim. No error has anything of what is in them.
func signers(c *Config) ([]*mail.Signer, error) {
	var all []*mail.Signer
	for _, k := range c.SMTP.DKIM {
		text, err := os.ReadFile(k.KeyFile)
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w (make a key with openssl genrsa -out %s 2048)", err, k.KeyFile)
		}
		if err != nil {
			return nil, fmt.Errorf("smtp.dkim: %w", err)
		}
		s, err := mail.NewSigner(k.Domain, k.Selector, text)
		if err != nil {
			return nil, fmt.Errorf("smtp.dkim: %s: %w", k.KeyFile, err)
		}
		all = append(all, s)
	}
	return all, nil
}

// tellDKIM warns of signatures that will not count for much.
func (a *app) tellDKIM(c *Config, sender string, all []*mail.Signer) {
	for i, s := range all {
		if s.Weak() {
			a.warn("%s: an RSA key of less than 2048 bits is weak (make a new one, with another selector)", c.SMTP.DKIM[i].KeyFile)
		}
		if from := strings.ToLower(domainOf(sender)); !sameSite(from, s.Domain()) {
			a.warn("smtp.dkim: a signature of %s says nothing for a sender of %s: DMARC wants the same domain", s.Domain(), from)
		}
	}
}

// sameSite reports whether one of two domains is the other one or below it.
func sameSite(a, b string) bool {
	return a == b || strings.HasSuffix(a, "."+b) || strings.HasSuffix(b, "."+a)
}

func (a *app) dkimCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "dkim",
		Short: "Show the DNS records for the keys that sign the mail",
		Long: `Write a TXT record for each key of smtp.dkim, as it stands in a zone file. Without
it receivers take a signature for broken. A key is made by
openssl genrsa -out mail2026.pem 2048; every receiver knows RSA, few Ed25519
(openssl genpkey -algorithm ed25519), so that is only good beside it.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.showDKIM() },
	}
}

func (a *app) showDKIM() error {
	c, err := a.config()
	if err != nil {
		return err
	}
	all, err := signers(c)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return configError{"smtp.dkim: there is no key (want selector and key_file)"}
	}
	if c.Digest.from != nil {
		a.tellDKIM(c, c.Digest.from.Address, all)
	}
	type record struct {
		Name string `json:"name"`
		Text string `json:"text"`
	}
	var records []record
	for _, s := range all {
		name, text := s.Record()
		records = append(records, record{name, text})
	}
	if a.flags.json {
		return a.printJSON(map[string]any{"records": records})
	}
	for _, r := range records {
		fmt.Fprintf(a.stdout, "%s. IN TXT %s\n", r.Name, zoneText(r.Text))
	}
	return nil
}

// zoneText writes the text of a TXT record in strings of at most 255 octets
// (RFC 1035, 3.3), which readers join.
func zoneText(text string) string {
	var all []string
	for part := range slices.Chunk([]byte(text), 255) {
		all = append(all, `"`+string(part)+`"`)
	}
	if len(all) == 1 {
		return all[0]
	}
	return "( " + strings.Join(all, " ") + " )"
}
