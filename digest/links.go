package digest

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
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

	// UTM are the utm_ parameters of the mail's links to the site itself, by
	// name without utm_: source, medium, campaign, term, content. In them,
	// {digest} is the digest's name and {period} the period's. Nil adds none.
	UTM map[string]string
}

// UTMNames are the parameters that analytics know, without utm_, in the order
// of a link.
var UTMNames = []string{"source", "medium", "campaign", "term", "content"}

// issue gives the URL of a period's public page.
func (l Links) issue(p Period) string {
	return l.Base + cmp.Or(l.Folder, "digest/") + p.Name + "/"
}

// more gives the URL of the page that has what a section leaves to the site: its
// topic's, or the home page. An edition's own is more(nil).
func (l Links) more(t *corpus.Topic) string {
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
	for name := range l.UTM {
		if !slices.Contains(UTMNames, name) {
			return l, fmt.Errorf("utm %q is not a parameter (want source, medium, campaign, term or content)", name)
		}
	}
	return l, nil
}

// tagger gives what adds the utm_ parameters to the URLs of the site's own
// pages. Other sites' URLs stay, and so do those that have such parameters.
func (l Links) tagger(e *Edition) func(string) string {
	var query []string
	filled := strings.NewReplacer("{digest}", e.Digest, "{period}", e.Period.Name)
	for _, name := range UTMNames {
		if value := l.UTM[name]; value != "" {
			query = append(query, "utm_"+name+"="+strings.ReplaceAll(url.QueryEscape(filled.Replace(value)), "+", "%20"))
		}
	}
	own := map[string]bool{hostOf(l.Home): true, hostOf(l.Base): true}
	return func(u string) string {
		if len(query) == 0 || !own[hostOf(u)] || strings.Contains(u, "utm_") {
			return u
		}
		page, fragment, found := strings.Cut(u, "#")
		mark := "?"
		if strings.Contains(page, mark) {
			mark = "&"
		}
		page += mark + strings.Join(query, "&")
		if found {
			page += "#" + fragment
		}
		return page
	}
}

func hostOf(u string) string {
	parsed, err := url.Parse(u)
	if err != nil {
		return ""
	}
	return strings.ToLower(parsed.Host)
}
