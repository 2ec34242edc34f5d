package delivery

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/mail/mailtest"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// order of a process that sends for a benchmark, in its environment as JSON.
type workOrder struct {
	URL         string
	Port        int
	Connections int
	Size        int // octets of the HTML besides the test's
	Limit       int // messages after which it stops
}

const workOrderVariable = "NEWSDESK_BENCH_WORK"

// workDone is what such a process tells in the end.
type workDone struct {
	Accepted int
	Last     time.Time     // of the outcomes
	CPU      time.Duration // since it was told to begin
	Peak     float64       // octets of memory
	Commits  int
}

// benchChild is the process: it opens the database, says so, waits for a line,
// sends, and tells how it went.
func benchChild() int {
	var o workOrder
	if err := json.Unmarshal([]byte(os.Getenv(workOrderVariable)), &o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	db, err := store.Open(ctx, o.URL)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer db.Close()
	tokens, err := audience.OpenTokens(ctx, db, zeros{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("ready")
	var line string
	fmt.Scanln(&line)
	var done workDone
	before := cpu()
	_, err = Send(ctx, db, issueOf(o.Size), Options{
		Sender: testSender(), SMTP: mail.Config{Host: "127.0.0.1", Port: o.Port}, Connections: o.Connections,
		Tokens: tokens, Now: time.Now,
		Progress: func(told Outcome) {
			if done.Accepted++; done.Accepted == o.Limit {
				cancel()
			}
			done.Last = time.Now()
		},
		at: func(point string) {
			if point == "committed" {
				done.Commits++
			}
		},
	})
	if err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	done.CPU, done.Peak = cpu()-before, peak()
	text, _ := json.Marshal(done)
	fmt.Println(string(text))
	return 0
}

// issueOf is the test's issue with so many octets more.
func issueOf(size int) *digest.Issue {
	issue := testIssue()
	issue.HTML = append(issue.HTML, bytes.Repeat([]byte("<p>Attacks on hospitals have doubled within a year, says a report.</p>\n"), size/71)...)
	return issue
}

// work runs so many processes that send together, and sums up what they tell; the
// rate is from when all are told to begin until the last outcome.
func work(b *testing.B, processes int, o workOrder) (sum workDone, rate float64) {
	b.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		b.Fatal(err)
	}
	type running struct {
		*exec.Cmd
		in  io.Writer
		out io.Reader
	}
	var all []running
	for range processes {
		p := running{Cmd: exec.Command(os.Args[0])}
		p.Env = append(os.Environ(), workOrderVariable+"="+string(text))
		p.Stderr = os.Stderr
		in, inErr := p.StdinPipe()
		out, outErr := p.StdoutPipe()
		if inErr != nil || outErr != nil {
			b.Fatal(inErr, outErr)
		}
		if p.in, p.out = in, out; p.Start() != nil {
			b.Fatal("can't start a process")
		}
		if _, err := io.ReadFull(out, make([]byte, len("ready\n"))); err != nil {
			b.Fatal(err)
		}
		all = append(all, p)
	}
	begun := time.Now()
	for _, p := range all {
		fmt.Fprintln(p.in, "go")
	}
	for _, p := range all {
		var one workDone
		if err := json.NewDecoder(p.out).Decode(&one); err != nil {
			b.Fatal(err)
		}
		if err := p.Wait(); err != nil {
			b.Fatal(err)
		}
		sum.Accepted += one.Accepted
		sum.CPU += one.CPU
		sum.Commits += one.Commits
		sum.Peak = max(sum.Peak, one.Peak)
		if one.Last.After(sum.Last) {
			sum.Last = one.Last
		}
	}
	return sum, float64(sum.Accepted) / sum.Last.Sub(begun).Seconds()
}

// frozen makes a database with an edition for n readers.
func frozen(b *testing.B, url string, n, size int) *store.DB {
	b.Helper()
	db, err := store.Open(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	fill(b, db, n)
	durable(b, db)
	if _, _, err := Freeze(b.Context(), db, issueOf(size), nil, testSender(), time.Now()); err != nil {
		b.Fatal(err)
	}
	return db
}

// durable makes the tests' PostgreSQL write as one does that is in use: the tests
// spare themselves that. What was filled in is written before anything is measured.
func durable(b *testing.B, db *store.DB) {
	b.Helper()
	if !db.IsPostgres() {
		return
	}
	for _, s := range []string{`ALTER SYSTEM SET fsync = on`, `ALTER SYSTEM SET full_page_writes = on`, `SELECT pg_reload_conf()`, `CHECKPOINT`} {
		if _, err := db.Exec(s); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWorkers sends with real processes that share sixteen connections to
// smtp-sink, on PostgreSQL with fsync, each number of them beside one on SQLite:
// messages of 60 KB and, to see what the ledger takes, of 1 KB.
func BenchmarkWorkers(b *testing.B) {
	if again {
		b.Skip("needs both databases, and had them")
	}
	const n = 8000
	for _, size := range []int{60 << 10, 0} {
		for _, processes := range []int{1, 2, 4, 8} {
			b.Run(fmt.Sprintf("%dKB/%d", size>>10+1, processes), func(b *testing.B) {
				for b.Loop() {
					port := sink(b)
					lite := storetest.SQLite(b)
					frozen(b, lite, n, size).Close()
					_, one := work(b, 1, workOrder{URL: lite, Port: port, Connections: 16, Size: size})

					url := storetest.Postgres(b)
					db := frozen(b, url, n, size)
					defer db.Close()
					fresh, before := ledgerSize(b, db), serverCPU(b, db)
					sum, rate := work(b, processes, workOrder{URL: url, Port: port, Connections: 16 / processes, Size: size})
					if sum.Accepted != n {
						b.Fatalf("%d of %d accepted", sum.Accepted, n)
					}
					b.ReportMetric(rate, "messages/s")
					b.ReportMetric(one, "sqlite/s")
					b.ReportMetric(rate/one, "ratio")
					b.ReportMetric(sum.CPU.Seconds()*1e6/n, "CPU-µs/message")
					b.ReportMetric((serverCPU(b, db)-before).Seconds()*1e6/n, "server-CPU-µs/message")
					b.ReportMetric(float64(sum.Commits)/n, "commits/message")
					b.ReportMetric(fresh/n, "frozen-octets/reader")
					b.ReportMetric(ledgerSize(b, db)/n, "sent-octets/reader")
					b.ReportMetric(sum.Peak/(1<<20), "peak-MB")
				}
			})
		}
	}
}

// ledgerSize gives the octets of the table delivery and its indexes.
func ledgerSize(b *testing.B, db *store.DB) (size float64) {
	b.Helper()
	query := `SELECT pg_total_relation_size('delivery')`
	if !db.IsPostgres() {
		query = `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`
	}
	if err := db.QueryRow(query).Scan(&size); err != nil {
		b.Fatal(err)
	}
	return size
}

// serverCPU gives the CPU time of the PostgreSQL server, in all of its processes.
func serverCPU(b *testing.B, db *store.DB) time.Duration {
	b.Helper()
	var dir string
	if err := db.QueryRow(`SHOW data_directory`).Scan(&dir); err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		b.Skip(err)
	}
	master, _, _ := strings.Cut(string(text), "\n")
	ticks := 0
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, _ := os.ReadFile(name)
		pid, _, _ := strings.Cut(string(text), " ")
		_, rest, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(rest) // from the third one of proc(5), the state
		if len(fields) < 15 {
			continue
		}
		last := 13 // user and system
		if pid == master {
			last = 15 // and of the children that have ended
		} else if fields[1] != master {
			continue
		}
		for _, f := range fields[11:last] {
			t, _ := strconv.Atoi(f)
			ticks += t
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// BenchmarkMillion freezes an edition for a million readers and sends a part of
// it, in a process whose memory is told. NEWSDESK_BENCH_MESSAGES says how large a part.
func BenchmarkMillion(b *testing.B) {
	limit, err := strconv.Atoi(os.Getenv("NEWSDESK_BENCH_MESSAGES"))
	if err != nil {
		limit = 200_000
	}
	for b.Loop() {
		url := address(b)
		db, err := store.Open(b.Context(), url)
		if err != nil {
			b.Fatal(err)
		}
		fill(b, db, 1_000_000)
		durable(b, db)
		db.Close()
		done, rate := work(b, 1, workOrder{URL: url, Port: sink(b), Connections: 16, Limit: limit})
		b.ReportMetric(float64(done.Accepted), "messages")
		b.ReportMetric(rate, "messages/s") // with the freezing
		b.ReportMetric(done.Peak/(1<<20), "peak-MB")
	}
}

// BenchmarkFar sends over 50 connections with a round trip of 40 ms, with the
// ledger: at least 60,000 messages a minute.
func BenchmarkFar(b *testing.B) {
	for b.Loop() {
		r := measure(b, far(b, sink(b)), 50, 60_000)
		b.ReportMetric(r.rate*60, "messages/min")
		b.ReportMetric(r.used.Seconds()*1e6, "CPU-µs/message")
		b.ReportMetric(r.commits, "commits/message")
	}
}

const farVariable = "NEWSDESK_BENCH_FAR"

// far puts 40 ms between us and a server on this machine, in a process of its own.
func far(b *testing.B, port int) int {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), farVariable+"=127.0.0.1:"+strconv.Itoa(port))
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	if _, err := fmt.Fscan(out, &port); err != nil {
		b.Fatal(err)
	}
	return port
}

func farChild() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(l.Addr().(*net.TCPAddr).Port)
	mailtest.Delay(l, os.Getenv(farVariable), 40*time.Millisecond)
	return 0
}

// BenchmarkSigned sends unsigned messages and signed ones by turns. The ratio of
// Ed25519 is to the unsigned; that of RSA-2048 to what the cores can sign.
func BenchmarkSigned(b *testing.B) {
	const n, rounds = 1000, 5
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	signers := [][]*mail.Signer{nil, {benchSigner(b, ed)}, {benchSigner(b, key)}}
	port := sink(b)
	for b.Loop() {
		var edRatios, rsaRatios []float64
		for range rounds {
			var rates []float64
			for _, s := range signers {
				rates = append(rates, measure(b, port, 16, n, s...).rate)
			}
			edRatios = append(edRatios, rates[1]/rates[0])
			rsaRatios = append(rsaRatios, rates[2]/signRate(b, key))
		}
		b.ReportMetric(median(edRatios), "ed25519-ratio")
		b.ReportMetric(median(rsaRatios), "rsa2048-ratio")
	}
}

func benchSigner(b *testing.B, key any) *mail.Signer {
	b.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		b.Fatal(err)
	}
	s, err := mail.NewSigner("medigy.example", "bench", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// signRate gives how many RSA signatures a second two cores make.
func signRate(b *testing.B, key *rsa.PrivateKey) float64 {
	b.Helper()
	const each = 300
	sum := sha256.Sum256(nil)
	begun := time.Now()
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			for range each {
				if _, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:]); err != nil {
					b.Error(err)
				}
			}
		})
	}
	both.Wait()
	return 2 * each / time.Since(begun).Seconds()
}
