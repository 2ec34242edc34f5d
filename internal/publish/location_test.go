package publish

import (
	"strings"
	"testing"
)

func TestParseURL(t *testing.T) {
	for _, test := range []struct {
		text  string
		want  Location
		error string
	}{
		{text: "file:///srv/www/feeds/", want: Location{Folder: "/srv/www/feeds"}},
		{text: "file:///srv/my%20site?gzip=true", want: Location{Folder: "/srv/my site", Gzip: true}},
		{text: "s3://news", want: Location{Bucket: "news"}},
		{text: "s3://news/a/b/?endpoint=https://s3.example.org&region=auto", want: Location{Bucket: "news", Prefix: "a/b/", Endpoint: "https://s3.example.org", Region: "auto"}},
		{text: "s3://news?endpoint=127.0.0.1:9000", want: Location{Bucket: "news", Endpoint: "https://127.0.0.1:9000"}},
		{text: "s3://news?endpoint=http://127.0.0.1:9000", want: Location{Bucket: "news", Endpoint: "http://127.0.0.1:9000"}},

		{text: "", error: "no kind"},
		{text: "/srv/www", error: "want file:///path"},
		{text: "https://news.example.org", error: "no kind"},
		{text: "file://srv/www", error: "three slashes"},
		{text: "file:srv", error: "three slashes"},
		{text: "file:///", error: "three slashes"},
		{text: "file:///srv?gzip=maybe", error: "true or false"},
		{text: "file:///srv?region=x", error: `no setting "region"`},
		{text: "s3:///prefix", error: "names no bucket"},
		{text: "s3://News", error: "names no bucket"},
		{text: "s3://news?gzip=true", error: "CDN"},
		{text: "s3://news?profile=x", error: `no setting "profile"`},
		{text: "s3://news?endpoint=ftp://x", error: "want endpoint="},
		{text: "s3://news?endpoint=https://x/path", error: "want endpoint="},
		{text: "s3://key:hush@news", error: "AWS_SECRET_ACCESS_KEY"},
		{text: "s3://news?endpoint=https://key:hush@x", error: "want endpoint="},
		{text: "s3://key:hush@news\x7f", error: "not a URL"},
	} {
		got, err := ParseURL(test.text)
		switch {
		case test.error != "":
			if err == nil || !strings.Contains(err.Error(), test.error) || strings.Contains(err.Error(), "hush") {
				t.Errorf("%s: %v, want %q", test.text, err, test.error)
			}
		case err != nil || *got != test.want:
			t.Errorf("%s: %+v, %v; want %+v", test.text, got, err, test.want)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	for _, text := range []string{"file:///srv/www?gzip=true", "s3://news/a?endpoint=https://x&region=y", "s3://a:hush@b", "file:///%2e%2e/x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseURL(text)
		if err == nil && (l.Folder == "") == (l.Bucket == "") {
			t.Errorf("%q is %+v", text, l)
		}
	})
}
