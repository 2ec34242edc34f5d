package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/viper"
	"golang.org/x/text/language"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/publish"
)

// Config is config.yaml, the environment and the defaults, checked. config.yaml
// in the project's root says what each key means.
type Config struct {
	Site struct {
		Title, Description, URL, Language, Timezone, Logo, Rights string
		Languages                                                 []string
	}
	Content struct {
		Dir, Permalink string
		Preset         string
		Skip           []string
		Encoding       string
		Repair, Expire bool
		Index          string
		Images         struct{ Dir, URL string }
		Fields         map[string][]string
	}
	Check struct {
		Silence []string
	}
	Feeds struct {
		Dir, URL   string
		Items, TTL int
		Bytes      int
		Link       string
		Content    string
		By         []string
		Named      map[string]namedFeed
		Removed    string
		Pages      bool
		Archive    bool
		Publish    string
		Hubs       []string
		Gone       []string
	}
	Serve struct {
		Listen         string
		TLSCert        string   `mapstructure:"tls_cert"`
		TLSKey         string   `mapstructure:"tls_key"`
		TrustedProxies []string `mapstructure:"trusted_proxies"`
		Metrics        []string
		Log            bool
	}
	Desk struct {
		Listen, Password string
		PasswordFile     string `mapstructure:"password_file"`
		UserHeader       string `mapstructure:"user_header"`
		Hosts            []string
	}
	Look struct {
		Accent       string
		Light, Dark  struct{ Background, Paper, Ink, Accent string }
		Serif        bool
		BodyFont     string `mapstructure:"body_font"`
		HeadlineFont string `mapstructure:"headline_font"`
		Width        int
		Logo         string
		LogoDark     string         `mapstructure:"logo_dark"`
		Words        map[string]any // by name, or by language and name
		Templates    string

		words map[string]string // the same, as words.Of wants it
	}
	Numbers struct {
		Reports string
		Listen  string
	}
	Digest  digestSettings
	Digests map[string]map[string]any // by name: the keys that differ from digest's
	SMTP    struct {
		Host               string
		Port               int
		TLS                string
		Username, Password string
		PasswordFile       string `mapstructure:"password_file"`
		Hello              string
		Connections        int
		Messages           int
		Rate               float64
		WarmupStart        string   `mapstructure:"warmup_start"`
		WarmupPlan         []string `mapstructure:"warmup_plan"` // whole numbers
		Domains            []domainSettings
		Window             string
		Tries              int
		Relays             []relaySettings
		DKIM               []dkimKey
	}
	Bounces struct {
		Address          string
		Maildir          string
		IMAPHost         string `mapstructure:"imap_host"`
		IMAPUsername     string `mapstructure:"imap_username"`
		IMAPPassword     string `mapstructure:"imap_password"`
		IMAPPasswordFile string `mapstructure:"imap_password_file"`
		IMAPFolder       string `mapstructure:"imap_folder"`
		IMAPMoveTo       string `mapstructure:"imap_move_to"`
		Every            int    // minutes
		WebhookSecret    string `mapstructure:"webhook_secret"`
		WebhookFile      string `mapstructure:"webhook_secret_file"`
	}
	Subscribe subscribeSettings
	Database  struct{ URL string }

	zone             *time.Location
	window           *delivery.Window  // nil: always
	digests          []*digestSettings // all, the first is Digest
	trusted, metrics []netip.Prefix    // serve.trusted_proxies, serve.metrics
}

// configError is everything that is wrong in a configuration.
type configError []string

func (e configError) Error() string { return strings.Join(e, "\n") }

// loadConfig reads file, the environment and, over both, the flags that were
// given. A file that was not asked for by name may be absent. The error is a
// configError with every fault and its line.
func loadConfig(file string, asked bool, flags map[string]string) (*Config, error) {
	v := viper.New()
	for key, value := range defaults {
		v.SetDefault(key, value)
	}
	v.SetEnvPrefix("NEWSDESK")
	v.SetEnvKeyReplacer(strings.NewReplacer(".", "_"))
	v.AutomaticEnv()
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) && !asked {
		text, err = nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w (name the configuration with --config FILE)", err)
	}
	lines, faults := readConfigFile(v, file, text)
	faults = append(faults, unknownVariables(os.Environ())...)
	for key, value := range flags {
		v.Set(key, value)
	}
	c := new(Config)
	wrongKinds := unmarshal(v, c, lines)
	faults = append(faults, wrongKinds...)
	if len(wrongKinds) == 0 {
		faults = append(faults, c.readDigests(v, lines)...)
		c.resolveFolders(filepath.Dir(file), flags)
		faults = append(faults, c.check(lines)...)
	}
	if len(faults) > 0 {
		return nil, configError(lines.sort(faults))
	}
	return c, nil
}

// environmentName gives the variable that a key can come from.
func environmentName(key string) string {
	return "NEWSDESK_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// unknownVariables finds the variables that were meant for newsdesk and name no
// key.
func unknownVariables(environment []string) []string {
	known := map[string]bool{}
	for key := range defaults {
		known[environmentName(key)] = true
	}
	var faults []string
	for _, variable := range environment {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "NEWSDESK_") && !strings.HasPrefix(name, "NEWSDESK_TEST_") && !known[name] {
			faults = append(faults, name+": names no key of the configuration (want NEWSDESK_SMTP_PASSWORD for smtp.password)")
		}
	}
	return faults
}

// unmarshal decodes each key alone, so that every bad value is told at once.
func unmarshal(v *viper.Viper, c *Config, lines configLines) []string {
	var faults []string
	if err := v.Unmarshal(c, decodeWords); err == nil {
		return nil
	}
	for key, fallback := range defaults {
		single := viper.New()
		single.Set(key, v.Get(key))
		if err := single.Unmarshal(new(Config), decodeWords); err != nil {
			text := fmt.Sprintf("%v is not %s", v.Get(key), kindOf(fallback))
			switch {
			case strings.HasSuffix(key, "password"), strings.HasSuffix(key, "secret"), key == "database.url":
				text = "not a text" // nobody's log is to have it
			case key == "digests":
				text = "want a name and keys below it for each" // the value is long
			}
			faults = append(faults, lines.at(key, text))
		}
	}
	return faults
}

func kindOf(fallback any) string {
	switch fallback.(type) {
	case bool:
		return "true or false"
	case int:
		return "a whole number"
	case []string:
		return "a list of words"
	case map[string]any:
		return "a mapping of names"
	case []map[string]any:
		return "a list such as [{selector: mail2026, key_file: mail2026.pem}]"
	}
	return "a text"
}

// check finds the values that are of the right type and wrong all the same.
func (c *Config) check(lines configLines) []string {
	var faults []string
	fault := func(key, format string, args ...any) {
		faults = append(faults, lines.at(key, fmt.Sprintf(format, args...)))
	}
	c.checkSite(fault)
	c.checkFeeds(fault)
	c.checkPublishing(fault)
	c.checkLook(fault)
	if corpus.Presets[c.Content.Preset] == nil {
		fault("content.preset", "there is no preset %q (want newsdesk, hugo, jekyll or astro)", c.Content.Preset)
	}
	for _, pattern := range c.Content.Skip {
		if _, err := path.Match(pattern, ""); err != nil {
			fault("content.skip", "%q is not a pattern (want README.md or \"*/about\")", pattern)
		}
	}
	for name := range c.Content.Fields {
		if _, ok := corpusField(name); !ok {
			fault("content.fields."+name, "newsdesk has no such field (newsdesk check --help lists them)")
		}
	}
	for _, kind := range c.Check.Silence {
		if !slices.Contains(findingKinds(), kind) {
			fault("check.silence", "there is no kind of finding %q (newsdesk check --help lists them)", kind)
		}
	}
	c.checkDigests(lines, fault)
	c.checkMail(fault)
	c.checkDKIM(fault)
	c.checkBounces(fault)
	c.checkServe(fault)
	c.checkDesk(fault)
	c.checkNumbers(fault)
	c.checkSubscribe(fault)
	return faults
}

func (c *Config) checkSite(fault func(key, format string, args ...any)) {
	c.Site.URL, c.Feeds.URL = asciiURL(c.Site.URL), asciiURL(c.Feeds.URL)
	if text := notBase(c.Site.URL); text != "" {
		fault("site.url", "%q %s (want https://www.example.org)", c.Site.URL, text)
	}
	if text := notBase(c.Feeds.URL); c.Feeds.URL != "" && text != "" {
		fault("feeds.url", "%q %s (want https://www.example.org/feeds, or \"\" for site.url)", c.Feeds.URL, text)
	}
	if c.Site.Title == "" {
		c.Site.Title = hostOf(c.Site.URL)
	}
	if err := corpus.CheckPermalink(c.Content.Permalink); err != nil {
		fault("content.permalink", "%v", err)
	}
	for key, tags := range map[string][]string{"site.language": {c.Site.Language}, "site.languages": c.Site.Languages} {
		for _, tag := range tags {
			if _, err := language.Parse(tag); err != nil {
				fault(key, "%q is not a language (want en-US)", tag)
			}
		}
	}
	zone, err := time.LoadLocation(c.Site.Timezone)
	if err != nil || c.Site.Timezone == "Local" {
		fault("site.timezone", "%q is not a time zone (want America/New_York)", c.Site.Timezone)
	}
	c.zone = zone
}

func (c *Config) checkPublishing(fault func(key, format string, args ...any)) {
	if c.Feeds.Publish != "" {
		if _, err := publish.ParseURL(c.Feeds.Publish); err != nil {
			fault("feeds.publish", "%v", err) // without the value: it may hold a password
		}
	}
	for _, hub := range c.Feeds.Hubs {
		if !isHTTP(hub) || strings.ContainsAny(hub, "<> ,\"\r\n") {
			fault("feeds.hubs", "%q is not an absolute URL (want https://hub.example.org/)", hub)
		}
	}
}

func (c *Config) checkMail(fault func(key, format string, args ...any)) {
	oneOf := oneOf(fault)
	if c.SMTP.TLS != "" {
		oneOf("smtp.tls", c.SMTP.TLS, "required", "opportunistic", "implicit", "none")
	}
	if c.SMTP.Host == "" {
		fault("smtp.host", "is empty (want the name of the mail server)")
	}
	if c.SMTP.Port < 1 || c.SMTP.Port > 65535 {
		fault("smtp.port", "%d is not a port (want 587)", c.SMTP.Port)
	}
	c.checkRelays(fault)
	c.checkLimits(fault)
}

// oneOf gives a check of values that are words.
func oneOf(fault func(key, format string, args ...any)) func(key, value string, words ...string) {
	return func(key, value string, words ...string) {
		if !slices.Contains(words, value) {
			fault(key, "%q (want %s)", value, strings.Join(words, ", "))
		}
	}
}

// resolveFolders makes the file's folders relative to the file, as its reader
// expects; those given by flags are relative to where the command runs.
func (c *Config) resolveFolders(base string, flags map[string]string) {
	resolve := func(name *string) {
		if *name != "" && !filepath.IsAbs(*name) {
			*name = filepath.Join(base, *name)
		}
	}
	for key, name := range map[string]*string{"content.dir": &c.Content.Dir, "feeds.dir": &c.Feeds.Dir} {
		if _, given := flags[key]; !given {
			resolve(name)
		}
	}
	for _, name := range []*string{
		&c.Content.Images.Dir, &c.Content.Index, &c.Look.Templates, &c.Numbers.Reports, &c.Serve.TLSCert, &c.Serve.TLSKey,
		&c.SMTP.PasswordFile, &c.Desk.PasswordFile, &c.Bounces.Maildir, &c.Bounces.IMAPPasswordFile, &c.Bounces.WebhookFile,
	} {
		resolve(name)
	}
	for i := range c.SMTP.Relays {
		resolve(&c.SMTP.Relays[i].PasswordFile)
	}
	for i := range c.SMTP.DKIM {
		resolve(&c.SMTP.DKIM[i].KeyFile)
	}
	for _, d := range c.digests {
		resolve(&d.OfferingsFile)
	}
	if file, ok := strings.CutPrefix(c.Database.URL, "sqlite:"); ok {
		resolve(&file)
		c.Database.URL = "sqlite:" + file
	}
}

// feedsURL is where the output folder is public, as it was written.
func (c *Config) feedsURL() string { return cmp.Or(c.Feeds.URL, c.Site.URL) }

// publicURL is feedsURL with a slash at its end.
func publicURL(c *Config) string { return strings.TrimRight(c.feedsURL(), "/") + "/" }

// corpusField finds a field of the corpus by its name, without case, because
// viper makes keys lower case.
func corpusField(name string) (corpus.Field, bool) {
	for _, field := range corpus.AllFields() {
		if strings.EqualFold(string(field), name) {
			return field, true
		}
	}
	return "", false
}

func fieldNames() []string { return slices.Sorted(slices.Values(texts(corpus.AllFields()))) }

// texts gives names of some kind as what they are called.
func texts[Name ~string](names []Name) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = string(name)
	}
	return all
}
