package delivery

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	netmail "net/mail"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// What the parent tells the child.
const (
	childURL    = "NEWSDESK_TEST_URL"
	childPort   = "NEWSDESK_TEST_PORT"
	childPolicy = "NEWSDESK_TEST_POLICY"
)

// child is this test's binary, run again as a process that sends and can be
// killed. It writes a line for each outcome.
func child() int {
	ctx := context.Background()
	db, tokens, err := openDB(ctx, os.Getenv(childURL), 0)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	port, _ := strconv.Atoi(os.Getenv(childPort))
	policy, _ := ParseAfterCrash(os.Getenv(childPolicy))
	_, err = Send(ctx, db, testIssue(), Options{
		Sender:     testSender(),
		SMTP:       mail.Config{Host: "127.0.0.1", Port: port},
		Tokens:     tokens,
		AfterCrash: policy,
		Now:        time.Now,
		Progress:   func(o Outcome) { fmt.Println(o.Address) },
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// TestKill kills a sending process at random moments, again and again, and
// starts it anew at once, until one run comes to its end.
func TestKill(t *testing.T) {
	const recipients, maxKills = 200, 15
	for _, policy := range []string{"resend", "hold"} {
		t.Run(policy, func(t *testing.T) {
			server := mailtest.Start(t, mailtest.Options{})
			url := address(t)
			db, tokens, err := openDB(t.Context(), url, recipients)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()

			kills := 0
			for {
				outcomes := recipients + 1 // more than there are: to the end
				if kills < maxKills {
					outcomes = rand.IntN(9)
				}
				if runChild(t, url, policy, server.Port, outcomes) {
					break
				}
				kills++
			}
			time.Sleep(50 * time.Millisecond) // for what the killed one still had on the wire

			afterCrash, _ := ParseAfterCrash(policy)
			s, err := DryRun(t.Context(), db, testIssue(), Options{
				Sender: testSender(), Tokens: tokens, AfterCrash: afterCrash, Now: time.Now})
			if err != nil {
				t.Fatal(err)
			}
			checkCopies(t, server, s, kills, afterCrash)
			t.Logf("%d kills, %d messages for %d recipients, %s", kills, len(server.Messages()), recipients, counted(s))
		})
	}
}

// runChild kills the child a moment after it told so many outcomes; done says
// that it came to its end before.
func runChild(t *testing.T, url, policy string, port, outcomes int) (done bool) {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childURL+"="+url, childPolicy+"="+policy, childPort+"="+strconv.Itoa(port))
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for range outcomes {
		if !lines.Scan() {
			break
		}
	}
	if outcomes == 0 {
		time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond) // perhaps before anything
	}
	time.Sleep(time.Duration(rand.IntN(4000)) * time.Microsecond)
	if outcomes <= 8 {
		cmd.Process.Kill()
	}
	io.Copy(io.Discard, stdout)
	err = cmd.Wait()
	if err != nil && cmd.ProcessState.ExitCode() != -1 { // -1: by a signal
		t.Fatalf("%v: %s", err, stderr.String())
	}
	return err == nil
}

func checkCopies(t *testing.T, server *mailtest.Server, s Summary, kills int, policy AfterCrash) {
	t.Helper()
	count := server.Count()
	twice, missing := 0, 0
	for i := range s.Audience {
		n := count[reader(i)]
		if n > 1 {
			twice += n - 1
		}
		if n == 0 {
			missing++
		}
	}
	switch policy {
	case Resend:
		if counted(s) != fmt.Sprintf("%d: %d already", s.Audience, s.Audience) {
			t.Errorf("ledger: %s", counted(s))
		}
		if missing != 0 || twice > kills {
			t.Errorf("%d got none, %d too many after %d kills", missing, twice, kills)
		}
	case Hold:
		if s.Pending != 0 || s.Uncertain > kills || s.Already+s.Uncertain != s.Audience {
			t.Errorf("ledger: %s", counted(s))
		}
		if twice != 0 || missing > s.Uncertain {
			t.Errorf("%d too many, %d got none, %d uncertain", twice, missing, s.Uncertain)
		}
	}
	ids := map[string]string{}
	for _, m := range server.Messages() {
		if id, first := header(t, m.Data, "Message-ID"), ids[m.To]; first != "" && first != id {
			t.Errorf("%s got another message, not the same again: %s, %s", m.To, first, id)
		} else {
			ids[m.To] = id
		}
	}
}

func header(t *testing.T, message []byte, name string) string {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header.Get(name)
}
