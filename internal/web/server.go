package web

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/medigy/newsdesk/internal/numbers"
)

// ServerOptions say whom a Server tells what.
type ServerOptions struct {
	// Now is the clock, for durations, the snapshot's age and dates that lie
	// ahead.
	Now func() time.Time

	// Handlers answer for one path each, whatever the method.
	Handlers map[string]http.Handler

	// Trusted are the proxies whose X-Forwarded-For is believed, hop by hop from
	// the right. A peer on a Unix socket is one.
	Trusted []netip.Prefix

	// Metrics are the clients that /metrics answers. For all others there is no
	// such page.
	Metrics []netip.Prefix

	// Newsletter answers for its own paths; nil is none.
	Newsletter *Newsletter

	// Totals counts subscribers and editions for /metrics where Newsletter is nil; nil
	// is for none, fs.ErrNotExist that there is no database yet.
	Totals func(context.Context) (*numbers.Totals, error)

	Log    *slog.Logger // faults of connections; nil is slog.DiscardHandler
	Access *slog.Logger // one line a request; nil is none
}

// Server serves the files of an output folder to feed readers and browsers. It
// is an http.Handler; Serve runs it with timeouts on a listener. Load puts
// another snapshot in the place of the one that is shown, at any time: a request
// is answered from the one that it found.
type Server struct {
	options  ServerOptions         // of which only what stays is used: Now, Log and Access
	parts    atomic.Pointer[parts] // the rest
	changing sync.Mutex            // one Change at a time
	shown    atomic.Pointer[outputSnapshot]
	loading  sync.Mutex    // one Load at a time
	loaded   chan struct{} // wakes the compressor
	metrics  *serverMetrics

	lastDate atomic.Pointer[dateText]
}

// NewServer makes a server that answers 503 until the first Load.
func NewServer(o ServerOptions) (*Server, error) {
	if o.Now == nil {
		return nil, errors.New("web: a server needs ServerOptions.Now")
	}
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	s := &Server{options: o, loaded: make(chan struct{}, 1)}
	s.parts.Store(newParts(o))
	s.metrics = newServerMetrics(s)
	return s, nil
}

// Load reads the output and shows it from then on. Files that are as they were
// are not read again. After an error what was shown is shown on.
func (s *Server) Load(ctx context.Context, o Output) error {
	s.loading.Lock()
	defer s.loading.Unlock()
	next, err := readSnapshot(ctx, o, s.shown.Load(), s.options.Now())
	if err != nil {
		return err
	}
	s.shown.Store(next)
	select {
	case s.loaded <- struct{}{}:
	default: // it has been told already
	}
	return nil
}

// Feeds gives what is served, the zero Output before there is anything, and the
// name and content of each file of it that feed readers ask for again and again,
// in the order of names.
func (s *Server) Feeds() (Output, iter.Seq2[string, []byte]) {
	shown := s.shown.Load()
	if shown == nil {
		return Output{}, func(func(string, []byte) bool) {}
	}
	return shown.output, func(yield func(string, []byte) bool) {
		for _, f := range shown.sorted() {
			if f.kind.feed && !yield(f.name, f.identity.data) {
				return
			}
		}
	}
}

// Pinged counts for /metrics what hubs were told: the feeds that they accepted,
// those that they did not, and all that are to be told still.
func (s *Server) Pinged(accepted, failed, pending int) { s.metrics.pinged(accepted, failed, pending) }

// Built counts a build for /metrics; err is why it failed, incomplete that it left
// articles out that are wrong.
func (s *Server) Built(err error, incomplete bool) { s.metrics.built(err, incomplete) }

// ServeHTTP answers GET and HEAD, and what the newsletter does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := s.options.Now()
	p := s.use()
	status, size, ok := s.answerPart(p, w, r)
	if !ok {
		closeAfterBody(w, r)
		status, size = s.answer(w, r)
	}
	took := s.options.Now().Sub(started)
	s.metrics.request(status, took)
	if s.options.Access != nil {
		s.logAccess(p, r, status, size, took)
	}
}

// closeAfterBody closes the connection of a request with a body, if nobody has one to
// send. Where it ends may be told in two ways, of which net/http took one and a proxy
// perhaps the other, so that what follows is not read as a request (RFC 9112 section
// 6.1).
func closeAfterBody(w http.ResponseWriter, r *http.Request) {
	if r.ProtoMajor == 1 && r.ContentLength != 0 {
		w.Header()["Connection"] = closeConnection
	}
}

// answer answers a request; size is that of the body. Names are looked up as
// they are, never on a disk, so that no name leads out of the folder.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) (status int, size int64) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		return plain(w, r, http.StatusMethodNotAllowed, "Only GET and HEAD are answered here.")
	}
	shown := s.shown.Load()
	if shown != nil {
		if f := shown.files[r.URL.Path]; f != nil {
			return f.serve(w, r)
		}
	}
	switch {
	case r.URL.Path == "/metrics" && s.mayMeasure(r):
		return recorded(w, func(w http.ResponseWriter) { s.metrics.page.ServeHTTP(w, r) })
	case shown == nil:
		w.Header().Set("Retry-After", "5")
		return plain(w, r, http.StatusServiceUnavailable, "The first build is not done yet.")
	case r.URL.Path == "/healthz":
		return plain(w, r, http.StatusOK, "ok")
	case shown.folders[r.URL.Path] != "":
		w.Header().Set("Location", shown.folders[r.URL.Path])
		return plain(w, r, http.StatusMovedPermanently, "This is a folder; its name ends in a slash.")
	case shown.isGone(r.URL.Path):
		return missing(w, r, http.StatusGone, "This was here once and will not come back.")
	}
	return missing(w, r, http.StatusNotFound, "There is nothing here by that name.")
}

// plain answers with a sentence.
func plain(w http.ResponseWriter, r *http.Request, status int, text string) (int, int64) {
	text = strconv.Itoa(status) + " " + http.StatusText(status) + "\n" + text + "\n"
	if status == http.StatusOK {
		text = text[len("200 OK\n"):]
	}
	return writeText(w, r, status, plainType, text)
}

// writeText answers with what is in no file.
func writeText(w http.ResponseWriter, r *http.Request, status int, mediaType []string, text string) (int, int64) {
	h := w.Header()
	h["Content-Type"] = mediaType
	h["X-Content-Type-Options"] = nosniff
	h["Cache-Control"] = noCache
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return status, 0
	}
	n, _ := w.Write([]byte(text)) // an error here is a client that went away
	return status, int64(n)
}

// Header values that many answers share. The server never changes a header's
// values, so that they need not be made for each answer.
var (
	plainType    = []string{"text/plain; charset=utf-8"}
	htmlType     = []string{"text/html; charset=utf-8"}
	nosniff      = []string{"nosniff"}
	noCache      = []string{"no-cache"}
	acceptRanges = []string{"bytes"}
	varyAccept   = []string{"Accept"}
	varyEncoding = []string{"Accept-Encoding"}
	varyPage     = []string{"Accept, Accept-Encoding"}

	closeConnection = []string{"close"}
)

// recorder notes the answer of a handler that is not ours.
type recorder struct {
	http.ResponseWriter
	status int
	size   int64
}

func recorded(w http.ResponseWriter, serve func(http.ResponseWriter)) (status int, size int64) {
	r := recorder{ResponseWriter: w, status: http.StatusOK}
	serve(&r)
	return r.status, r.size
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(data []byte) (int, error) {
	n, err := r.ResponseWriter.Write(data)
	r.size += int64(n)
	return n, err
}
