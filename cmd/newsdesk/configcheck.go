package main

import (
	"fmt"
	"net"
	"net/netip"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/store"
)

// faultFunc tells what is wrong with the value of a key.
type faultFunc func(key, format string, args ...any)

// check finds the values that are of the right type and wrong all the same, section
// by section. What a check has parsed it keeps in the Config.
func (c *Config) check(lines configLines) []string {
	var faults []string
	var fault faultFunc = func(key, format string, args ...any) {
		faults = append(faults, lines.at(key, fmt.Sprintf(format, args...)))
	}
	c.checkSite(fault)
	c.checkContent(fault)
	c.checkFeeds(fault)
	c.checkPublishing(fault)
	c.checkLook(fault)
	c.checkDigests(lines, fault)
	c.checkMail(fault)
	c.checkDKIM(fault)
	c.checkBounces(fault)
	c.checkServe(fault)
	c.checkDesk(fault)
	c.checkNumbers(fault)
	c.checkSubscribe(fault)
	if !store.CanOpen(c.Database.URL) {
		fault("database.url", "is of no database that newsdesk can use (want sqlite:FILE or postgres://user@host/database)") // not with the value: it may have a password
	}
	return faults
}

// checkContent checks the keys of content and check.
func (c *Config) checkContent(fault faultFunc) {
	if err := corpus.CheckPermalink(c.Content.Permalink); err != nil {
		fault("content.permalink", "%v", err)
	}
	if err := corpus.CheckEncoding(c.Content.Encoding); err != nil {
		fault("content.encoding", "%v", err)
	}
	if corpus.Presets[c.Content.Preset] == nil {
		fault("content.preset", "there is no preset %q (want newsdesk, hugo, jekyll, astro or eleventy)", c.Content.Preset)
	}
	if c.Feeds.Dir != "" && absolute(c.Content.Dir) == absolute(c.Feeds.Dir) {
		fault("feeds.dir", "%q is the articles' folder (want another, or one below it)", c.Feeds.Dir)
	}
	for _, pattern := range c.Content.Skip {
		if _, err := path.Match(pattern, ""); err != nil {
			fault("content.skip", "%q is not a pattern (want README.md or \"*/about\")", pattern)
		}
	}
	for name := range c.Content.Fields {
		if _, ok := corpusField(name); !ok {
			fault("content.fields."+name, "newsdesk has no such field (newsdesk check --help lists them)")
		}
	}
	for _, kind := range c.Check.Silence {
		if !slices.Contains(findingKinds(), kind) {
			fault("check.silence", "there is no kind of finding %q (newsdesk check --help lists them)", kind)
		}
	}
}

// checkSite checks the keys of site and feeds.url, and completes them.
func (c *Config) checkSite(fault faultFunc) {
	c.Site.URL, c.Feeds.URL = asciiURL(c.Site.URL), asciiURL(c.Feeds.URL)
	if text := notBase(c.Site.URL); text != "" {
		fault("site.url", "%q %s (want https://www.example.org)", withoutUser(c.Site.URL), text)
	}
	if text := notBase(c.Feeds.URL); c.Feeds.URL != "" && text != "" {
		fault("feeds.url", "%q %s (want https://www.example.org/feeds, or \"\" for site.url)", withoutUser(c.Feeds.URL), text)
	}
	if c.Site.Title == "" {
		c.Site.Title = hostOf(c.Site.URL)
	}
	for key, tags := range map[string][]string{"site.language": {c.Site.Language}, "site.languages": c.Site.Languages} {
		for _, tag := range tags {
			if _, err := language.Parse(tag); err != nil {
				fault(key, "%q is not a language (want en-US)", tag)
			}
		}
	}
	zone, err := time.LoadLocation(c.Site.Timezone)
	if err != nil || c.Site.Timezone == "Local" {
		fault("site.timezone", "%q is not a time zone (want America/New_York)", c.Site.Timezone)
	}
	c.zone = zone
}

// checkMail checks how the mail goes out.
func (c *Config) checkMail(fault faultFunc) {
	if c.SMTP.TLS != "" {
		fault.oneOf("smtp.tls", c.SMTP.TLS, "required", "opportunistic", "implicit", "none")
	}
	if c.SMTP.Host == "" {
		fault("smtp.host", "is empty (want the name of the mail server)")
	}
	if c.SMTP.Port < 1 || c.SMTP.Port > 65535 {
		fault("smtp.port", "%d is not a port (want 587)", c.SMTP.Port)
	}
	c.checkRelays(fault)
	c.checkLimits(fault)
}

// checkServe checks the keys of the server, and keeps the networks that it trusts.
func (c *Config) checkServe(fault faultFunc) {
	if _, _, err := net.SplitHostPort(c.Serve.Listen); err != nil {
		fault("serve.listen", "%q is not an address (want 127.0.0.1:8080, or :8080 for every network)", c.Serve.Listen)
	}
	if (c.Serve.TLSCert == "") != (c.Serve.TLSKey == "") {
		fault("serve.tls_cert", "a certificate and its key go together (want serve.tls_cert and serve.tls_key)")
	}
	networks := func(key string, list []string) (prefixes []netip.Prefix) {
		for _, text := range list {
			p, err := parseNetwork(text)
			if err != nil {
				fault(key, "%q is not an address or network (want 10.0.0.1 or 10.0.0.0/8)", text)
			}
			prefixes = append(prefixes, p)
		}
		return prefixes
	}
	c.trusted = networks("serve.trusted_proxies", c.Serve.TrustedProxies)
	c.metrics = networks("serve.metrics", c.Serve.Metrics)
}

// parseNetwork reads 10.0.0.0/8, or one address as a network of one.
func parseNetwork(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err
}

// checkNumbers checks the keys of the numbers.
func (c *Config) checkNumbers(fault faultFunc) {
	if c.Numbers.Reports != "" && c.Feeds.Dir != "" && within(c.Feeds.Dir, c.Numbers.Reports) {
		fault("numbers.reports", "%q is in the output folder, which is public (want another)", c.Numbers.Reports)
	}
	if c.Numbers.Listen != "" {
		if _, _, err := net.SplitHostPort(c.Numbers.Listen); err != nil {
			fault("numbers.listen", "%q is not an address (want 127.0.0.1:9480)", c.Numbers.Listen)
		}
	}
}

// oneOf checks a value that is one of some words.
func (fault faultFunc) oneOf(key, value string, words ...string) {
	if !slices.Contains(words, value) {
		fault(key, "%q (want %s)", value, strings.Join(words, ", "))
	}
}

// corpusField finds a field of the corpus by its name, without case, because
// viper makes keys lower case.
func corpusField(name string) (corpus.Field, bool) {
	for _, field := range corpus.AllFields() {
		if strings.EqualFold(string(field), name) {
			return field, true
		}
	}
	return "", false
}

func fieldNames() []string { return slices.Sorted(slices.Values(texts(corpus.AllFields()))) }

// texts gives names of some kind as what they are called.
func texts[Name ~string](names []Name) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = string(name)
	}
	return all
}

// checkDesk checks the keys of the editors' desk.
func (c *Config) checkDesk(fault faultFunc) {
	if _, _, err := net.SplitHostPort(c.Desk.Listen); err != nil {
		fault("desk.listen", "%q is not an address (want 127.0.0.1:8025)", c.Desk.Listen)
	}
	for _, host := range c.Desk.Hosts {
		if _, _, err := net.SplitHostPort(host); err == nil || host == "" {
			fault("desk.hosts", "%q (want a host's name without a port: desk.example.org)", host)
		}
	}
}
