package main

import (
	"context"
	"sync"
	"time"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/web"
)

// picturePatience is how long an editor waits for the pictures of an edition that was never
// looked at before being told how far they are: thirty photographs of a good camera
// take a processor half a minute.
const picturePatience = 2 * time.Second

// pictureJobs are the pictures that are being made for the desk, by digest and period.
type pictureJobs struct {
	mu      sync.Mutex
	running map[string]*pictureJob
}

type pictureJob struct {
	end chan struct{} // closed after err is set
	err error
}

// illustrate makes the pictures of an edition. If that takes longer than picturePatience it
// goes on without the caller, who gets a *web.Making.
func (d *desk) illustrate(ctx context.Context, p *press, e *digest.Edition) error {
	late := d.app.after(picturePatience)
	for {
		total, left := p.pictures.missing(e)
		if left == 0 {
			return nil
		}
		job := d.jobs.job(p.edition(e.Period), func() error {
			return p.pictures.prepare(ctx, e, func(problem string) { d.app.note("%s", problem) })
		})
		select {
		case <-job.end: // it may have been that of the edition before its editor changed it
			if job.err != nil {
				return job.err
			}
		case <-late:
			return &web.Making{Done: total - left, Total: total}
		}
	}
}

// job gives the job of an edition: the one that is running, or one that runs now.
func (j *pictureJobs) job(edition string, run func() error) *pictureJob {
	j.mu.Lock()
	defer j.mu.Unlock()
	if job := j.running[edition]; job != nil {
		return job
	}
	if j.running == nil {
		j.running = make(map[string]*pictureJob)
	}
	job := &pictureJob{end: make(chan struct{})}
	j.running[edition] = job
	go func() {
		job.err = run()
		j.mu.Lock()
		delete(j.running, edition)
		j.mu.Unlock()
		close(job.end)
	}()
	return job
}
