package publish

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
)

const headersFile = "_headers"

const headersIntro = `# Written by newsdesk feed publish, for CDNs that take the headers of files from
# a file of this name in the site's top folder: Netlify, Cloudflare Pages. The
# paths are those of feeds.url; if that is a folder, add this to the site's own.
`

const headersHubs = `
# Where a hub can be told of each feed (WebSub, https://www.w3.org/TR/websub/).
# RSS and Atom say it in the file, too; JSON cannot, so it comes first:
# Cloudflare reads 100 rules.
`

// headersOf makes the file that gives CDNs the headers of feeds and lists of feeds,
// and of what may be kept for good; the CDN's own are right for pages and
// images. No path is matched by two rules with the same header: CDNs would send
// both values.
func headersOf(names []string, o Options) []byte {
	var b strings.Builder
	b.WriteString(headersIntro)
	base := servedPath(o.URL)
	seen := map[string]bool{}
	for _, name := range names {
		if feedType(name) == "" && path.Ext(name) != ".opml" && !isHashed(name) {
			continue
		}
		pattern := base + generalised(name)
		if isHashed(name) {
			pattern = base + escaped(name)
		}
		if !seen[pattern] {
			seen[pattern] = true
			h := headerOf(name, o)
			fmt.Fprintf(&b, "%s\n  Content-Type: %s\n  Cache-Control: %s\n", pattern, h.Type, h.Cache)
		}
	}
	if len(o.Hubs) > 0 {
		b.WriteString(headersHubs)
		for _, name := range topics(names) {
			fmt.Fprintf(&b, "%s\n  Link: %s\n", base+escaped(name), linkHeader(o.Hubs, strings.TrimSuffix(o.URL, "/")+escaped(name)))
		}
	}
	return []byte(b.String())
}

// topics are the feeds that a hub can be asked for, in WebSub's word: those of all
// articles first, then by depth, JSON before the others.
func topics(names []string) []string {
	var list []string
	for _, name := range names {
		if feedTypes[path.Base(name)] != "" {
			list = append(list, name)
		}
	}
	depth := func(name string) int { return min(strings.Count(name, "/"), 1) }
	order := func(name string) int {
		return slices.Index([]string{"feed.json", "atom.xml", "rss.xml"}, path.Base(name))
	}
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(depth(a)-depth(b), order(a)-order(b), strings.Compare(a, b))
	})
	return list
}

// linkHeader gives the value of the Link header (RFC 8288) that tells readers of a
// feed its hubs and the URL to subscribe to (WebSub, section 4).
func linkHeader(hubs []string, self string) string {
	var links []string
	for _, hub := range hubs {
		links = append(links, fmt.Sprintf(`<%s>; rel="hub"`, hub))
	}
	return strings.Join(append(links, fmt.Sprintf(`<%s>; rel="self"`, self)), ", ")
}

// generalised gives the pattern of a file and of those in the folders beside its
// own: topic/cybersecurity/rss.xml is /topic/:a/rss.xml. A placeholder stands for
// one folder.
func generalised(name string) string {
	parts := strings.Split(escaped(name), "/")
	for i := 2; i < len(parts)-1; i++ {
		parts[i] = ":" + string(rune('a'+(i-2)%26))
	}
	last := len(parts) - 1
	parts[last] = page.ReplaceAllString(parts[last], "-*$1")
	return strings.Join(parts, "/")
}

// escaped gives the path of a file in a URL.
func escaped(name string) string { return (&url.URL{Path: "/" + name}).EscapedPath() }

// servedPath gives the path of a URL without the slash at its end.
func servedPath(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(u.EscapedPath(), "/")
}
