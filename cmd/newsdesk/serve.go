package main

import (
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
	"github.com/medigy/newsdesk/internal/work"
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
What it says of the newsletter it reads from the configuration when it starts.

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
	c, err := a.config()
	if err != nil {
		return err
	}
	if _, err := a.folders.contentFolder(c.Content.Dir); err != nil {
		return err
	}
	returns, err := a.openReturns(ctx, c)
	if err != nil {
		return err
	}
	var o web.ServerOptions
	var chores []work.Chore
	if returns != nil {
		defer returns.db.Close()
		o.Handlers = returns.handlers()
		if c.Bounces.Every > 0 {
			chores = append(chores, returns.chore())
		}
	}
	n, err := a.openNewsletter(ctx, c)
	if err != nil {
		return err
	}
	var stirred <-chan struct{}
	if o.Totals = totalsIfAny(c); n != nil {
		defer n.db.Close()
		if o.Newsletter, err = newPages(c, n.desk, n.log); err != nil {
			return err
		}
		stirred = n.desk.Stirred()
		chores = append(chores, n.chores()...)
	}
	site := func(ctx context.Context) error { return a.serveSite(ctx, c, o, listen, ping) }
	if working {
		return a.andWork(ctx, site) // which does the chores
	}
	return a.whileWorking(ctx, c, chores, stirred, site)
}

// serveSite serves and builds.
func (a *app) serveSite(ctx context.Context, c *Config, o web.ServerOptions, listen string, ping bool) error {
	server, err := web.NewServer(a.serverOptions(c, o))
	if err != nil {
		return err
	}
	var certificate *web.Certificate
	if c.Serve.TLSCert != "" {
		if certificate, err = web.OpenCertificate(c.Serve.TLSCert, c.Serve.TLSKey); err != nil {
			return fmt.Errorf("serve.tls_cert, serve.tls_key: %w", err)
		}
	}
	if listen != "" {
		c.Serve.Listen = listen
	}
	l, err := openListener(c)
	if err != nil {
		return err
	}
	if err := loadOutput(ctx, server, c); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, l.Close())
	}
	fmt.Fprintln(a.stdout, address(c, l))
	var hubs *websub.Background
	if ping && c.Feeds.Publish == "" {
		hubs = websub.NewBackground(func(ctx context.Context) time.Duration { return a.tellOfServed(ctx, c, server) }, a.after)
	}
	return a.serveAndBuild(ctx, server, l, certificate, hubs)
}

// serveAndBuild serves, builds and tells hubs, if they are not nil, side by side;
// when serving or building ends, so does all.
func (a *app) serveAndBuild(ctx context.Context, server *web.Server, l net.Listener, certificate *web.Certificate, hubs *websub.Background) error {
	ctx, stop := context.WithCancel(ctx)
	var telling sync.WaitGroup
	defer telling.Wait()
	defer stop()
	if hubs != nil {
		telling.Go(func() { hubs.Run(ctx) })
	}
	served := make(chan error, 1)
	go func() {
		served <- server.Serve(ctx, l, certificate)
		stop()
	}()
	err := a.watch(ctx, func(ctx context.Context) error {
		if certificate != nil {
			if err := certificate.Reload(); err != nil {
				a.note("the old certificate is used on: %v", err)
			}
			a.tellExpiry(certificate)
		}
		err := a.buildAndLoad(ctx, server)
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
	end := certificate.Expires()
	switch left := end.Sub(a.clock()); {
	case left <= 0:
		a.tellError(fmt.Errorf("serve.tls_cert: the certificate expired on %s; clients refuse it", end.UTC().Format("2 January 2006 at 15:04 UTC")))
	case left < soon:
		a.warn("serve.tls_cert: the certificate expires on %s", end.UTC().Format("2 January 2006 at 15:04 UTC"))
	}
}

// buildAndLoad builds and serves what was built. What a build left out is no
// reason not to; after a failure nothing new is served.
func (a *app) buildAndLoad(ctx context.Context, server *web.Server) error {
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

// serverOptions puts the configuration's into o.
func (a *app) serverOptions(c *Config, o web.ServerOptions) web.ServerOptions {
	o.Now, o.Trusted, o.Metrics, o.Log = time.Now, c.trusted, c.metrics, a.logger(slog.LevelInfo)
	if c.Serve.Log { // who asked for it gets it, --quiet or not
		o.Access = slog.New(slog.NewTextHandler(a.stderr, nil))
	}
	return o
}

// openListener gives systemd's socket, or listens on serve.listen.
func openListener(c *Config) (net.Listener, error) {
	l, err := activated(os.Getenv, os.Getpid(), firstSocket)
	if l != nil || err != nil {
		return l, err
	}
	if l, err = net.Listen("tcp", c.Serve.Listen); err != nil {
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
