//go:build unix

package mail

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// post is a Handler that composes messages of an issue in two buffers, and
// whose ledger is a commit that all connections share, or none.
type post struct {
	tb       testing.TB
	issue    *Encoded
	left     *atomic.Int64
	commits  *committer
	envelope [2]Envelope
	turn     int
}

func (p *post) Next(context.Context) (*Envelope, error) {
	if p.left.Add(-1) < 0 {
		return nil, nil
	}
	p.turn = 1 - p.turn
	e := &p.envelope[p.turn]
	r := reader()
	var err error
	e.From, e.To = from, r.To.Address
	e.Message, err = p.issue.Append(e.Message[:0], r)
	return e, err
}

func (p *post) Intend(context.Context, *Envelope) error {
	if p.commits != nil {
		p.commits.wait()
	}
	return nil
}

func (p *post) Settle(_ *Envelope, err error) {
	if err != nil {
		p.tb.Error(err)
	}
}

// committer stands for the ledger: whoever waits gets the next commit, which
// takes a fixed time.
type committer struct {
	cost time.Duration
	wake chan chan struct{}
}

func startCommitter(ctx context.Context, cost time.Duration) *committer {
	c := &committer{cost: cost, wake: make(chan chan struct{}, 1000)}
	go func() {
		for {
			var batch []chan struct{}
			select {
			case w := <-c.wake:
				batch = append(batch, w)
			case <-ctx.Done():
				return
			}
			for len(c.wake) > 0 {
				batch = append(batch, <-c.wake)
			}
			time.Sleep(c.cost)
			for _, w := range batch {
				close(w)
			}
		}
	}()
	return c
}

func (c *committer) wait() {
	done := make(chan struct{})
	c.wake <- done
	<-done
}

// submit sends n messages over connections at a time and gives the time it
// took, dials included, and the CPU time of this process.
func submit(b *testing.B, c Config, issue *Encoded, connections, n int, commits *committer) (wall, cpu time.Duration) {
	var left atomic.Int64
	left.Store(int64(n))
	pool := NewPool(c, Limits{Connections: connections, Messages: n})
	used, start := cpuTime(b), time.Now()
	var all sync.WaitGroup
	for range connections {
		all.Go(func() {
			if err := pool.Stream(b.Context(), &post{tb: b, issue: issue, left: &left, commits: commits}); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
	wall, cpu = time.Since(start), cpuTime(b)-used
	pool.Close()
	return wall, cpu
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkSubmission compares with Postfix's smtp-source, which sends the same
// bytes again and again, over the same number of connections to the same
// smtp-sink. "ratio" is messages a second, ours by theirs, the best of the
// rounds of each; "cpu-µs/msg" is ours with composing.
func BenchmarkSubmission(b *testing.B) {
	const n, rounds = 4000, 4
	message, err := issue(b).Encode()
	if err != nil {
		b.Fatal(err)
	}
	for _, connections := range []int{1, 4, 16} {
		b.Run(strconv.Itoa(connections), func(b *testing.B) {
			c := sink(b)
			for b.Loop() {
				ours, cpu, theirs := time.Hour, time.Hour, time.Hour
				for range rounds {
					theirs = min(theirs, source(b, c, connections, n))
					wall, used := submit(b, c, message, connections, n, nil)
					ours, cpu = min(ours, wall), min(cpu, used)
				}
				b.ReportMetric(n/ours.Seconds(), "msg/s")
				b.ReportMetric(n/theirs.Seconds(), "source-msg/s")
				b.ReportMetric(theirs.Seconds()/ours.Seconds(), "ratio")
				b.ReportMetric(float64(cpu.Microseconds())/n, "cpu-µs/msg")
			}
		})
	}
}

// source sends n messages by smtp-source.
func source(b *testing.B, c Config, connections, n int) time.Duration {
	start := time.Now()
	out, err := exec.Command("/usr/sbin/smtp-source", "-d", "-l", "60000", "-m", strconv.Itoa(n), "-s", strconv.Itoa(connections),
		"-f", from, "-t", to, c.address()).CombinedOutput()
	if err != nil {
		b.Fatalf("smtp-source: %v\n%s", err, out)
	}
	return time.Since(start)
}

// BenchmarkRoundTrip sends over 50 connections with 40 ms round trip, with and
// without a ledger whose commits take 3 ms.
func BenchmarkRoundTrip(b *testing.B) {
	const n, connections = 20000, 50
	message, err := issue(b).Encode()
	if err != nil {
		b.Fatal(err)
	}
	for _, commit := range []time.Duration{0, 3 * time.Millisecond} {
		b.Run(fmt.Sprintf("commit-%s", commit), func(b *testing.B) {
			c := sink(b)
			c.Port = mailtest.Far(b, c.Host, c.Port, 40*time.Millisecond)
			var commits *committer
			if commit > 0 {
				commits = startCommitter(b.Context(), commit)
			}
			for b.Loop() {
				wall, _ := submit(b, c, message, connections, n, commits)
				b.ReportMetric(n/wall.Minutes(), "msg/min")
			}
		})
	}
}
