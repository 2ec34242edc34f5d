package digest

import (
	"errors"
	"fmt"
	"strings"
)

// Links are the site's pages that an issue links to: absolute URLs, "" for a
// page that does not exist. Home and Base are needed.
type Links struct {
	Home      string // the site
	Base      string // where feeds and digests are served, ends in "/"
	Past      string // list of past editions
	Subscribe string // where a reader of the public page can subscribe
}

// Issue gives the URL of a period's public page.
func (l Links) Issue(p Period) string { return l.Base + "digest/" + p.Name + "/" }

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
