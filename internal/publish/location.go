package publish

import (
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Location is where files are published, from a URL:
//
//	file:///srv/www/feeds?gzip=true
//	s3://bucket/prefix?endpoint=https://s3.example.org&region=eu-central-1
type Location struct {
	Folder string // of file:, absolute; "" if it is a bucket
	Gzip   bool   // of file:, a compressed NAME.gz beside each text, for servers that send those

	Bucket   string
	Prefix   string // of the objects' names, "" or with a slash at its end
	Endpoint string // the server, https://HOST[:PORT]; "" is AWS
	Region   string // "" is asked for
}

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// ParseURL reads the URL of a target. Its errors never hold what may be a password.
func ParseURL(text string) (*Location, error) {
	const want = "want file:///path or s3://bucket/prefix?endpoint=https://HOST&region=REGION"
	u, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("is not a URL (%s)", want)
	}
	if u.User != nil || strings.Contains(u.Host, "@") {
		return nil, fmt.Errorf("has a name or password in it: anybody who reads the configuration sees it (give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment)")
	}
	switch u.Scheme {
	case "file":
		return parseFolder(u)
	case "s3":
		return parseBucket(u)
	}
	return nil, fmt.Errorf("is of no kind that newsdesk can publish to (%s)", want)
}

func parseFolder(u *url.URL) (*Location, error) {
	if u.Host != "" || u.Opaque != "" || !path.IsAbs(u.Path) || path.Clean(u.Path) == "/" {
		return nil, fmt.Errorf("names no absolute folder (want three slashes: file:///srv/www/feeds)")
	}
	q, err := settings(u, "gzip")
	if err != nil {
		return nil, err
	}
	gzip := q.Get("gzip")
	if !slices.Contains([]string{"", "true", "false"}, gzip) {
		return nil, fmt.Errorf("gzip=%s (want true or false)", gzip)
	}
	name := u.Path
	if len(name) > 2 && name[2] == ':' { // of Windows: /C:/www
		name = name[1:]
	}
	return &Location{Folder: filepath.FromSlash(path.Clean(name)), Gzip: gzip == "true"}, nil
}

func parseBucket(u *url.URL) (*Location, error) {
	if !bucketName.MatchString(u.Host) {
		return nil, fmt.Errorf("names no bucket (want s3://bucket/prefix)")
	}
	if u.Query().Has("gzip") {
		return nil, fmt.Errorf("gzip is for file: a bucket sends every reader the same bytes (let the CDN before it compress)")
	}
	q, err := settings(u, "endpoint", "region")
	if err != nil {
		return nil, err
	}
	endpoint := q.Get("endpoint")
	if endpoint != "" {
		if endpoint, err = ParseEndpoint(endpoint); err != nil {
			return nil, err
		}
	}
	prefix := strings.Trim(u.Path, "/")
	if prefix != "" {
		prefix += "/"
	}
	return &Location{Bucket: u.Host, Prefix: prefix, Endpoint: endpoint, Region: q.Get("region")}, nil
}

// ParseEndpoint checks the address of a server and adds the https:// that may be
// left out.
func ParseEndpoint(text string) (string, error) {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	e, err := url.Parse(text)
	if err != nil || e.Host == "" || e.User != nil || e.Scheme != "https" && e.Scheme != "http" || strings.Trim(e.Path, "/") != "" || e.RawQuery != "" {
		return "", fmt.Errorf("the endpoint is not a server's address (want endpoint=https://s3.example.org)")
	}
	return e.Scheme + "://" + e.Host, nil
}

// settings are those after the URL's question mark.
func settings(u *url.URL, known ...string) (url.Values, error) {
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, fmt.Errorf("what follows the ? cannot be read (want name=value&name=value)")
	}
	for name := range q {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("there is no setting %q for %s (want %s)", name, u.Scheme, strings.Join(known, ", "))
		}
	}
	return q, nil
}

// Open opens the target. Nothing is asked of a server yet, and no folder made.
func (l *Location) Open(c Credentials) (Target, error) {
	if l.Folder != "" {
		return openFolder(l.Folder)
	}
	return openBucket(l, c)
}
