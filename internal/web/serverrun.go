package web

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// How long a Server waits for others. A request is a header of a few hundred
// bytes; a feed of 512 KB in two minutes is 35 kbit/s.
const (
	headerTimeout   = 10 * time.Second
	writeTimeout    = 2 * time.Minute
	idleTimeout     = 75 * time.Second // longer than proxies keep theirs, which is 60 s at most
	shutdownTimeout = 15 * time.Second
	maxHeader       = 16 << 10
)

// Serve answers on l, with TLS if certificate is not nil, until ctx is done. Then
// it takes no more connections and returns nil when the requests that it has are
// answered, an error if that takes too long. It closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener, certificate *Certificate) error {
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: headerTimeout,
		WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader, DisableGeneralOptionsHandler: true,
		ErrorLog: slog.NewLogLogger(s.options.Log.Handler(), slog.LevelWarn),
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go s.compressWhenLoaded(ctx)
	ended := make(chan error, 2)
	shutdown := func(context.Context) {}
	server.TLSConfig = certificate.config()
	switch {
	case s.options.Access == nil:
		c := newConversations(s, l, server.TLSConfig)
		shutdown = c.shutdown
		go func() { ended <- c.run() }()
		go func() { ended <- server.Serve(c) }()
	case certificate != nil: // and net/http knows all that the log has
		go func() { ended <- server.ServeTLS(l, "", "") }()
	default:
		go func() { ended <- server.Serve(l) }()
	}
	select {
	case err := <-ended:
		l.Close() // it may be, or not
		server.Close()
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	shutdown(last) // first: it may give the server connections
	err := server.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.Join(errors.New("some requests were cut off: they took too long to end"), server.Close())
	}
	return err
}

// Certificate is a certificate and its key, which may change while they are used.
type Certificate struct {
	current atomic.Pointer[tls.Certificate]
}

// OpenCertificate reads a certificate, with its chain, and its key from two PEM files.
func OpenCertificate(certFile, keyFile string) (*Certificate, error) {
	c := new(Certificate)
	return c, c.Load(certFile, keyFile)
}

// Load reads the files again, or others. After an error, such as while only one of
// them is new, the old certificate is used on.
func (c *Certificate) Load(certFile, keyFile string) error {
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return err
	}
	c.current.Store(&pair)
	return nil
}

// Expires is when clients begin to refuse the one that is used.
func (c *Certificate) Expires() time.Time { return c.current.Load().Leaf.NotAfter }

// config gives nil for no certificate.
func (c *Certificate) config() *tls.Config {
	if c == nil {
		return nil
	}
	return &tls.Config{
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current.Load(), nil },
		NextProtos:     []string{"h2", "http/1.1"},
	}
}
