package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/bounce"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/work"
)

// webhookPath is where serve takes bounces from providers.
const webhookPath = "/webhook/bounce"

// returnDesk is what serve and work do about mails that came back.
type returnDesk struct {
	app     *app
	config  *Config
	db      *store.DB
	sink    *returnSink
	secrets [][]byte // of webhooks; none takes none

	mu     sync.Mutex
	keys   *bounce.Keys
	loaded time.Time // when keys were
}

// openReturns opens the database for what serve does; nil if nothing is configured.
func (a *app) openReturns(ctx context.Context, c *Config) (*returnDesk, error) {
	secrets, err := webhookSecrets(c)
	if err != nil || len(secrets) == 0 && c.Bounces.Every == 0 {
		return nil, err
	}
	return a.openReturnDesk(ctx, c, "serve", secrets)
}

func (a *app) openReturnDesk(ctx context.Context, c *Config, by string, secrets [][]byte) (*returnDesk, error) {
	db, err := store.Open(ctx, c.Database.URL)
	if err != nil {
		return nil, err
	}
	r, err := a.newReturns(ctx, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	sink := &returnSink{returns: r, told: a.tellUnproved, act: func() audience.Act { return audience.Act{By: by, Now: a.clock()} }}
	return &returnDesk{app: a, config: c, db: db, sink: sink, secrets: secrets}, nil
}

// webhookSecrets gives the secret itself or the lines of its file.
func webhookSecrets(c *Config) (secrets [][]byte, err error) {
	text := []byte(c.Bounces.WebhookSecret)
	if c.Bounces.WebhookFile != "" {
		if text, err = os.ReadFile(c.Bounces.WebhookFile); err != nil {
			return nil, fmt.Errorf("bounces.webhook_secret_file: %w", err)
		}
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line != "" && len(line) < minSecret {
			return nil, fmt.Errorf("bounces.webhook_secret_file: a line is shorter than %d characters, and can be guessed", minSecret)
		}
		if line != "" {
			secrets = append(secrets, []byte(line))
		}
	}
	if len(secrets) == 0 && c.Bounces.WebhookFile != "" {
		return nil, fmt.Errorf("bounces.webhook_secret_file: %s has no secret", c.Bounces.WebhookFile)
	}
	return secrets, nil
}

// tellUnproved says which bounces and complaints changed nothing although they ask
// for something. Whom they name is not told: a log is no place for addresses.
func (a *app) tellUnproved(v bounce.Verdict, effect audience.Effect) error {
	if effect == unproved || effect == audience.Stranger {
		a.note("%s %s changes nothing: %s", v.Kind, v.ID, effect)
	}
	return nil
}

// handlers are what the server is to answer.
func (d *returnDesk) handlers() map[string]http.Handler {
	if len(d.secrets) == 0 {
		return nil
	}
	return map[string]http.Handler{webhookPath: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keys, err := d.currentKeys(r.Context())
		if err != nil {
			d.app.note("webhook: %v", err)
			http.Error(w, "not taken; send it again later", http.StatusServiceUnavailable)
			return
		}
		hook := bounce.Webhook{
			Sink: d.sink, Secrets: d.secrets, Now: time.Now, Keys: keys,
			Failed: func(err error) { d.app.note("webhook: %v", err) },
		}
		hook.ServeHTTP(w, r)
	})}
}

// keysAge is how old keys may be: others make new ones while the server runs, which
// looks for them no more often, whoever asks.
const keysAge = time.Second

func (d *returnDesk) currentKeys(ctx context.Context) (*bounce.Keys, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := time.Now(); d.keys == nil || now.Sub(d.loaded) > keysAge {
		keys, err := d.app.bounceKeys(ctx, d.db)
		if err != nil {
			return nil, err
		}
		d.keys, d.loaded = keys, now
	}
	return d.keys, nil
}

// chore reads the mails that came back every bounces.every minutes. A Maildir is on
// one machine, a mailbox on a server there for all.
func (d *returnDesk) chore() work.Chore {
	b := d.config.Bounces
	return work.Chore{Name: "bounces", Here: b.Maildir != "", Every: time.Duration(max(b.Every, 1)) * time.Minute, Do: d.read}
}

func (d *returnDesk) read(ctx context.Context) error {
	keys, err := d.currentKeys(ctx)
	if err != nil {
		return err
	}
	b := d.config.Bounces
	tallies, err := d.app.readSources(ctx, d.config, bounceSource{maildir: b.Maildir, imap: b.IMAPHost != ""}, d.config.bounceOptions(keys, false), d.sink)
	for _, t := range tallies {
		err = errors.Join(append(t.Skipped, err)...)
	}
	if err != nil {
		err = fmt.Errorf("reading bounces: %w", err)
	}
	return err
}
