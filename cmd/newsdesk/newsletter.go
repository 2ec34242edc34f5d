package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/outbox"
	"github.com/medigy/newsdesk/internal/signup"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/web"
	"github.com/medigy/newsdesk/internal/words"
	"github.com/medigy/newsdesk/internal/work"
)

// subscribeSettings are the keys below subscribe.
type subscribeSettings struct {
	Enabled    bool
	Topics     []string
	Consent    string
	PrivacyURL string `mapstructure:"privacy_url"`
	Origins    []string
	PerHour    int `mapstructure:"per_hour"`
	Letters    []string
}

func (c *Config) checkSubscribe(fault faultFunc) {
	s := &c.Subscribe
	if s.Enabled && c.Digest.from == nil {
		fault("subscribe.enabled", "letters need a sender (set digest.from)")
	}
	if s.PrivacyURL != "" && !isHTTP(s.PrivacyURL) {
		fault("subscribe.privacy_url", "%q is not an absolute URL", s.PrivacyURL)
	}
	for _, origin := range s.Origins {
		if u, err := url.Parse(origin); err != nil || !isHTTP(origin) || origin != u.Scheme+"://"+u.Host || strings.ContainsAny(origin, " ;,*") {
			fault("subscribe.origins", "%q is not an origin (want https://www.example.org)", origin)
		}
	}
	if s.PerHour < 0 {
		fault("subscribe.per_hour", "%d (want 0, for no limit, or more)", s.PerHour)
	}
	for _, letter := range s.Letters {
		fault.oneOf("subscribe.letters", letter, signup.Welcome, signup.Goodbye)
	}
}

// newsletter is what works behind the public pages.
type newsletter struct {
	db   *store.DB
	desk *signup.Desk
	post *outbox.Sender
	log  *slog.Logger
}

// openNewsletter opens the database for it; nil if subscribe.enabled is false.
func (a *app) openNewsletter(ctx context.Context, c *Config) (*newsletter, error) {
	if !c.Subscribe.Enabled {
		return nil, nil
	}
	db, err := store.Open(ctx, c.Database.URL)
	if err != nil {
		return nil, err
	}
	n, err := a.newNewsletter(ctx, c, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return n, nil
}

func (a *app) newNewsletter(ctx context.Context, c *Config, db *store.DB) (*newsletter, error) {
	tokens, err := audience.OpenTokens(ctx, db, a.random)
	if err != nil {
		return nil, err
	}
	hashes, err := audience.OpenSuppressor(ctx, db, a.random)
	if err != nil {
		return nil, err
	}
	log := a.logger(slog.LevelInfo)
	n := &newsletter{db: db, log: log, desk: signup.NewDesk(signup.Options{
		DB: db, Group: store.NewGroup(db), Tokens: tokens, Suppressor: hashes, Now: a.running(c), Log: log,
		Welcome: slices.Contains(c.Subscribe.Letters, signup.Welcome), Goodbye: slices.Contains(c.Subscribe.Letters, signup.Goodbye),
	})}
	n.post, err = newPost(c, n.desk, a.running(c), log)
	return n, err
}

// chores are what is to be done when somebody has filled in a form.
func (n *newsletter) chores() []work.Chore {
	return []work.Chore{
		{Name: "signups", Due: n.desk.Due, Do: n.desk.Work},
		{Name: "letters", Due: n.post.Due, Do: n.post.Work},
		{Name: "forget", Every: time.Hour, Do: func(ctx context.Context) error {
			return errors.Join(n.desk.Forget(ctx), n.post.Forget(ctx))
		}},
	}
}

// newPost makes what sends letters.
func newPost(c *Config, desk *signup.Desk, now func() time.Time, log *slog.Logger) (*outbox.Sender, error) {
	templates, err := siteTemplates(c)
	if err != nil {
		return nil, err
	}
	keys, err := signers(c)
	if err != nil {
		return nil, err
	}
	server, err := smtpConfig(c)
	if err != nil {
		return nil, err
	}
	letters, err := signup.NewLetters(desk, signup.Stationery{
		Templates: templates, Title: c.Site.Title, Home: c.Site.URL, Voices: voices(c),
		Accent: c.Look.Accent, Serif: c.Look.Serif, PostalAddress: c.Digest.PostalAddress, Base: newsletterURL(c),
		From: *c.Digest.from, ReplyTo: c.Digest.replyTo, ListID: c.Digest.Name + "." + hostOf(c.Site.URL), DKIM: keys, Zone: c.zone,
	})
	if err != nil {
		return nil, err
	}
	return outbox.NewSender(desk.Group, outbox.Options{
		SMTP: server, From: c.Digest.from.Address, Compose: letters.Compose, Now: now, Log: log,
	}), nil
}

func newPages(c *Config, desk *signup.Desk, log *slog.Logger) (*web.Newsletter, error) {
	templates, err := siteTemplates(c)
	if err != nil {
		return nil, err
	}
	o := web.NewsletterOptions{
		Desk: desk, Templates: templates, URL: newsletterURL(c),
		Title: c.Site.Title, Home: c.Site.URL, Voices: voices(c), Accent: c.Look.Accent,
		Privacy: c.Subscribe.PrivacyURL, Origins: c.Subscribe.Origins, PerHour: c.Subscribe.PerHour,
		Now: time.Now, Zone: c.zone, Log: log, Totals: totals(c),
	}
	for _, name := range c.Subscribe.Topics {
		o.Topics = append(o.Topics, web.Option{Value: corpus.Slug(name), Label: name})
	}
	for _, d := range c.digests {
		o.Digests = append(o.Digests, web.Option{Value: d.Name, Label: cmp.Or(d.Title, d.Name)})
	}
	for _, tag := range c.Site.Languages {
		parsed, err := language.Parse(tag)
		if err != nil {
			return nil, fmt.Errorf("site.languages: %w", err)
		}
		o.Languages = append(o.Languages, web.Option{Value: tag, Label: cmp.Or(display.Self.Name(parsed), tag)})
	}
	return web.NewNewsletter(o)
}

// voices are the languages of pages and letters.
func voices(c *Config) *words.Voices {
	return words.NewVoices(c.Site.Title, c.Site.Language, c.siteWords())
}

// newsletterURL is where the pages are; it ends in a slash.
func newsletterURL(c *Config) string {
	return strings.TrimRight(cmp.Or(c.Digest.SubscriptionsURL, publicURL(c)+"newsletter"), "/") + "/"
}

func (a *app) newKeyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "new-key",
		Short: "Sign the links of mails with a new key",
		Long: `Make a new key, with which the links of mails are signed from the next start of a
command on. The links of mails that were sent stay good.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.newKey(c.Context(), "the links of mails are signed with it", audience.RotateTokens)
		},
	}
}

// newKey makes a key, and tells what it is for.
func (a *app) newKey(ctx context.Context, purpose string, make func(context.Context, *store.DB, io.Reader) error) error {
	err := a.withExistingDatabase(ctx, func(db *store.DB) error { return make(ctx, db, a.random) })
	if err != nil {
		return err
	}
	return a.tell(map[string]string{"result": "made"}, row{"new key", "", purpose + " from the next start of a command on"})
}
