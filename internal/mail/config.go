package mail

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"strconv"
	"time"
)

// Config says which server takes our mail and how to speak with it.
type Config struct {
	Host     string // name or IP address
	Port     int    // 587, 465 or 25; 0 is 587
	TLS      TLSPolicy
	Username string // "" does not log in
	Password string
	Hello    string         // our name in EHLO; "" gives our IP address (RFC 5321, 4.1.3)
	Roots    *x509.CertPool // who may sign the server's certificate; nil: the system's
	Timeouts Timeouts
}

// TLSPolicy says how much encryption a connection needs.
type TLSPolicy int

// The policies. A server on this machine (localhost, 127.0.0.0/8, ::1) gets
// TLSOpportunistic from TLSDefault, any other one TLSRequired.
//
// Only TLSRequired and TLSImplicit check the certificate: with the others
// somebody on the way could take out the offer of TLS anyway (RFC 7435), and
// the mail server of a fresh Debian has a self-signed one. Therefore a password
// goes to another machine by the two strict ones only: with a user name
// TLSOpportunistic is TLSRequired there, and TLSNone an error.
const (
	TLSDefault       TLSPolicy = iota
	TLSRequired                // STARTTLS (on port 465 TLS from the start) or no mail
	TLSOpportunistic           // STARTTLS if the server offers it
	TLSNone                    // never
	TLSImplicit                // TLS from the start, on any port
)

// ParseTLSPolicy reads the value of smtp.tls: "required", "opportunistic",
// "none", "implicit", or "" for TLSDefault.
func ParseTLSPolicy(s string) (TLSPolicy, error) {
	policy, ok := map[string]TLSPolicy{
		"": TLSDefault, "required": TLSRequired, "opportunistic": TLSOpportunistic, "none": TLSNone, "implicit": TLSImplicit,
	}[s]
	if !ok {
		return 0, fmt.Errorf("%q: want required, opportunistic, none or implicit", s)
	}
	return policy, nil
}

// Timeouts bound the steps of the dialogue. A zero gives the value in the
// comment; those after Connect are what RFC 5321, 4.5.3.2 tells clients to
// wait, because servers may check much before they answer.
type Timeouts struct {
	Connect time.Duration // TCP and TLS handshake; 30 s
	Command time.Duration // greeting, EHLO, AUTH, MAIL, RCPT; 5 min
	Data    time.Duration // DATA; 2 min
	Body    time.Duration // writing the message; 3 min
	Dot     time.Duration // the reply to the final dot; 10 min
}

func (c Config) withDefaults() Config {
	if c.Port == 0 {
		c.Port = 587
	}
	c.TLS = c.policy()
	for _, d := range []struct {
		value *time.Duration
		rest  time.Duration
	}{
		{&c.Timeouts.Connect, 30 * time.Second},
		{&c.Timeouts.Command, 5 * time.Minute},
		{&c.Timeouts.Data, 2 * time.Minute},
		{&c.Timeouts.Body, 3 * time.Minute},
		{&c.Timeouts.Dot, 10 * time.Minute},
	} {
		if *d.value == 0 {
			*d.value = d.rest
		}
	}
	return c
}

// policy resolves the defaults that are told at TLSPolicy.
func (c Config) policy() TLSPolicy {
	p := c.TLS
	if p == TLSDefault {
		p = TLSRequired
		if c.loopback() {
			p = TLSOpportunistic
		}
	}
	if p == TLSOpportunistic && c.Username != "" && !c.loopback() {
		p = TLSRequired
	}
	if p == TLSRequired && c.Port == 465 {
		p = TLSImplicit
	}
	return p
}

// loopback reports whether the server is on this machine, where nobody can
// listen in between.
func (c Config) loopback() bool {
	return c.Host == "localhost" || net.ParseIP(c.Host).IsLoopback()
}

func (c Config) address() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }

func (c Config) tlsConfig() *tls.Config {
	return &tls.Config{
		ServerName:         c.Host,
		RootCAs:            c.Roots,
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: c.TLS == TLSOpportunistic, // see TLSPolicy
		// Records of 16 KB: Go begins with those of one packet, for web pages
		// that are shown while they load, and a message would be 40 writes.
		DynamicRecordSizingDisabled: true,
	}
}
