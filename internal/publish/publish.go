package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Options say what the files are served with and how a run deals with the target.
type Options struct {
	URL  string   // where the files are served, absolute
	TTL  int      // minutes that a feed may be kept
	Hubs []string // URLs of the feeds' WebSub hubs
	Gzip bool     // put a compressed NAME.gz beside each text

	Adopt  bool // replace files that newsdesk did not put there
	Keep   bool // delete nothing
	DryRun bool // say what would be done, and do nothing

	Progress func(done, total int) // files put; may be nil
}

// Result is what a run did, or would do.
type Result struct {
	Put     []Change // in order
	Bytes   int64    // of Put
	Same    int      // files that were there already
	Deleted []string
	Kept    []string // no longer here, not deleted: another hand changed them
}

func (r *Result) add(c Change) {
	r.Put = append(r.Put, c)
	r.Bytes += c.Size
}

// ErrNoFeeds is that a folder is not one that newsdesk has built.
var ErrNoFeeds = errors.New("there are no feeds in it")

// Run makes the target what dir is. With an error, the result tells what was done
// before; the next run does the rest.
func Run(ctx context.Context, dir fs.FS, t Target, o Options) (*Result, error) {
	files, err := collect(dir, o)
	if err != nil {
		return &Result{}, err
	}
	if !t.KeepsHeaders() {
		for _, f := range files {
			f.header = Header{}
		}
	}
	old, before, err := readManifest(ctx, t)
	if err != nil {
		return &Result{}, err
	}
	there, err := t.Look(ctx, namesOf(files, old))
	if err != nil {
		return &Result{}, err
	}
	p, err := newPlan(files, old, there, o)
	if err != nil {
		return &Result{}, fmt.Errorf("%s: %w", t, err)
	}
	if o.DryRun {
		return p.result(), nil
	}
	r := &run{plan: p, target: t, progress: o.Progress, manifest: before, result: &Result{Same: p.same, Kept: p.kept}}
	err = r.do(ctx)
	return r.result, err
}

func namesOf(files []*file, old manifest) []string {
	var names []string
	for _, f := range files {
		names = append(names, f.name)
	}
	for name := range old {
		names = append(names, name)
	}
	return names
}

// run does a plan.
type run struct {
	*plan
	target   Target
	progress func(done, total int)
	manifest []byte // as this run has read or written it
	result   *Result

	mu   sync.Mutex // guards result and what follows
	done map[*file]string
}

// workers is how many files are put at once: a bucket answers in tens of
// milliseconds, and takes many at a time.
const workers = 8

// do puts, says what is there, and deletes, in this order: see the package's
// documentation.
func (r *run) do(ctx context.Context) error {
	if !r.news {
		return nil
	}
	r.done = map[*file]string{}
	if len(r.put) > 0 {
		if err := r.write(ctx, r.journal); err != nil {
			return err
		}
		if err := r.putAll(ctx); err != nil {
			return err
		}
	}
	final := r.journal
	for f, etag := range r.done {
		final[f.name] = newEntry(f, etag)
	}
	for _, name := range r.delete {
		e := final[name]
		e.Gone = true
		final[name] = e
	}
	if err := r.write(ctx, final); err != nil {
		return err
	}
	return r.deleteAll(ctx)
}

// write writes the manifest, unless another run has written it since.
func (r *run) write(ctx context.Context, m manifest) error {
	_, now, err := readManifest(ctx, r.target)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, r.manifest) {
		return fmt.Errorf("%s: another newsdesk publishes to it at the same time (run one at a time; run this one again)", r.target)
	}
	r.manifest = m.encode()
	_, err = r.target.Put(ctx, manifestFile, r.manifest, manifestHeader)
	return err
}

// putAll puts the files, those of one rank after all of those before.
func (r *run) putAll(ctx context.Context) error {
	defer r.sum()
	for rank := range ranks {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(workers)
		for _, f := range r.put {
			if f.rank == rank {
				group.Go(func() error { return r.putFile(ctx, f) })
			}
		}
		if err := group.Wait(); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) putFile(ctx context.Context, f *file) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	data, err := f.content()
	if err != nil {
		return err
	}
	etag, err := r.target.Put(ctx, f.name, data, f.header)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done[f] = strings.Trim(etag, `"`)
	if r.progress != nil {
		r.progress(len(r.done), len(r.put))
	}
	return nil
}

func (r *run) deleteAll(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	deleted := make([]bool, len(r.delete))
	for i, name := range r.delete {
		group.Go(func() error {
			err := r.target.Delete(ctx, name)
			deleted[i] = err == nil
			return err
		})
	}
	err := group.Wait()
	for i, name := range r.delete {
		if deleted[i] {
			r.result.Deleted = append(r.result.Deleted, name)
		}
	}
	return err
}

// sum tells in the result what was put, in the plan's order.
func (r *run) sum() {
	for _, f := range r.put {
		if _, ok := r.done[f]; ok {
			r.result.add(r.changes[f])
		}
	}
}
