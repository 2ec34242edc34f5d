package corpus

import (
	"net/url"
	"strings"
	"testing"
)

// TestAbsoluteHost: a host in other letters is given in ASCII, and one that is longer
// than any can be is none. To encode that would take minutes.
func TestAbsoluteHost(t *testing.T) {
	base, err := url.Parse("https://news.example/")
	if err != nil {
		t.Fatal(err)
	}
	long := new(strings.Builder)
	for i := range 80_000 {
		long.WriteRune(rune(0x4e00 + i*7919%20000))
	}
	for ref, want := range map[string]string{
		"https://münchen.example:8080/ü":    "https://xn--mnchen-3ya.example:8080/%C3%BC",
		"https://M%C3%BCnchen.example/":     "https://xn--mnchen-3ya.example/",
		"https://" + long.String() + "/":    "",
		"//" + long.String() + ".example/a": "",
		"/" + long.String()[:6]:             "https://news.example/" + url.PathEscape(long.String()[:6]),
	} {
		if got := absolute(base, ref); got != want {
			t.Errorf("%.60s: %.100s, want %s", ref, got, want)
		}
	}
}
