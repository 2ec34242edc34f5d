package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/viper"

	"github.com/medigy/newsdesk/internal/delivery"
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
	text, err := readLimited(file, maxConfig)
	if errors.Is(err, fs.ErrNotExist) && !asked {
		text, err = nil, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("--config %s: there is no such file", file)
	}
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && len(bytes.TrimSpace(text)) == 0 {
		// It is being written, or the disk was full then; a server is not to go over to
		// the defaults for that.
		return nil, configError{file + ": the file is empty (want such as site: {title: News}; without a file there are the defaults)"}
	}
	lines, faults := readConfigFile(v, file, text)
	unread := slices.ContainsFunc(faults, func(fault string) bool { return strings.HasSuffix(fault, wantKeys) })
	faults = append(faults, unknownVariables(os.Environ())...)
	for key, value := range flags {
		v.Set(key, value)
	}
	c := new(Config)
	wrongKinds := unmarshal(v, c, lines)
	faults = append(faults, wrongKinds...)
	if len(wrongKinds) == 0 && !unread {
		faults = append(faults, c.readDigests(v, lines)...)
		c.resolveFolders(filepath.Dir(file), flags)
		faults = append(faults, c.check(lines)...)
	}
	if len(faults) > 0 {
		return nil, configError(lines.sort(faults))
	}
	return c, nil
}

// maxConfig bounds the configuration file, in bytes: the sample that explains every
// key has some dozens of KiB.
const maxConfig = 1 << 20

// readLimited reads a file, but no more of it than is allowed, in bytes: it may be
// another one by mistake, or one without an end.
func readLimited(file string, most int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("%s: larger than %d MiB", file, most>>20)
	}
	return text, err
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
			case key == "smtp.relays":
				text = "want a list such as [{host: smtp.example.org, password_file: secret}]" // the value may hold passwords
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
