package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/feed"
	"github.com/medigy/newsdesk/internal/web"
	"github.com/medigy/newsdesk/internal/websub"
)

func (a *app) serveCommand() *cobra.Command {
	var listen string
	var ping, working bool
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve feeds, pages and digests over HTTP, always up to date",
		Long: `Serve the output folder, built as "build" does and again whenever articles,
images, templates or the configuration change, when the time of an article comes
that is dated ahead, and when a week ends. What is there from before is
served until the first build is done; a build that fails leaves what is served
as it is. Paths are those of feeds.url.

/healthz answers ok once there is something to serve, and 503 before; a build
that fails changes nothing there, for a balancer should not take out a server
that has the feeds. Let newsdesk_last_build_failed of /metrics raise the alarm.
/metrics is for Prometheus and answers the clients of serve.metrics alone, 404 to
others. SIGTERM ends it after the last answer. A socket of systemd (LISTEN_FDS)
is used instead of an address if there is one.

With subscribe.enabled it serves the newsletter's pages, too, at
digest.subscriptions_url: subscribe, and those that the links of the mails lead to,
confirm, preferences, pause and unsubscribe. It opens the database for that, and
sends the mails to confirm, which wait there until the mail server takes them.

It follows its configuration without losing a request: one that is wrong is told, and
all stays as it was. serve.listen, serve.log and whether it speaks TLS are read at the
start alone; that they have changed is told.

After each build feeds.hubs are told which feeds changed (see "feed ping"), unless
feeds.publish says that the public place is another.

With --work it is "newsdesk work", too, for a site that one machine is enough for: it
sends the digests by digest.schedule, and ends as work does, when the messages in hand
are out.

With bounces.webhook_secret it takes a mail provider's bounces and complaints at
/webhook/bounce, and with bounces.every it reads those that came by mail, as "bounce
read" does. It opens the database for that.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.serve(c.Context(), listen, ping, working) },
	}
	c.Flags().BoolVar(&ping, "ping", true, "tell feeds.hubs which feeds changed")
	c.Flags().BoolVar(&working, "work", false, "send digests by their schedules, as newsdesk work does, in the same process")
	c.Flags().StringVar(&listen, "listen", "", "`ADDRESS` to serve on; port 0 takes a free one (default serve.listen, 127.0.0.1:8080)")
	return c
}

func (a *app) serve(ctx context.Context, listen string, ping, working bool) error {
	outliveReaders()
	c, print, err := a.printedConfig()
	if err != nil {
		return err
	}
	if _, err := a.folders.contentFolder(c.Content.Dir); err != nil {
		return err
	}
	p, err := a.openParts(ctx, c)
	if err != nil {
		return err
	}
	site := func(ctx context.Context) error {
		f := &serveFollower{app: a, print: print, listens: listen == "", working: working}
		return a.serveSite(ctx, f, p, listen, ping)
	}
	if working {
		return a.andWork(ctx, site) // which does the chores
	}
	return site(ctx)
}

// serveSite serves and builds, with p to begin with.
func (a *app) serveSite(ctx context.Context, f *serveFollower, p *serveParts, listen string, ping bool) (err error) {
	c := p.config
	if f.server, err = web.NewServer(p.options); err != nil {
		return errors.Join(err, p.close())
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	f.begin(ctx, p, stop)
	defer func() { err = errors.Join(err, f.end()) }()
	if c.Serve.TLSCert != "" {
		if f.certificate, err = web.OpenCertificate(c.Serve.TLSCert, c.Serve.TLSKey); err != nil {
			return fmt.Errorf("serve.tls_cert, serve.tls_key: %w", err)
		}
	}
	l, err := openListener(cmp.Or(listen, c.Serve.Listen))
	if err != nil {
		return err
	}
	if err := loadOutput(ctx, f.server, c); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, l.Close())
	}
	fmt.Fprintln(a.stdout, address(c, l))
	var hubs *websub.Background
	if ping {
		hubs = websub.NewBackground(func(ctx context.Context) time.Duration { return a.tellOfServed(ctx, f.config(), f.server) }, a.after)
	}
	return a.serveAndBuild(ctx, f, l, hubs)
}

// serveAndBuild serves, builds and tells hubs, if they are not nil, side by side;
// when serving or building ends, so does all.
func (a *app) serveAndBuild(ctx context.Context, f *serveFollower, l net.Listener, hubs *websub.Background) error {
	ctx, stop := context.WithCancel(ctx)
	var telling sync.WaitGroup
	defer telling.Wait()
	defer stop()
	if hubs != nil {
		telling.Go(func() { hubs.Run(ctx) })
	}
	served := make(chan error, 1)
	go func() {
		served <- f.server.Serve(ctx, l, f.certificate)
		stop()
	}()
	err := a.watch(ctx, func(ctx context.Context) error {
		followed := f.follow(ctx)
		err := a.buildAndLoad(ctx, f.server, followed)
		if err == nil && hubs != nil {
			hubs.Wake()
		}
		return err
	})
	stop()
	return errors.Join(err, <-served)
}

// tellExpiry tells of a certificate that clients refuse, or soon will.
func (a *app) tellExpiry(certificate *web.Certificate) {
	const soon = 7 * 24 * time.Hour
	end := certificate.Expires().UTC()
	switch left := end.Sub(a.clock()); {
	case left <= 0:
		a.tellError(fmt.Errorf("serve.tls_cert: the certificate expired on %s; clients refuse it", spelled(end)))
	case left < soon:
		a.warn("serve.tls_cert: the certificate expires on %s", spelled(end))
	}
}

// buildAndLoad builds and serves what was built. What a build left out is no
// reason not to; after a failure nothing new is served. What else failed before, if it
// is not nil, counts as a failure, too: what is served is not by the configuration.
func (a *app) buildAndLoad(ctx context.Context, server *web.Server, before error) error {
	built := a.build(ctx)
	var coded *exitError
	incomplete := errors.As(built, &coded) && coded.code == exitIncomplete
	if incomplete {
		built = nil // it has been told
	}
	if built == nil {
		c, err := a.config()
		if err == nil {
			err = loadOutput(ctx, server, c)
		}
		built = err
	}
	if before != nil && !errors.As(built, new(configError)) {
		built = errors.Join(before, built)
	}
	if ctx.Err() == nil {
		server.Built(built, incomplete)
	}
	return built
}

func loadOutput(ctx context.Context, server *web.Server, c *Config) error {
	root, err := os.OpenRoot(c.Feeds.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return server.Load(ctx, web.Output{
		Files: root.FS(), URL: c.feedsURL(), TTL: time.Duration(c.Feeds.TTL) * time.Minute,
		Hubs: c.Feeds.Hubs, Gone: slices.Concat(c.Feeds.Gone, goneFiles(root.FS())),
	})
}

// goneFiles are those that feeds.removed: gone has deleted.
func goneFiles(out fs.FS) []string {
	list, err := fs.ReadFile(out, feed.GoneFile)
	if err != nil {
		return nil // there is none
	}
	return strings.Fields(string(list))
}

// serverOptions are those of the configuration alone.
func (a *app) serverOptions(c *Config) web.ServerOptions {
	o := web.ServerOptions{Now: time.Now, Trusted: c.trusted, Metrics: c.metrics, Log: a.logger(slog.LevelInfo), Totals: totalsIfAny(c)}
	if c.Serve.Log { // who asked for it gets it, --quiet or not
		o.Access = slog.New(slog.NewTextHandler(a.stderr, nil))
	}
	return o
}

// openListener gives systemd's socket, or listens on an address.
func openListener(address string) (net.Listener, error) {
	l, err := activated(os.Getenv, os.Getpid(), firstSocket)
	if l != nil || err != nil {
		return l, err
	}
	if l, err = net.Listen("tcp", address); err != nil {
		return nil, fmt.Errorf("%w (name another address with --listen or serve.listen)", err)
	}
	return l, nil
}

// address is where the server is, for people.
func address(c *Config, l net.Listener) string {
	if l.Addr().Network() != "tcp" {
		return l.Addr().String()
	}
	u := url.URL{Scheme: "http", Host: l.Addr().String(), Path: "/"}
	if c.Serve.TLSCert != "" {
		u.Scheme = "https"
	}
	return u.String()
}
