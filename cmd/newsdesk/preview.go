package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/numbers"
	"github.com/medigy/newsdesk/internal/watch"
	"github.com/medigy/newsdesk/internal/web"
)

func (a *app) previewCommand() *cobra.Command {
	var listen string
	var w asked
	c := &cobra.Command{
		Use:   "preview",
		Short: "The editors' desk: see a digest, shape it, check it, approve it",
		Long: `Serve the editors' desk: the digest exactly as it would be sent, in every dress
that readers see it in; its order, texts and articles, each change saved at once to
content/editions/<digest>/<period>.yaml; what the checks found, at its place; its
approval, and tests to named addresses; and its sending: now or at a time, with its
progress, to pause, resume and cancel. What is being sent goes on by newsdesk work,
digest send or the next desk when this one ends. It reloads by itself when articles,
templates, edition files or the configuration change. Press ? for the keys.

Only this machine reaches it, unless desk.password or desk.user_header is set and
desk.hosts names what it is opened as.

Without a browser: --out DIR writes the edition as DIR/<digest>-<period>.html, .txt
and .eml, --json tells the edition, its checks and sizes. The exit code is then 1
if the checks find errors, or warnings with --strict.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if a.flags.json || a.flags.out != "" {
				return a.previewFiles(c.Context(), w)
			}
			return a.preview(c.Context(), w, listen)
		},
	}
	w.flags(c)
	c.Flags().StringVar(&listen, "listen", "", "`ADDRESS` to serve on; port 0 takes a free one (default desk.listen, 127.0.0.1:8025)")
	return c
}

func (a *app) preview(ctx context.Context, w asked, listen string) error {
	outliveReaders()
	c, err := a.config()
	if err != nil {
		return err
	}
	if _, err := c.digestSettings(w.digest); err != nil {
		return err
	}
	if _, err := a.folders.contentFolder(c.Content.Dir); err != nil {
		return err
	}
	if listen != "" {
		c.Desk.Listen = listen
	}
	access, err := a.deskAccess(c)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	dispatch, log := a.newDispatch(ctx), a.logger(slog.LevelInfo)
	p, err := a.newPreview(c, access, log, func(ctx context.Context, changed []string) (*web.Desk, error) {
		d, err := a.loadDesk(ctx, w, changed)
		if err == nil {
			d.Sending = dispatch.use(d.Post.(*desk).config)
		}
		return d, err
	})
	if err != nil {
		return err
	}
	var sending sync.WaitGroup
	sending.Go(func() { dispatch.run(func(err error) { log.Error("scheduled", "error", err) }) })
	err = a.servePreview(ctx, c.Desk.Listen, p)
	stop()
	sending.Wait() // the messages in hand
	return err
}

// newPreview makes the desk's pages, of what load gives.
func (a *app) newPreview(c *Config, access web.Access, log *slog.Logger, load func(context.Context, []string) (*web.Desk, error)) (*web.Preview, error) {
	templates, err := siteTemplates(c)
	if err != nil {
		return nil, err
	}
	pages, err := newNumbersPages(c, numbers.PageOptions{
		Now: func() time.Time { return a.clock().In(c.zone) }, Open: numbersDatabase(c),
	})
	if err != nil {
		return nil, err
	}
	return web.NewPreview(web.PreviewOptions{
		Load: load, Watch: append(watched(c), a.flags.config), Clock: watch.Clock{Now: a.clock, After: a.after},
		Templates: templates, Access: access, Log: log, Numbers: pages,
	})
}

// deskAccess says who may use the desk, and refuses addresses that others could
// reach without a password.
func (a *app) deskAccess(c *Config) (web.Access, error) {
	host, _, err := net.SplitHostPort(c.Desk.Listen)
	if err != nil {
		return web.Access{}, usage("--listen %q is not an address (want 127.0.0.1:8025)", c.Desk.Listen)
	}
	access := web.Access{Hosts: c.Desk.Hosts, Header: c.Desk.UserHeader, Proxies: c.trusted, Key: make([]byte, 32)}
	if access.Password, err = secret("desk.password_file", c.Desk.Password, c.Desk.PasswordFile); err != nil {
		return access, err
	}
	if _, err := io.ReadFull(a.random, access.Key); err != nil {
		return access, err
	}
	ip := net.ParseIP(host)
	if host == "localhost" || ip != nil && ip.IsLoopback() {
		return access, nil
	}
	if access.Password == "" && access.Header == "" {
		return access, usage("--listen %q is not a loopback address, and others could change the digest: want a password (desk.password_file, NEWSDESK_DESK_PASSWORD) or desk.user_header of a proxy", c.Desk.Listen)
	}
	if ip != nil && !ip.IsUnspecified() {
		access.Hosts = append(access.Hosts, host)
	}
	if len(access.Hosts) == 0 {
		return access, usage("--listen %q: by what name do editors open the desk? (want desk.hosts: [desk.example.org])", c.Desk.Listen)
	}
	return access, nil
}

func (a *app) servePreview(ctx context.Context, listen string, p *web.Preview) error {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("%w (name another address with --listen or desk.listen)", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := &http.Server{
		Handler: p, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ReadTimeout: time.Minute, WriteTimeout: 5 * time.Minute, // events have none
		BaseContext: func(net.Listener) context.Context { return ctx }, // ends the event streams
	}
	failed := make(chan error, 2)
	go func() { failed <- p.Run(ctx) }()
	go func() { failed <- server.Serve(l) }()
	fmt.Fprintf(a.stdout, "http://%s/\n", l.Addr())
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	stop()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if errors.Is(server.Shutdown(last), context.DeadlineExceeded) {
		_ = server.Close() // on those that do not read what they asked for
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
