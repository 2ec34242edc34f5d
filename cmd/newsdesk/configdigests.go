package main

import (
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"
	"golang.org/x/net/idna"
	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/work"
)

// digestSettings are the keys below digest, which are those of the first digest
// and of all others what digests.NAME does not say.
type digestSettings struct {
	Name, Title, From string
	ReplyTo           string `mapstructure:"reply_to"`
	Period            string
	Topics            []string
	Only              struct{ Topics, Vocabularies, Sources []string }
	Language          string
	Offerings         int
	OfferingsStyle    string `mapstructure:"offerings_style"`
	OfferingsFile     string `mapstructure:"offerings_file"`
	Images            string
	UTM               map[string]string
	SectionItems      int `mapstructure:"section_items"`
	Items             int
	LateDays          int `mapstructure:"late_days"`
	Reason            string
	PostalAddress     string `mapstructure:"postal_address"`
	UnsubscribeMail   string `mapstructure:"unsubscribe_mail"`
	SubscriptionsURL  string `mapstructure:"subscriptions_url"`
	Uncertain         string
	Approval          string
	Schedule          string
	CatchUp           int `mapstructure:"catch_up"` // hours

	schedule *work.Schedule // nil if there is none
	from     *mail.Address
	replyTo  mail.Address // or the zero Address
	folder   string       // of its issues in the output: "digest/", "digest/monthly/"
}

// kind is how much time an edition covers.
func (d *digestSettings) kind() digest.Kind { return digest.Kind(d.Period) }

// digestSettings finds a digest by its name; "" is the first.
func (c *Config) digestSettings(name string) (*digestSettings, error) {
	for _, d := range c.digests {
		if name == "" || d.Name == name {
			return d, nil
		}
	}
	return nil, usage("--digest %q: there is no such digest (want %s)", name, strings.Join(c.digestNames(), ", "))
}

// digestNames are those of all digests, the first first.
func (c *Config) digestNames() (names []string) {
	for _, d := range c.digests {
		names = append(names, d.Name)
	}
	return names
}

// readDigests makes of digest and digests the settings of each digest. What is
// of the wrong kind is told.
func (c *Config) readDigests(v *viper.Viper, lines configLines) (faults []string) {
	c.Digest.folder = "digest/"
	c.digests = []*digestSettings{&c.Digest}
	for _, name := range slices.Sorted(maps.Keys(c.Digests)) {
		d := c.Digest
		d.Name, d.folder = name, "digest/"+name+"/"
		own := viper.New()
		if err := own.MergeConfigMap(c.Digests[name]); err != nil {
			faults = append(faults, lines.at("digests."+name, err.Error()))
		}
		for _, key := range digestKeys(own) {
			one := viper.New()
			one.Set(key, own.Get(key))
			if err := one.Unmarshal(&d, decodeWords, replaceLists); err != nil {
				faults = append(faults, lines.at("digests."+name+"."+key, fmt.Sprintf("%v is not %s", own.Get(key), kindOf(defaults["digest."+key]))))
			}
		}
		c.digests = append(c.digests, &d)
	}
	return faults
}

// digestKeys gives the keys that a digest has of its own; utm, whose keys belong
// together, is one.
func digestKeys(own *viper.Viper) []string {
	keys := own.AllKeys()
	for i, key := range keys {
		if strings.HasPrefix(key, "utm.") {
			keys[i] = "utm"
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// decodeWords reads "a,b" as a list, as the environment has lists, and a date that
// YAML took for a time as it was written.
var decodeWords = viper.DecodeHook(mapstructure.ComposeDecodeHookFunc(mapstructure.StringToSliceHookFunc(","), dateAsWritten))

func dateAsWritten(_, to reflect.Type, value any) (any, error) {
	if t, ok := value.(time.Time); ok && to.Kind() == reflect.String {
		return t.Format(time.DateOnly), nil
	}
	return value, nil
}

// replaceLists makes a list of its own instead of changing that of the digest
// which the settings were copied from.
func replaceLists(d *mapstructure.DecoderConfig) { d.ZeroFields = true }

var digestName = regexp.MustCompile(`^[a-z0-9-]+$`)

// checkDigests checks every digest. What one has of the first is told once.
func (c *Config) checkDigests(lines configLines, fault faultFunc) {
	c.Digest.check("digest.", fault)
	if !digestName.MatchString(c.Digest.Name) {
		fault("digest.name", "%q (want lower-case letters, digits and hyphens)", c.Digest.Name)
	}
	for _, d := range c.digests[1:] {
		key := "digests." + d.Name
		switch {
		case !digestName.MatchString(d.Name) || d.Name[0] >= '0' && d.Name[0] <= '9':
			// digest/2021-09/ is an issue of the first digest.
			fault(key, "%q is no name of a digest (want lower-case letters, digits and hyphens, a letter first)", d.Name)
		case d.folder == picturesDir:
			fault(key, "is the folder of all digests' pictures (want another name)")
		case d.Name == c.Digest.Name:
			fault(key, "is the name of the first digest (want another, or the keys below digest)")
		}
		d.check(key+".", func(key, format string, args ...any) {
			if lines.line[key] > 0 {
				fault(key, format, args...)
			}
		})
	}
}

// check checks the values below key, "digest." or "digests.NAME.".
func (d *digestSettings) check(key string, fault faultFunc) {
	d.checkAddresses(key, fault)
	var err error
	if d.Schedule != "" {
		if d.schedule, err = work.ParseSchedule(d.Schedule); err != nil {
			fault(key+"schedule", "%q: %v (want \"0 7 * * 1\", Mondays at 7:00)", d.Schedule, err)
		}
	}
	if _, err := language.Parse(d.Language); d.Language != "" && err != nil {
		fault(key+"language", "%q is not a language (want en-US)", d.Language)
	}
	fault.oneOf(key+"period", d.Period, texts(digest.Kinds)...)
	fault.oneOf(key+"offerings_style", d.OfferingsStyle, "grouped", "inline")
	for _, name := range slices.Sorted(maps.Keys(d.UTM)) {
		fault.oneOf(key+"utm."+name, name, digest.UTMNames...)
	}
	fault.oneOf(key+"images", d.Images, imagesPublished, imagesEmbedded, imagesOriginal)
	fault.oneOf(key+"uncertain", d.Uncertain, "hold", "resend")
	fault.oneOf(key+"approval", d.Approval, approvalOptional, approvalRequired)
	for _, count := range []struct {
		key string
		n   int
	}{{"offerings", d.Offerings}, {"section_items", d.SectionItems}, {"items", d.Items}, {"late_days", d.LateDays}, {"catch_up", d.CatchUp}} {
		if count.n < 0 {
			fault(key+count.key, "%d (want 0 or more)", count.n)
		}
	}
}

// checkAddresses checks those of mail and the URL, and writes them in ASCII.
func (d *digestSettings) checkAddresses(key string, fault faultFunc) {
	var err error
	if d.From != "" {
		if d.from, err = asciiAddress(d.From); err != nil {
			fault(key+"from", "%q is not a sender (want Name <name@example.org>)", d.From)
		}
	}
	if d.ReplyTo != "" {
		if a, err := asciiAddress(d.ReplyTo); err != nil {
			fault(key+"reply_to", "%q is not an address (want Name <name@example.org>)", d.ReplyTo)
		} else {
			d.replyTo = *a
		}
	}
	if to := d.UnsubscribeMail; to != "" {
		if a, err := asciiAddress(to); err != nil || a.Name != "" {
			fault(key+"unsubscribe_mail", "%q is not a mail address (want name@example.org)", to)
		} else {
			d.UnsubscribeMail = a.Address
		}
	}
	d.SubscriptionsURL = asciiURL(d.SubscriptionsURL)
	if d.SubscriptionsURL != "" && !isHTTP(d.SubscriptionsURL) {
		fault(key+"subscriptions_url", "%q is not an absolute URL", d.SubscriptionsURL)
	}
}

// walkDigests notes the lines of the keys below digests and finds the unknown
// ones: below a name stand the keys of digest but for name.
func (l configLines) walkDigests(n *yaml.Node, parent string) (faults []string) {
	at := strings.SplitN(parent, ".", 3) // digests, NAME, key
	if n.Kind != yaml.MappingNode && n.Tag != "!!null" {
		return []string{l.at(parent, "want keys below it")}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, child := n.Content[i], n.Content[i+1]
		key := parent + "." + strings.ToLower(name.Value)
		if l.line[key] > 0 {
			faults = append(faults, fmt.Sprintf("%s:%d: %s: is already at line %d", l.file, name.Line, key, l.line[key]))
		}
		l.line[key] = name.Line
		if len(at) == 1 {
			faults = append(faults, l.walkDigests(child, key)...)
			continue
		}
		shared := "digest." + strings.TrimPrefix(key, "digests."+at[1]+".")
		_, known := defaults[shared]
		switch {
		case isSection(shared), shared == "digest.utm" && child.Kind == yaml.MappingNode:
			faults = append(faults, l.walkDigests(child, key)...)
		case strings.HasPrefix(shared, "digest.utm."): // any name, as digest.utm is checked
		case !known || shared == "digest.name":
			faults = append(faults, l.at(key, "unknown key (want one of digest's, but for name)"))
		}
	}
	return faults
}

// asciiAddress reads Name <name@example.org> and gives the domain in ASCII. What
// stands before the @ must be: few servers take SMTPUTF8 (RFC 6531).
func asciiAddress(text string) (*mail.Address, error) {
	a, err := mail.ParseAddress(text)
	if err != nil {
		return nil, err
	}
	local, domain, _ := strings.Cut(a.Address, "@")
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil && ascii != strings.ToLower(domain) {
		a.Address = local + "@" + ascii
	}
	if strings.ContainsFunc(a.Address, func(r rune) bool { return r > unicode.MaxASCII }) {
		return nil, errors.New("not in ASCII")
	}
	return a, nil
}
