package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/watch"
	"github.com/medigy/newsdesk/internal/web"
)

func (a *app) previewCommand() *cobra.Command {
	var listen string
	var w asked
	c := &cobra.Command{
		Use:   "preview",
		Short: "Show the digest in the browser before it goes out",
		Long: `Serve the editors' page: the digest exactly as it would be sent, which articles
are in and out and why, and what the checks found. It reloads by itself when the
articles, the templates or the configuration change.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.preview(c.Context(), w, listen) },
	}
	w.digestFlag(c)
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:8025", "loopback `ADDRESS` to serve on; port 0 takes a free one")
	return c
}

func (a *app) preview(ctx context.Context, w asked, listen string) error {
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
	if err := loopback(listen); err != nil {
		return err
	}
	level := slog.LevelInfo
	if a.flags.quiet {
		level = slog.LevelError
	}
	templates, err := siteTemplates(c)
	if err != nil {
		return err
	}
	p, err := web.NewPreview(web.Options{
		Load: func(ctx context.Context, changed []string) (*web.Desk, error) {
			return a.loadDesk(ctx, w, changed)
		},
		Watch:     append(watched(c), a.flags.config),
		Clock:     watch.Clock{Now: a.clock, After: a.after},
		Templates: templates,
		Log:       slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: level})),
	})
	if err != nil {
		return err
	}
	return a.servePreview(ctx, listen, p)
}

// loopback refuses addresses that others could reach: the page has no password.
func loopback(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return usage("--listen %q is not an address (want 127.0.0.1:8025)", listen)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usage("--listen %q is not a loopback address (want 127.0.0.1:8025; the page has no password)", listen)
	}
	return nil
}

func (a *app) servePreview(ctx context.Context, listen string, p *web.Preview) error {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("%w (name another address with --listen)", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := &http.Server{
		Handler: p, ReadHeaderTimeout: 10 * time.Second,
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
	err = errors.Join(err, server.Shutdown(last))
	if errors.Is(err, context.Canceled) || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// loadDesk reads everything anew, the configuration included, but of the
// articles only those that changed.
func (a *app) loadDesk(ctx context.Context, w asked, changed []string) (*web.Desk, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	a.contentChanged(c, changed)
	s, err := a.series(ctx, c, w)
	if err != nil {
		return nil, err
	}
	press, err := a.newPress(s)
	if err != nil {
		return nil, err
	}
	articles, report, err := a.read(ctx, c, s.want)
	if err != nil {
		return nil, err
	}
	d := &web.Desk{
		Site: c.Site.Title, Report: report,
		Images: os.DirFS(c.Content.Images.Dir), ImagesURL: imagesURL(c),
		Watch: watched(c), Due: a.due,
	}
	if latest, err := s.period(articles.Heads); err == nil {
		d.Latest = latest.Name
	}
	for _, p := range s.periods(articles.Heads) {
		o, err := s.options(p)
		if err != nil {
			return nil, err
		}
		d.Editions = append(d.Editions, web.Week{Period: p, Articles: len(digest.Wanted(articles.Heads, p, o))})
	}
	d.Render = func(p digest.Period) (*web.Proof, error) {
		edition, err := a.illustrated(context.WithoutCancel(ctx), press, articles, p)
		if err != nil {
			return nil, err
		}
		return press.proof(edition)
	}
	return d, nil
}

// proof renders an edition by the functions that send uses.
func (p *press) proof(edition *digest.Edition) (*web.Proof, error) {
	proof := &web.Proof{Edition: edition, Pictures: p.pictures.of(edition)}
	if proof.Edition.Empty() {
		return proof, nil
	}
	var err error
	if proof.Issue, err = p.issue(proof.Edition); err != nil {
		return nil, err
	}
	sample, err := p.sample(proof.Issue, edition.Period)
	if err != nil {
		return nil, err
	}
	proof.EML, proof.Hash = sample.eml, p.hash(proof.Issue)
	return proof, nil
}

func watched(c *Config) []string {
	folders := []string{c.Content.Dir, c.Content.Images.Dir}
	if c.Look.Templates != "" {
		folders = append(folders, c.Look.Templates)
	}
	return folders
}

// imagesURL is where the site serves the featured images; it ends in a slash.
func imagesURL(c *Config) string {
	u, err := corpus.Options{Site: c.Site.URL, ImagesURL: c.Content.Images.URL}.ImagesBase()
	if err != nil {
		return ""
	}
	return u.String()
}
