package feedcheck

import (
	"regexp"
	"strings"
)

var (
	scheme   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)
	urn      = regexp.MustCompile(`(?i)^urn:[a-z0-9][a-z0-9-]{0,31}:([a-z0-9()+,.:=@;$_!*'/?&~-]|%[0-9a-f]{2})+(#.*)?$`)
	uuid     = regexp.MustCompile(`(?i)^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	tagURI   = regexp.MustCompile(`^tag:([A-Za-z0-9.-]+|[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+),\d{4}(-\d\d(-\d\d)?)?:[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*(#.*)?$`)
	hierarch = regexp.MustCompile(`(?i)^(https?|ftp|wss?):`)
	withHost = regexp.MustCompile(`(?i)^(https?|ftp|wss?)://[^/?#:@\s]`)
	ipv6Host = regexp.MustCompile(`(?i)^https?://(\[[0-9a-f:.]+\])`)
	mimeType = regexp.MustCompile("^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(\\s*;\\s*[A-Za-z0-9!#$&^_.+-]+=(\"[^\"]*\"|[^\\s;\"]+))*$")
	tongue   = regexp.MustCompile(`^([A-Za-z]{2,3}|[ix]-[A-Za-z0-9]{1,8})(-[A-Za-z0-9]{1,8})*$`)
	schemes  = set(`about acct cid data dav dict dns example file ftp geo git go gopher http https icap im imap info ipfs
		ipp irc ircs jabber ldap ldaps magnet mailto matrix mid mms mumble news nfs ni nntp oid openid payto pop pres rsync rtmp
		rtsp rtsps sftp sip sips sms snmp spotify ssh steam stun svn tag tel telnet tftp tip tv turn udp urn view-source vnc ws
		wss xmpp z39.50`)
)

// wants is what an address must be.
type wants int

const (
	anyIRI  wants = iota // a reference of RFC 3987, even a relative one
	fullIRI              // an absolute one
	fullURI              // an absolute one in ASCII, of RFC 3986
)

func hasScheme(s string) bool { return scheme.MatchString(strings.TrimSpace(s)) }

// address checks an address as RFC 3986 and 3987 write it, and reports if it is
// none. It tells whether it is good.
func (c *checker) address(at spot, s string, w wants) bool {
	code, text := addressFault(s, w)
	if code == "" {
		return true
	}
	c.report(at, code, "%s %s", short(s), text)
	return codes[code].severity == Warning
}

func addressFault(s string, w wants) (code, text string) {
	checked := ipv6Host.ReplaceAllString(s, "http://host")
	name, _, _ := strings.Cut(strings.ToLower(s), ":")
	switch {
	case strings.ContainsAny(checked, " \t\r\n<>{}|\\^`\"[]"):
		return "InvalidUriChar", "has a character that no address has (want it as %XX)"
	case w != anyIRI && !hasScheme(s):
		return "InvalidFullLink", "is not a whole address (want https://…)"
	case hierarch.MatchString(s) && !withHost.MatchString(checked) && w == anyIRI:
		return "InvalidIRI", "names no host (want https://…)"
	case hierarch.MatchString(s) && !withHost.MatchString(checked):
		return "InvalidFullLink", "names no host (want https://…)"
	case w == fullURI && !isASCII(s):
		return "UriNotIri", "has characters beyond ASCII (want them as %XX, the host in Punycode)"
	case name == "urn" && strings.HasPrefix(strings.ToLower(s), "urn:uuid:") && !uuid.MatchString(s):
		return "InvalidUUID", "is not a UUID (want urn:uuid:xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)"
	case name == "urn" && !urn.MatchString(s):
		return "InvalidURN", "is not a URN (want urn:NAMESPACE:NAME)"
	case name == "tag" && hasScheme(s) && !tagURI.MatchString(s):
		return "InvalidTAG", "is not a tag URI of RFC 4151 (want tag:example.com,2006-01-02:NAME)"
	case hasScheme(s) && !schemes[name]:
		return "SchemeNotIANARegistered", "has a scheme that is not registered"
	}
	return "", ""
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// canonical tells of an identifier that other software may write otherwise:
// readers compare them byte by byte (RFC 4287, 4.2.6.1).
func (c *checker) canonical(at spot, s string) {
	rest, ok := strings.CutPrefix(s, "http://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "https://")
	}
	lower := strings.ToLower(s)
	if !ok {
		if strings.HasPrefix(lower, "http:") || strings.HasPrefix(lower, "https:") {
			c.report(at, "NonCanonicalURI", "the scheme of %s is in capitals", short(s))
		}
		return
	}
	host, path, slash := strings.Cut(rest, "/")
	switch {
	case host != strings.ToLower(host):
		c.report(at, "NonCanonicalURI", "the host of %s is in capitals", short(s))
	case strings.Contains(host, "@"):
		c.report(at, "NonCanonicalURI", "%s names a user", short(s))
	case !slash:
		c.report(at, "NonCanonicalURI", "%s lacks the slash after its host", short(s))
	case strings.HasSuffix(host, ":80") || strings.HasSuffix(host, ":443") || strings.HasSuffix(host, ":"):
		c.report(at, "NonCanonicalURI", "%s names the port that it has anyway", short(s))
	case strings.Contains("/"+path+"/", "/../") || strings.Contains("/"+path+"/", "/./"):
		c.report(at, "NonCanonicalURI", "%s has the folder . or .. in it", short(s))
	}
}

// mediaType checks a media type (RFC 2045, 5.1).
func (c *checker) mediaType(at spot, s, code string) {
	if !mimeType.MatchString(s) {
		c.report(at, code, "%s is not a media type (want text/html or the like)", short(s))
	}
}

// language checks a language tag (BCP 47).
func (c *checker) language(at spot, s string) {
	if !tongue.MatchString(s) || s == "xx" {
		c.report(at, "InvalidLanguage", "%s is not a language tag (want en or en-US)", short(s))
	}
}
