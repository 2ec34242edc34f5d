// Package websub tells hubs which feeds have changed, so that subscribers get
// news at once (W3C WebSub; the publisher's request is that of PubSubHubbub 0.4,
// section 7, because WebSub section 6 leaves it to hub and publisher).
//
// A hub is told of a feed, in WebSub's word a topic, if its content is not what the
// hub was last told of. Record keeps that, in a file: a crash between publishing
// and telling, or a hub that is down, is made up for by the next run, and a topic
// that has not changed is never told. A crash between a hub's answer and the record
// tells a topic twice, which does no harm: the hub fetches it and finds nothing new.
//
// Hubs come from the configuration alone. No redirect is followed, little of an
// answer is read, and every wait has an end.
package websub

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Topic is a feed as it is public.
type Topic struct {
	URL  string // that the feed itself gives as its own (rel=self, feed_url)
	Hash string // of its content: see Hash
}

// Hash gives the hash of a topic's content: 120 bits of its SHA-256 in base64url.
func Hash(content []byte) string {
	sum := sha256.Sum256(content)
	return base64.RawURLEncoding.EncodeToString(sum[:15])
}

// Options say which hubs are told, and how long they are waited for.
type Options struct {
	Hubs   []string // URLs, http or https
	DryRun bool     // say what would be told, and tell nothing

	Transport http.RoundTripper // http.DefaultTransport if nil
	Timeout   time.Duration     // of one try; 10 s if 0
	Patience  time.Duration     // longest Retry-After that is waited for; 30 s if 0

	// Now is the clock, for a Retry-After that names a time. Sleep waits, or gives
	// the context's error. Jitter gives a pause near the given one, so that many
	// publishers do not come back at one time.
	Now    func() time.Time
	Sleep  func(ctx context.Context, d time.Duration) error
	Jitter func(d time.Duration) time.Duration
}

func (o Options) withDefaults() Options {
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Patience == 0 {
		o.Patience = 30 * time.Second
	}
	return o
}

// Result is what became of one hub's topics.
type Result struct {
	Hub    string
	Due    []string      // URLs of the topics that it had not accepted as they are, in order
	Told   []string      // those that it has accepted now, in order
	Failed int           // those that it was asked to and has not; it may not have been asked about all
	Err    error         // why: of the first that failed; nil if all are accepted
	Later  bool          // it may accept the others when it is asked again
	Wait   time.Duration // that it wants to be left alone for (Retry-After), or 0
}

// Left is how many topics the hub has still to be told of.
func (r Result) Left() int { return len(r.Due) - len(r.Told) }

// Run tells every hub of the topics that it has not accepted as they are, all hubs
// at the same time, and gives a result for each, in their order. A hub that fails
// is in its result; the error is that of the record, without which hubs are told
// all the same.
func Run(ctx context.Context, topics []Topic, record Record, o Options) ([]Result, error) {
	o = o.withDefaults()
	accepted, failed := record.read()
	results := make([]Result, len(o.Hubs))
	errs := make([]error, len(o.Hubs))
	var all sync.WaitGroup
	var recording sync.Mutex
	for i, hub := range o.Hubs {
		r := &run{Options: o, record: record, recording: &recording, result: Result{Hub: hub}}
		for _, t := range topics {
			if accepted[hub][t.URL] != t.Hash {
				r.due = append(r.due, t)
				r.result.Due = append(r.result.Due, t.URL)
			}
		}
		all.Go(func() { results[i], errs[i] = r.do(ctx) })
	}
	all.Wait()
	return results, errors.Join(failed, errors.Join(errs...))
}

// run tells one hub.
type run struct {
	Options
	record    Record
	recording *sync.Mutex // of all hubs: one at a time writes the record
	due       []Topic

	mu       sync.Mutex // guards what follows
	result   Result
	told     map[string]bool   // by URL
	unnoted  map[string]string // accepted and not in the record yet: hash by URL
	stopped  bool              // the hub is down, or refuses everything
	problems error             // of the record
}

const (
	// workers is how many requests one hub gets at the same time.
	workers = 4

	// batch is how many topics are accepted before the record is written; of many,
	// which make a large record, it is a batch-th of them.
	batch = 64

	// enough is how many topics a hub refuses, and accepts none, before it is
	// asked no more: it is likely no hub.
	enough = 8
)

func (r *run) do(ctx context.Context) (Result, error) {
	if r.DryRun || len(r.due) == 0 {
		return r.result, nil
	}
	r.told, r.unnoted = map[string]bool{}, map[string]string{}
	p := newPinger(r.Options, r.result.Hub)
	var group errgroup.Group
	group.SetLimit(workers)
	for _, t := range r.due {
		group.Go(func() error {
			if !r.isStopped() {
				r.note(ctx, t, p.ping(ctx, t.URL))
			}
			return nil
		})
	}
	group.Wait()
	r.save(ctx)
	for _, url := range r.result.Due {
		if r.told[url] {
			r.result.Told = append(r.result.Told, url)
		}
	}
	return r.result, r.problems
}

func (r *run) isStopped() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stopped
}

// note notes what became of a topic.
func (r *run) note(ctx context.Context, t Topic, failed *failure) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if failed == nil {
		r.told[t.URL], r.unnoted[t.URL] = true, t.Hash
		if len(r.unnoted) >= max(batch, len(r.due)/batch) {
			r.save(ctx)
		}
		return
	}
	r.result.Failed++
	if r.result.Err == nil || failed.later && !r.result.Later {
		r.result.Err = failed
	}
	r.result.Later = r.result.Later || failed.later
	r.result.Wait = max(r.result.Wait, failed.wait)
	nothing := r.result.Failed >= enough && len(r.told) == 0
	r.stopped = r.stopped || failed.later || nothing
}

// save writes what was accepted into the record, also when the run was
// interrupted.
func (r *run) save(ctx context.Context) {
	if len(r.unnoted) == 0 {
		return
	}
	r.recording.Lock()
	defer r.recording.Unlock()
	r.problems = errors.Join(r.problems, r.record.add(context.WithoutCancel(ctx), r.result.Hub, r.unnoted))
	clear(r.unnoted)
}
