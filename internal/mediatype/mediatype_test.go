package mediatype_test

import (
	"testing"

	"github.com/medigy/newsdesk/internal/mediatype"
)

func Test(t *testing.T) {
	for _, test := range []struct {
		name, mediaType string
		text            bool
	}{
		{"topic/ehr/index.html", "text/html; charset=utf-8", true},
		{"A.JPG", "image/jpeg", false},
		{"feed.css.gz", "application/gzip", false},
		{"digest/2021-W39/digest.eml", "message/rfc822", true},
		{"icon.svg", "image/svg+xml; charset=utf-8", true},
		{"site.webmanifest", "application/manifest+json; charset=utf-8", true},
		{"_headers", "", false},
		{"data.bin", "", false},
	} {
		got := mediatype.Of(test.name)
		if got != test.mediaType || mediatype.Text(got) != test.text {
			t.Errorf("Of(%q) = %q, text %v; want %q, %v", test.name, got, mediatype.Text(got), test.mediaType, test.text)
		}
	}
}
