package main

import (
	"strings"
	"testing"
)

func TestNotBase(t *testing.T) {
	for _, test := range []struct{ url, made, want string }{
		{"https://news.example.org", "https://news.example.org", ""},
		{"HTTPS://News.Example.ORG/Feeds/", "https://news.example.org/Feeds/", ""},
		{"https://müller.example/ü", "https://xn--mller-kva.example/%C3%BC", ""},
		{"https://news.example.org:8443/my feeds", "https://news.example.org:8443/my%20feeds", ""},
		{"news.example.org", "news.example.org", "absolute"},
		{"https://news.example.org/?x=1", "https://news.example.org/?x=1", "query"},
		{"https://news.example.org/#", "https://news.example.org/", ""}, // names the same
		{"https://news.example.org/#x", "https://news.example.org/#x", "fragment"},
		{"https://me:secret@news.example.org/", "https://me:secret@news.example.org/", "password"},
		{"https://news.example.org/a/../b", "https://news.example.org/a/../b", ".."},
		{"https://news.example.org/a//", "https://news.example.org/a//", "//"},
	} {
		made := asciiURL(test.url)
		if got := notBase(made); made != test.made || !strings.Contains(got, test.want) || (got == "") != (test.want == "") {
			t.Errorf("%s: %s, %q; want %s, %q", test.url, made, got, test.made, test.want)
		}
	}
}
