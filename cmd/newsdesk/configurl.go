package main

import (
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/idna"
)

func isHTTP(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// asciiURL gives a URL as a mail's header and the articles' URLs have it, in
// ASCII, its scheme and host in lower case (RFC 3986, section 6.2.2.1): https://xn--mnchen-3ya.example/%C3%BC for https://münchen.example/ü.
func asciiURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	u.Host = strings.ToLower(u.Host)
	if host, err := idna.Lookup.ToASCII(u.Hostname()); err == nil {
		u.Host = strings.Replace(u.Host, u.Hostname(), host, 1)
	}
	return u.String()
}

func hostOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// notBase says why other URLs can't be made from a URL by writing a path behind it,
// or "".
func notBase(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil || !isHTTP(text):
		return "is not an absolute URL"
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(text, "#"):
		return "has a query or fragment, which no path can follow"
	case u.User != nil:
		return "has a user or password, which everybody would see"
	case u.Path != "" && strings.TrimSuffix(u.Path, "/") != strings.TrimSuffix(path.Clean(u.Path), "/"):
		return "has . or .. or // in its path"
	}
	return ""
}

// withoutUser gives a URL without user and password, to be told.
func withoutUser(text string) string {
	if u, err := url.Parse(text); err == nil && u.User != nil {
		u.User = nil
		return u.String()
	}
	return text
}
