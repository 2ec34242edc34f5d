package delivery

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/store"
)

// sink starts Postfix's smtp-sink and gives its port.
func sink(b *testing.B) int {
	b.Helper()
	const program = "/usr/sbin/smtp-sink"
	if _, err := os.Stat(program); err != nil {
		b.Skip("no smtp-sink (apt-get install postfix)")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	cmd := exec.Command(program, "-u", "nobody", "127.0.0.1:"+strconv.Itoa(port), "1000")
	if os.Getuid() != 0 {
		cmd = exec.Command(program, "127.0.0.1:"+strconv.Itoa(port), "1000")
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for range 100 {
		if c, err := net.Dial("tcp", l.Addr().String()); err == nil {
			c.Close()
			return port
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.Fatal("smtp-sink does not answer")
	return 0
}

// source sends n messages of size octets by Postfix's smtp-source and gives how
// many a second.
func source(b *testing.B, port, connections, n, size int) float64 {
	b.Helper()
	begun := time.Now()
	out, err := exec.Command("/usr/sbin/smtp-source", "-d", "-s", strconv.Itoa(connections), "-m", strconv.Itoa(n), "-l", strconv.Itoa(size),
		"-f", "news@medigy.example", "-t", "reader@example.org", "127.0.0.1:"+strconv.Itoa(port)).CombinedOutput()
	if err != nil {
		b.Fatalf("smtp-source: %v: %s", err, out)
	}
	return float64(n) / time.Since(begun).Seconds()
}

// fill adds n subscribers at once.
func fill(b testing.TB, db *store.DB, n int) {
	b.Helper()
	series := `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)`
	if _, err := db.Exec(series+` INSERT INTO subscriber (address, address_key, name, created, changed)
		SELECT 'reader' || i || '@example.org', 'reader' || i || '@example.org', 'Reader ' || i, 0, 0 FROM n`, n); err != nil {
		b.Fatal(err)
	}
}

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peak gives the most memory that this process had, in octets.
func peak() float64 {
	text, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kb, _ := strconv.Atoi(strings.Fields(rest)[0])
	return float64(kb) * 1024
}

// resetPeak begins anew to look for it.
func resetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // as far as the kernel lets us
}

// run is what sending so many messages took.
type run struct {
	rate    float64       // messages a second
	used    time.Duration // CPU time of this process, a message
	commits float64       // a message
	size    int           // octets of a message
}

// BenchmarkSink sends messages of 60 KB with a durable ledger to smtp-sink, beside
// smtp-source with as many connections. The two take turns; the ratio is the
// median of the turns', because other work on the machine disturbs some of them.
func BenchmarkSink(b *testing.B) {
	const n, rounds = 10_000, 5
	for _, connections := range []int{1, 4, 16} {
		b.Run(strconv.Itoa(connections), func(b *testing.B) {
			port := sink(b)
			for b.Loop() {
				var ratios, rates, others, used []float64
				var r run
				for range rounds {
					r = measure(b, port, connections, n)
					other := source(b, port, connections, n, r.size)
					ratios, rates, others = append(ratios, r.rate/other), append(rates, r.rate), append(others, other)
					used = append(used, r.used.Seconds()*1e6)
				}
				b.ReportMetric(median(ratios), "ratio")
				b.ReportMetric(median(rates), "messages/s")
				b.ReportMetric(median(others), "smtp-source/s")
				b.ReportMetric(slices.Min(used), "CPU-µs/message")
				b.ReportMetric(r.commits, "commits/message")
				b.ReportMetric(float64(r.size), "octets")
			}
		})
	}
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// measure sends n messages of 60 KB from a new ledger, signed by dkim.
func measure(b *testing.B, port, connections, n int, dkim ...*mail.Signer) run {
	b.Helper()
	db, err := store.Open(b.Context(), address(b))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	fill(b, db, n)
	durable(b, db)
	o := benchOptions(b, db, port, connections)
	o.DKIM = dkim
	commits := 0
	o.at = func(point string) {
		if point == "committed" { // by one goroutine only
			commits++
		}
	}
	issue := issueOf(60 << 10)
	c, err := NewComposer(issue, o.Sender, start, nil)
	if err != nil {
		b.Fatal(err)
	}
	message, err := c.Append(nil, newRecipient(1, 1, "Reader 1", reader(1), o.Tokens))
	if err != nil {
		b.Fatal(err)
	}
	if _, _, err := Freeze(b.Context(), db, issue, nil, o.Sender, time.Now()); err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	begun, before := time.Now(), cpu()
	s, err := Send(b.Context(), db, issue, o)
	if err != nil || s.Accepted != n {
		b.Fatal(counted(s), err)
	}
	return run{
		rate:    float64(n) / time.Since(begun).Seconds(),
		used:    (cpu() - before) / time.Duration(n),
		commits: float64(commits) / float64(n),
		size:    len(message),
	}
}

func benchOptions(b *testing.B, db *store.DB, port, connections int) Options {
	b.Helper()
	tokens, err := audience.OpenTokens(b.Context(), db, zeros{})
	if err != nil {
		b.Fatal(err)
	}
	return Options{Sender: testSender(), SMTP: mail.Config{Host: "127.0.0.1", Port: port}, Connections: connections, Tokens: tokens, Now: time.Now}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// BenchmarkLedger claims shards and writes their intents and outcomes as sixteen
// connections do, in ledgers of different sizes.
func BenchmarkLedger(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			db, err := store.Open(b.Context(), address(b))
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			fill(b, db, n)
			durable(b, db)
			if !db.IsPostgres() { // as Send does
				if _, err := db.Exec(`PRAGMA cache_size = -8000`); err != nil {
					b.Fatal(err)
				}
			}
			resetPeak()
			e, _, err := Freeze(b.Context(), db, testIssue(), nil, testSender(), time.Now())
			if err != nil {
				b.Fatal(err)
			}
			l := &ledger{db: db, edition: e.id, worker: 1, now: time.Now, leaseTime: leaseTime}
			c := newCommitter(l)
			const shards = 39 // which the smaller ledger has
			var claims, commits, counting time.Duration
			for b.Loop() {
				for range shards {
					begun := time.Now()
					rows, err := l.claim(b.Context(), maxShard)
					if err != nil || len(rows) == 0 {
						b.Fatal("nothing to claim", err)
					}
					claims += time.Since(begun)
					begun = time.Now()
					writeRows(b, c, rows)
					commits += time.Since(begun)
					begun = time.Now()
					if _, err := l.count(b.Context()); err != nil {
						b.Fatal(err)
					}
					counting += time.Since(begun)
				}
				if _, err := db.Exec(`UPDATE delivery SET state = 'pending' WHERE state = 'accepted'`); err != nil {
					b.Fatal(err)
				}
			}
			done := float64(b.N * shards * maxShard)
			b.ReportMetric(claims.Seconds()*1e6/done, "claim-µs/row")
			b.ReportMetric(commits.Seconds()*1e6/done, "commit-µs/row")
			b.ReportMetric(counting.Seconds()*1e6/float64(b.N*shards), "count-µs")
			b.ReportMetric(peak()/(1<<20), "peak-MB")
		})
	}
}

// writeRows writes the intents and outcomes of rows, sixteen in a transaction, in
// which the outcomes of some go with the intents of the next.
func writeRows(b *testing.B, c *committer, rows []*row) {
	b.Helper()
	var before []*row
	for len(rows)+len(before) > 0 {
		now := rows[:min(16, len(rows))]
		rows = rows[len(now):]
		var batch []*op
		for i := range max(len(now), len(before)) {
			o := &op{done: make(chan error, 1)}
			if i < len(before) {
				o.outcome = &outcome{row: before[i], Delivery: Delivery{State: Accepted, Code: 250}}
			}
			if i < len(now) {
				o.intent = now[i]
			}
			batch = append(batch, o)
		}
		if err := c.write(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
		before = now
	}
}

// BenchmarkSegments freezes an edition for readers with 1,000 different choices, of
// which each gets other 60 KB, and composes all of their messages.
func BenchmarkSegments(b *testing.B) {
	const readers, segments = 20_000, 1000
	db, err := store.Open(b.Context(), address(b))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	fill(b, db, readers)
	if _, err := db.Exec(fmt.Sprintf(`UPDATE subscriber SET topics = 't' || (id %% %d)`, segments)); err != nil {
		b.Fatal(err)
	}
	o := benchOptions(b, db, 1, 1)
	part := func(s digest.Selection) (*digest.Issue, error) {
		i := issueOf(60 << 10)
		i.Subject = s.Topics[0]
		return i, nil
	}
	runtime.GC()
	resetPeak()
	before := peak()
	var freezing, composing time.Duration
	for period := 0; b.Loop(); period++ {
		issue := testIssue()
		issue.Period = fmt.Sprintf("%d-W39", 2021+period)
		begun := time.Now()
		e, _, err := Freeze(b.Context(), db, issue, part, o.Sender, time.Now())
		if err != nil {
			b.Fatal(err)
		}
		freezing += time.Since(begun)
		n, err := newEngine(db, e, 0, o)
		if err != nil {
			b.Fatal(err)
		}
		begun = time.Now()
		if s, err := (&rehearsal{engine: n}).ledgerRows(b.Context()); err != nil || s.Pending != readers {
			b.Fatal(counted(s), err)
		}
		composing += time.Since(begun)
	}
	b.ReportMetric(freezing.Seconds()*1e3/float64(b.N)/segments, "freeze-ms/segment")
	b.ReportMetric(composing.Seconds()*1e6/float64(b.N)/readers, "compose-µs/message")
	b.ReportMetric((peak()-before)/(1<<20), "peak-MB")
}
