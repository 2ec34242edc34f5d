package signup

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

const childURL = "NEWSDESK_TEST_URL"

func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		child(url)
	}
	os.Exit(m.Run())
}

func openDesk(ctx context.Context, url string) (*Desk, error) {
	db, err := store.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	tokens, err := audience.OpenTokens(ctx, db, rand.Reader)
	if err != nil {
		return nil, err
	}
	hashes, err := audience.OpenSuppressor(ctx, db, rand.Reader)
	return NewDesk(Options{
		DB: db, Group: store.NewGroup(db), Tokens: tokens, Suppressor: hashes, Now: time.Now, Welcome: true,
	}), err
}

// child is this test's binary, run again as a process that takes sign-ups from
// many and works them off, until it is killed. It writes each address after its
// answer.
func child(url string) {
	d, err := openDesk(context.Background(), url)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	go func() {
		for range d.Stirred() {
			if err := d.Work(context.Background()); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
	}()
	var out sync.Mutex
	for who := range 8 {
		go func() {
			for i := 0; ; i++ {
				address := fmt.Sprintf("reader%d-%d-%d@example.org", os.Getpid(), who, i)
				if err := d.Ask(context.Background(), Request{Address: address, Origin: "192.0.2.7", Consent: "Send it."}); err != nil {
					fmt.Println(err)
					os.Exit(1)
				}
				out.Lock()
				fmt.Println(address)
				out.Unlock()
			}
		}()
	}
	select {}
}

// TestKill kills a process that takes sign-ups, again and again. Of each address
// that got an answer there is, in the end, a sign-up and the letter to confirm it.
func TestKill(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		d, err := openDesk(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer d.DB.Close()
		var answered []string
		for kill := range 5 {
			c := exec.Command(os.Args[0])
			c.Env = append(os.Environ(), childURL+"="+url)
			pipe, err := c.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(pipe)
			for n := 0; lines.Scan(); n++ {
				answered = append(answered, lines.Text())
				if n == 20+30*kill {
					c.Process.Kill()
				}
			}
			c.Wait() // it was killed
		}
		if err := d.Work(t.Context()); err != nil {
			t.Fatal(err)
		}
		if due, err := d.Due(t.Context()); due || err != nil {
			t.Errorf("there are requests left: %v, %v", due, err)
		}
		for _, address := range answered {
			var signups, letters int
			err := d.DB.QueryRow(`SELECT (SELECT COUNT(*) FROM signup WHERE address = $1), (SELECT COUNT(*) FROM outbox WHERE address = $1 AND kind = 'confirm')`, address).
				Scan(&signups, &letters)
			if err != nil || signups != 1 || letters != 1 {
				t.Errorf("%s was answered; there are %d sign-ups and %d letters (%v)", address, signups, letters, err)
			}
		}
		if len(answered) < 5*20 {
			t.Errorf("only %d answers: %v", len(answered), answered)
		}
	})
}
