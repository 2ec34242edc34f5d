package main

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/medigy/newsdesk/internal/web"
)

// serveFollower has a server follow its configuration, and what the configuration names:
// passwords, templates, certificate.
type serveFollower struct {
	app         *app
	server      *web.Server
	certificate *web.Certificate // nil: without TLS
	listens     bool             // on serve.listen
	working     bool             // somebody else does the chores

	first    *Config // what is read at the start alone is as in it
	differs  string  // what is not, as it was told
	current  *serveParts
	shown    atomic.Pointer[Config] // of current
	print    fingerprint
	failed   error // why the first chores could not be begun
	retiring sync.WaitGroup
}

// config is what is served by, for other goroutines.
func (f *serveFollower) config() *Config { return f.shown.Load() }

// begin sets the first parts to work. If they can't, stop is called.
func (f *serveFollower) begin(ctx context.Context, p *serveParts, stop func()) {
	f.first = p.config
	f.use(p)
	if !f.working {
		p.begin(ctx, f.app, func(err error) bool {
			f.failed = err
			stop()
			return false
		})
	}
}

func (f *serveFollower) use(p *serveParts) {
	f.current = p
	f.shown.Store(p.config)
}

// end ends what is worked at. Nobody may be answered any more.
func (f *serveFollower) end() error {
	err := f.current.close()
	f.retiring.Wait()
	if f.failed != nil {
		return f.failed
	}
	return err
}

// follow goes over to the configuration as it is now. One that is wrong is told by
// whoever builds by it; after an error all is as it was.
func (f *serveFollower) follow(ctx context.Context) error {
	c, print, err := f.app.printedConfig()
	if err != nil {
		return nil
	}
	if print != f.print {
		next, err := f.app.openParts(ctx, c)
		if err != nil {
			return err
		}
		f.print = print
		f.replace(ctx, next)
		f.tellRestart(c)
	}
	if f.certificate != nil && c.Serve.TLSCert != "" {
		if err := f.certificate.Load(c.Serve.TLSCert, c.Serve.TLSKey); err != nil {
			f.app.note("the old certificate is used on: %v", err)
		}
		f.app.tellExpiry(f.certificate)
	}
	return nil
}

// replace puts next in the place of the current parts, which are closed when the last
// request is answered that found them.
func (f *serveFollower) replace(ctx context.Context, next *serveParts) {
	old, unused := f.current, f.server.Change(next.options)
	f.use(next)
	f.retiring.Go(func() {
		<-unused
		if err := old.close(); err != nil {
			f.app.tellError(err)
		}
	})
	if !f.working {
		next.begin(ctx, f.app, func(err error) bool {
			f.app.tellError(err)
			return true
		})
	}
	f.app.note("serve goes on by the new configuration")
}

// tellRestart tells once of what a running server can't follow.
func (f *serveFollower) tellRestart(c *Config) {
	var keys []string
	for _, s := range []struct {
		key     string
		changed bool
	}{
		{"serve.listen", f.listens && c.Serve.Listen != f.first.Serve.Listen},
		{"serve.log", c.Serve.Log != f.first.Serve.Log},
		{"serve.tls_cert", (c.Serve.TLSCert == "") != (f.first.Serve.TLSCert == "")},
	} {
		if s.changed {
			keys = append(keys, s.key)
		}
	}
	if text := strings.Join(keys, ", "); text != f.differs {
		if f.differs = text; text != "" {
			f.app.warn("%s: newsdesk has to be restarted for this change", text)
		}
	}
}
