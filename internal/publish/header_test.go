package publish

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHeaderOf(t *testing.T) {
	hubs := Options{TTL: 30, Hubs: []string{"https://hub.example.org"}}
	for _, test := range []struct {
		name string
		o    Options
		want Header
	}{
		{"rss.xml", options, Header{"application/rss+xml; charset=utf-8", "public, max-age=3600"}},
		{"topic/a/atom-12.xml", options, Header{"application/atom+xml; charset=utf-8", "public, max-age=3600"}},
		{"feed-1.json", hubs, Header{"application/feed+json; charset=utf-8", "public, max-age=1800, s-maxage=60"}},
		{"sitemap.xml", options, Header{"application/xml; charset=utf-8", "public, max-age=86400"}},
		{"list.JSON", options, Header{"application/json; charset=utf-8", "public, max-age=300"}},
		{"digest/2021-W39/index.html", options, Header{"text/html; charset=utf-8", "public, max-age=300"}},
		{"digest/2021-W39/digest.eml", options, Header{"message/rfc822", "public, max-age=300"}},
		{"style-0123abcd4567.css", options, Header{"text/css; charset=utf-8", "public, max-age=31536000, immutable"}},
		{"clinic-20210927.jpg", options, Header{"image/jpeg", "public, max-age=86400"}},
		{"clinic-deadbeef.jpg", options, Header{"image/jpeg", "public, max-age=86400"}},
		{"font.xyz", options, Header{"application/octet-stream", "public, max-age=86400"}},
		{"_headers", options, Header{"text/plain; charset=utf-8", "public, max-age=300"}},
	} {
		if got := headerOf(test.name, test.o); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestHeadersFile(t *testing.T) {
	names := []string{"a.3f9a61c0.css", "atom-1.xml", "atom-2.xml", "feed.json", "feeds.opml", "index.html", "rss.xml", "topic/a b/feed.json", "topic/c/feed.json", "topic/c/rss.xml"}
	o := Options{TTL: 60, URL: "https://news.example.org/feeds/", Hubs: []string{"https://hub.example.org/", "https://hub.example.net/"}}
	want := headersIntro + `/feeds/a.3f9a61c0.css
  Content-Type: text/css; charset=utf-8
  Cache-Control: public, max-age=31536000, immutable
/feeds/atom-*.xml
  Content-Type: application/atom+xml; charset=utf-8
  Cache-Control: public, max-age=3600, s-maxage=60
/feeds/feed.json
  Content-Type: application/feed+json; charset=utf-8
  Cache-Control: public, max-age=3600, s-maxage=60
/feeds/feeds.opml
  Content-Type: text/x-opml; charset=utf-8
  Cache-Control: public, max-age=300
/feeds/rss.xml
  Content-Type: application/rss+xml; charset=utf-8
  Cache-Control: public, max-age=3600, s-maxage=60
/feeds/topic/:a/feed.json
  Content-Type: application/feed+json; charset=utf-8
  Cache-Control: public, max-age=3600, s-maxage=60
/feeds/topic/:a/rss.xml
  Content-Type: application/rss+xml; charset=utf-8
  Cache-Control: public, max-age=3600, s-maxage=60
` + headersHubs + `/feeds/feed.json
  Link: <https://hub.example.org/>; rel="hub", <https://hub.example.net/>; rel="hub", <https://news.example.org/feeds/feed.json>; rel="self"
/feeds/rss.xml
  Link: <https://hub.example.org/>; rel="hub", <https://hub.example.net/>; rel="hub", <https://news.example.org/feeds/rss.xml>; rel="self"
/feeds/topic/a%20b/feed.json
  Link: <https://hub.example.org/>; rel="hub", <https://hub.example.net/>; rel="hub", <https://news.example.org/feeds/topic/a%20b/feed.json>; rel="self"
/feeds/topic/c/feed.json
  Link: <https://hub.example.org/>; rel="hub", <https://hub.example.net/>; rel="hub", <https://news.example.org/feeds/topic/c/feed.json>; rel="self"
/feeds/topic/c/rss.xml
  Link: <https://hub.example.org/>; rel="hub", <https://hub.example.net/>; rel="hub", <https://news.example.org/feeds/topic/c/rss.xml>; rel="self"
`
	if diff := cmp.Diff(want, string(headersOf(names, o))); diff != "" {
		t.Error(diff)
	}
}
