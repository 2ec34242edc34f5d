package mailcheck

import (
	"bytes"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// links checks every address that a reader can follow.
func (c *checker) links() {
	for a := range c.root.elements("a", "area") {
		href, ok := a.attr("href")
		if !ok {
			if a.attrs["name"] == "" && a.attrs["id"] == "" {
				c.at(a, Warning, "link-without-address", "a link leads nowhere: it has no href")
			}
			continue
		}
		c.address(a, href)
		c.linkText(a, href)
	}
}

// address checks where a link leads.
func (c *checker) address(a *node, href string) {
	if slices.Contains(c.Marks, href) {
		return
	}
	u, err := url.Parse(href)
	switch {
	case href == "" || href == "#":
		c.at(a, Error, "link-empty", "a link leads nowhere: its href is %q", href)
	case strings.HasPrefix(href, "#"):
	case err != nil:
		c.at(a, Error, "link-broken", "%q is no address", brief(href, 80))
	case u.Scheme == "mailto" || u.Scheme == "tel" || u.Scheme == "sms":
	case u.Scheme == "":
		c.at(a, Error, "link-relative", "%q is relative: in an inbox it leads nowhere (want https://…)", brief(href, 80))
	case u.Scheme != "http" && u.Scheme != "https":
		c.at(a, Error, "link-scheme", "%s: links are taken out by mail clients (want https://…)", u.Scheme)
	case u.Host == "":
		c.at(a, Error, "link-broken", "%q has no host", brief(href, 80))
	case strings.ContainsAny(href, " \t\n\"<>"):
		c.at(a, Error, "link-broken", "%q has a character that an address can't have", brief(href, 80))
	default:
		c.host(a, u)
	}
}

// shorteners hide where a link leads, which spam filters do not like.
var shorteners = set("bit.ly tinyurl.com t.co goo.gl ow.ly is.gd buff.ly rebrand.ly cutt.ly shorturl.at tiny.cc rb.gy")

func (c *checker) host(a *node, u *url.URL) {
	host := strings.ToLower(u.Hostname())
	ip := net.ParseIP(host)
	switch {
	case private(host) && c.own(host):
		c.at(a, Warning, "link-private", "%s, your own, is on this machine or in a private network: readers elsewhere can't reach it", host)
	case private(host) && ip == nil && host != "localhost" && !strings.HasSuffix(host, ".localhost"): // an article of a house for the house may have it
		c.at(a, Warning, "link-private", "%s is a name in a private network: readers elsewhere can't reach it", host)
	case private(host):
		c.at(a, Error, "link-private", "%s is on this machine or in a private network: readers can't reach it", host)
	case strings.HasSuffix(host, ".invalid"):
		c.at(a, Warning, "link-invalid", "%s leads nowhere: no name under .invalid exists", host)
	case ip != nil:
		c.at(a, Warning, "link-number", "%s is a number, not a name: spam filters count that against a mail", host)
	case shorteners[host]:
		c.at(a, Warning, "link-shortener", "%s hides where it leads: spam filters count that against a mail (want the address itself)", host)
	case u.User != nil:
		c.at(a, Warning, "link-user", "a user name in an address makes spam filters suspicious")
	case u.Scheme == "http" && c.own(host):
		c.at(a, Warning, "link-not-encrypted", "http://%s is your own: want https", host)
	case u.Scheme == "http":
		c.at(a, Note, "link-not-encrypted", "http://%s is not encrypted", host)
	}
}

func (c *checker) own(host string) bool {
	return slices.ContainsFunc(c.Own, func(own string) bool { return host == own || strings.HasSuffix(host, "."+own) })
}

// private reports whether a host is one that only this machine or its network
// can reach.
func private(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if ip := net.ParseIP(host); ip != nil {
		ip = behind(ip)
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsLinkLocalMulticast() || ip.IsUnspecified() || ip.IsMulticast() || shared.Contains(ip)
	}
	return host == "localhost" || !strings.Contains(host, ".") ||
		strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".internal") || strings.HasSuffix(host, ".home.arpa")
}

// behind gives the IPv4 address that a gateway leads to from an IPv6 one which has
// it in it: NAT64 (RFC 6052), 6to4 (RFC 3056), or none that is compatible (RFC 4291
// section 2.5.5.1).
func behind(ip net.IP) net.IP {
	six := ip.To16()
	switch {
	case ip.To4() != nil || six == nil:
		return ip
	case bytes.HasPrefix(six, []byte{0x20, 0x02}):
		return net.IP(six[2:6])
	case bytes.HasPrefix(six, []byte{0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0}):
		return net.IP(six[12:])
	case bytes.HasPrefix(six, make([]byte, 12)) && !ip.IsLoopback() && !ip.IsUnspecified():
		return net.IP(six[12:])
	}
	return ip
}

// shared is the address space between providers and their customers (RFC 6598).
var shared = net.IPNet{IP: net.IPv4(100, 64, 0, 0).To4(), Mask: net.CIDRMask(10, 32)}

var (
	vague   = regexp.MustCompile(`(?i)^(click( here)?|here|more|read more|learn more|link|this|this link|continue|details)[ .…→»>]*$`)
	hostish = regexp.MustCompile(`(?i)^(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:/\S*)?$`)
)

// linkText checks what a link says.
func (c *checker) linkText(a *node, href string) {
	text := a.words()
	if label, ok := a.attr("aria-label"); ok {
		text = label
	}
	switch {
	case text == "" && !hidden(a):
		c.at(a, Warning, "link-silent", "a link has no text: a screen reader says its address (want text, or the image's alt)")
	case vague.MatchString(text):
		c.at(a, Warning, "link-vague", "%q says nothing about where it leads, read alone", text)
	}
	if m := hostish.FindStringSubmatch(text); m != nil {
		u, err := url.Parse(href)
		if err == nil && u.Host != "" && bare(u.Hostname()) != bare(m[1]) {
			c.at(a, Warning, "link-disguised", "says %s but leads to %s: mail clients warn of that as phishing", m[1], u.Hostname())
		}
	}
}

func bare(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }

// hidden reports whether n or what it is in is hidden from screen readers.
func hidden(n *node) bool {
	for ; n != nil; n = n.parent {
		if n.attrs["aria-hidden"] == "true" {
			return true
		}
	}
	return false
}
