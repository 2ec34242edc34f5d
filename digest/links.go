package digest

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/medigy/newsdesk/corpus"
)

// Links are the site's pages that an issue links to: absolute URLs, "" for a
// page that does not exist. Home and Base are needed.
type Links struct {
	Folder    string // of the digest's issues, below Base: "digest/monthly/"; "digest/" if ""
	Topics    bool   // each topic has a page: topic/<slug>/ below Base
	Home      string // the site
	Base      string // where feeds and digests are served, ends in "/"
	Past      string // list of past editions
	Subscribe string // where a reader of the public page can subscribe
}

// Issue gives the URL of a period's public page.
func (l Links) Issue(p Period) string {
	return l.Base + cmp.Or(l.Folder, "digest/") + p.Name + "/"
}

// More gives the URL of the page that has what a section leaves to the site: its
// topic's, or the home page. An edition's own is More(nil).
func (l Links) More(t *corpus.Topic) string {
	if t == nil || !l.Topics {
		return l.Home
	}
	return webURL(l.Base + "topic/" + url.PathEscape(t.Slug) + "/")
}

func (l Links) clean() (Links, error) {
	for _, link := range []struct {
		name string
		url  *string
	}{{"home", &l.Home}, {"base", &l.Base}, {"past editions", &l.Past}, {"subscribe", &l.Subscribe}} {
		clean := webURL(*link.url)
		if clean == "" && *link.url != "" {
			return l, fmt.Errorf("link %s: %q is not an absolute http or https URL", link.name, *link.url)
		}
		*link.url = clean
	}
	if l.Home == "" {
		return l, errors.New("link home is missing (want the site's URL)")
	}
	if !strings.HasSuffix(l.Base, "/") {
		return l, fmt.Errorf("link base: %q does not end in a slash (want the URL of the folder of feeds and digests)", l.Base)
	}
	return l, nil
}
