package delivery

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/mail/mailtest"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// What the parent tells the child.
const (
	childURL    = "NEWSDESK_TEST_URL"
	childPort   = "NEWSDESK_TEST_PORT"
	childPolicy = "NEWSDESK_TEST_POLICY"
	childSignal = "NEWSDESK_TEST_SIGNAL" // "intended 3 9": at this point, for the third time, signal 9 to itself
	childLease  = "NEWSDESK_TEST_LEASE"
	childLimit  = "NEWSDESK_TEST_LIMIT" // octets that a file may have
	childSlow   = "NEWSDESK_TEST_SLOW"  // "1": with every limit that there is
)

// connections is how many a child has.
const connections = 6

// child is this test's binary, run again as a process that sends and can be
// killed. It writes a line for each outcome.
func child() int {
	ctx := context.Background()
	if limit, err := strconv.ParseUint(os.Getenv(childLimit), 10, 64); err == nil {
		syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit})
	}
	db, tokens, err := openDB(ctx, os.Getenv(childURL), 0)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	port, _ := strconv.Atoi(os.Getenv(childPort))
	policy, _ := ParseAfterCrash(os.Getenv(childPolicy))
	lease, _ := time.ParseDuration(os.Getenv(childLease))
	o := Options{
		Sender:      testSender(),
		SMTP:        mail.Config{Host: "127.0.0.1", Port: port},
		Connections: connections,
		Tokens:      tokens,
		AfterCrash:  policy,
		Now:         time.Now,
		Sleep:       func(ctx context.Context, d time.Duration) error { return sleep(ctx, min(d, 10*time.Millisecond)) },
		Progress:    func(o Outcome) { fmt.Println(o.Address) },
		at:          signalAt(os.Getenv(childSignal)),
		lease:       lease,
	}
	if os.Getenv(childSlow) != "" {
		o.slow()
	}
	_, err = Send(ctx, db, testIssue(), o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// warmed is how many messages the new relay of slow may get.
const warmed = 60

// slow sets every limit: a new relay that is being warmed up, another with a rate for
// the rest, a recipients' domain with a limit of each kind, and a window.
func (o *Options) slow() {
	o.Relays = []Relay{
		{Name: "new", SMTP: o.SMTP, Connections: connections / 2, Warmup: &Warmup{Start: o.Now(), Plan: []int{warmed, warmed}}},
		{Name: "old", SMTP: o.SMTP, Connections: connections / 2, Priority: 1, Rate: 800},
	}
	o.Domains = []Domain{{Names: []string{"example.org"}, Connections: 4, Rate: 1000, PerConnection: 15}}
	o.Window, _ = ParseWindow("00:00-24:00")
}

func signalAt(order string) func(string) {
	var point string
	var nth int64
	var signal int
	if n, _ := fmt.Sscan(order, &point, &nth, &signal); n != 3 {
		return func(string) {}
	}
	var seen atomic.Int64
	return func(at string) {
		if at == point && seen.Add(1) == nth {
			fmt.Println("signal")
			syscall.Kill(os.Getpid(), syscall.Signal(signal))
		}
	}
}

// process is a running child.
type process struct {
	*exec.Cmd
	lines  *bufio.Scanner
	stdout io.Reader
	stderr bytes.Buffer
}

func startChild(t *testing.T, url string, port int, env ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(os.Args[0])}
	p.Env = append(append(os.Environ(), childURL+"="+url, childPort+"="+strconv.Itoa(port)), env...)
	p.Cmd.Stderr = &p.stderr
	stdout, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdout = stdout
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	p.lines = bufio.NewScanner(stdout)
	return p
}

// end waits for the child; whole says that it came to its end and was not killed.
func (p *process) end(t *testing.T) (whole bool) {
	t.Helper()
	io.Copy(io.Discard, p.stdout)
	err := p.Wait()
	if err != nil && p.ProcessState.ExitCode() != -1 { // -1: by a signal
		t.Fatalf("%v: %s", err, p.stderr.String())
	}
	return err == nil
}

func mailConfig(s *mailtest.Server) mail.Config { return mail.Config{Host: s.Host, Port: s.Port} }

func wake(p *os.Process) { p.Signal(syscall.SIGCONT) }

// TestDiskFull: when the ledger can't grow any more, sending ends with an error,
// and nobody gets anything twice.
func TestDiskFull(t *testing.T) {
	if again {
		return // it is SQLite's
	}
	server := mailtest.Start(t, mailtest.Options{})
	url := storetest.SQLite(t)
	db, tokens, err := openDB(t.Context(), url, 600)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	file := strings.TrimPrefix(url, "sqlite:")
	if _, err := db.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	p := startChild(t, url, server.Port, childLimit+"="+strconv.FormatInt(info.Size()+300<<10, 10))
	io.Copy(io.Discard, p.stdout)
	if err := p.Wait(); err == nil || !strings.Contains(p.stderr.String(), "the ledger can't be written") {
		t.Errorf("with a full disk: %v: %s", err, p.stderr.String())
	}
	before := len(server.Messages())
	if before == 0 || before == 600 {
		t.Errorf("%d messages were sent before the disk was full", before)
	}
	s, err := Send(t.Context(), db, testIssue(), Options{Sender: testSender(), SMTP: mailConfig(server), Tokens: tokens, Now: time.Now})
	if err != nil {
		t.Error(err)
	}
	s.Already, s.Accepted = s.Already+s.Accepted, 0
	checkCopies(t, db, server, s, connections, Hold)
	t.Logf("%d messages before, then %s", before, counted(s))
}
