package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/mail"
)

// relaySettings is a member of smtp.relays.
type relaySettings struct {
	Name, Host         string
	Port               int
	TLS                string
	Username, Password string
	PasswordFile       string `mapstructure:"password_file"`
	Hello              string
	Priority, Weight   int
	Connections        int
	Messages           int
	Rate               float64
	WarmupStart        string   `mapstructure:"warmup_start"`
	WarmupPlan         []string `mapstructure:"warmup_plan"`
}

var relayKeys = []string{"host", "port", "tls", "username", "password", "password_file", "hello", "connections", "messages", "rate", "name", "priority", "weight", "warmup_start", "warmup_plan"}

// servers gives the relays: those of smtp.relays, or the one of smtp.
func (c *Config) servers() []relaySettings {
	if len(c.SMTP.Relays) > 0 {
		return c.SMTP.Relays
	}
	return []relaySettings{{
		Host: c.SMTP.Host, Port: c.SMTP.Port, TLS: c.SMTP.TLS, Username: c.SMTP.Username, Password: c.SMTP.Password, PasswordFile: c.SMTP.PasswordFile,
		Hello: c.SMTP.Hello, Connections: c.SMTP.Connections, Messages: c.SMTP.Messages, Rate: c.SMTP.Rate,
		WarmupStart: c.SMTP.WarmupStart, WarmupPlan: c.SMTP.WarmupPlan,
	}}
}

// checkRelays checks smtp.relays, and what holds for the one relay of smtp, too.
func (c *Config) checkRelays(fault faultFunc) {
	if c.SMTP.Tries < 1 {
		fault("smtp.tries", "%d (want 1 or more)", c.SMTP.Tries)
	}
	for _, n := range []struct {
		key   string
		value float64
	}{{"smtp.connections", float64(c.SMTP.Connections)}, {"smtp.messages", float64(c.SMTP.Messages)}} {
		if n.value < 1 {
			fault(n.key, "%v (want 1 or more)", n.value)
		}
	}
	if c.SMTP.Rate < 0 {
		fault("smtp.rate", "%v (want messages a second, or 0)", c.SMTP.Rate)
	}
	for i, r := range c.SMTP.Relays {
		key := member("smtp.relays", i)
		if r.Host == "" {
			fault(key, "host: is missing (want the name of a mail server)")
		}
		if r.Port < 0 || r.Port > 65535 {
			fault(key, "port: %d is not a port (want 587)", r.Port)
		}
		if _, err := mail.ParseTLSPolicy(r.TLS); err != nil {
			fault(key, "tls: %v", err)
		}
		if min(r.Weight, r.Connections, r.Messages) < 0 || r.Rate < 0 {
			fault(key, "a number below 0")
		}
		if _, err := warmup(r.WarmupStart, r.WarmupPlan); err != nil {
			fault(key, "%v", err)
		}
	}
}

// relays gives the relays with their passwords.
func relays(c *Config) ([]delivery.Relay, error) {
	all, err := relaysAlone(c)
	if err != nil {
		return nil, err
	}
	for i, r := range c.servers() {
		if all[i].SMTP.Password, err = secret("smtp.password_file", r.Password, r.PasswordFile); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// relaysAlone gives the relays without their passwords.
func relaysAlone(c *Config) ([]delivery.Relay, error) {
	var all []delivery.Relay
	for _, r := range c.servers() {
		policy, err := mail.ParseTLSPolicy(r.TLS)
		if err != nil {
			return nil, fmt.Errorf("smtp.tls: %w", err)
		}
		plan, err := warmup(r.WarmupStart, r.WarmupPlan)
		if err != nil {
			return nil, fmt.Errorf("smtp.%w", err)
		}
		all = append(all, delivery.Relay{
			Name: r.Name, Priority: r.Priority, Weight: r.Weight, Connections: r.Connections, Messages: r.Messages, Rate: r.Rate, Warmup: plan,
			SMTP: mail.Config{Host: r.Host, Port: r.Port, TLS: policy, Username: r.Username, Hello: r.Hello},
		})
	}
	return all, nil
}

// smtpConfig says how to speak with the relay that comes first, for what is no
// edition.
func smtpConfig(c *Config) (mail.Config, error) {
	all, err := relays(c)
	if err != nil {
		return mail.Config{}, err
	}
	first := slices.MinFunc(all, func(a, b delivery.Relay) int { return cmp.Compare(a.Priority, b.Priority) })
	return first.SMTP, nil
}
