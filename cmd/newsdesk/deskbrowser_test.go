package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
	"github.com/medigy/newsdesk/internal/web/browsertest"
)

// deskSite is a site with a desk of its own process and a browser before it.
type deskSite struct {
	t     *testing.T
	dir   string
	port  string
	smtp  int
	desk  *exec.Cmd
	ctx   context.Context // of the browser
	bytes strings.Builder // what the desk said
}

func newDeskSite(t *testing.T, smtp, subscribers int) *deskSite {
	t.Helper()
	s := &deskSite{t: t, dir: t.TempDir(), smtp: smtp}
	s.write("config.yaml", "site: {title: News, url: https://news.example.org}\ndigest: {from: News <news@example.org>, postal_address: \"News, 1 Main Street\", late_days: 0}\nsmtp: {tls: none}\n")
	s.write("content/a.md", "---\ntitle: First Story\ndate: 2021-09-30\n---\nOne.\n")
	var list strings.Builder
	for i := range subscribers {
		fmt.Fprintf(&list, "reader%d@example.org\n", i)
	}
	s.write("list.csv", list.String())
	if out, err := s.command("subscriber", "import", "list.csv").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	l.Close()
	s.start()
	s.browse()
	return s
}

func (s *deskSite) write(name, text string) {
	s.t.Helper()
	file := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// command is newsdesk, which this test's program is by that name.
func (s *deskSite) command(args ...string) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	link := filepath.Join(s.dir, "newsdesk")
	if err := os.Symlink(program, link); err != nil && !os.IsExist(err) {
		s.t.Fatal(err)
	}
	c := exec.Command(link, args...)
	c.Dir = s.dir
	c.Env = append(os.Environ(), "NEWSDESK_SMTP_PORT="+strconv.Itoa(s.smtp))
	return c
}

func (s *deskSite) start() {
	s.t.Helper()
	s.desk = s.command("digest", "preview", "--listen", "127.0.0.1:"+s.port, "--now", "2021-10-12T00:00:00Z")
	s.desk.Stderr = &s.bytes
	if err := s.desk.Start(); err != nil {
		s.t.Fatal(err)
	}
	process := s.desk
	s.t.Cleanup(func() {
		if process.ProcessState == nil {
			process.Process.Signal(syscall.SIGTERM)
			process.Wait()
		}
	})
}

// browse opens the desk in a browser, or skips the test without one.
func (s *deskSite) browse() {
	s.t.Helper()
	s.ctx = browsertest.Open(s.t)
	url := "http://127.0.0.1:" + s.port + "/edition/weekly/2021-W39"
	for late := time.Now().Add(browsertest.Patience); fetch(url, "First Story") != nil; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(late) {
			s.t.Fatalf("the desk is not there: %s", s.bytes.String())
		}
	}
	if err := chromedp.Do(s.ctx, chromedp.EmulateViewport(1440, 1000), chromedp.Navigate(url)); err != nil {
		s.t.Fatal(err)
	}
	s.await(`document.querySelector('.status').dataset.status === 'live'`)
}

// await waits until an expression is true.
func (s *deskSite) await(expression string) {
	s.t.Helper()
	browsertest.Await(s.t, s.ctx, `Boolean(`+expression+`)`, func() string {
		text, _ := chromedp.Run(s.ctx, chromedp.Evaluate[string](`document.querySelector('#pane-checks').innerText + document.querySelector('.send-dialog').innerText`))
		return "the page says: " + text + "\nthe desk says: " + s.bytes.String()
	})
}

// tap presses a button when it is there and can be pressed.
func (s *deskSite) tap(selector string) {
	s.t.Helper()
	s.await(`(button => button && !button.disabled && (button.click(), true))(document.querySelector('` + selector + `'))`)
}

func (s *deskSite) phase(name string) {
	s.t.Helper()
	s.await(`document.querySelector('.send')?.dataset.phase === '` + name + `'`)
}

// An editor sends an edition: sees it go, pauses and resumes it; the desk is killed in
// the middle, started again, and goes on. Nobody gets two, nobody is lost.
func TestSendInABrowser(t *testing.T) {
	const readers = 300 // of 20 ms each, over 4 connections
	server := mailtest.Start(t, mailtest.Options{Dot: func(string, int) error {
		time.Sleep(20 * time.Millisecond)
		return nil
	}})
	s := newDeskSite(t, server.Port, readers)
	// A key opens the panel; the dialog names what is sent.
	if err := chromedp.Do(s.ctx, chromedp.KeyEvent("g")); err != nil {
		t.Fatal(err)
	}
	s.await(`document.activeElement.dataset.send === 'send'`)
	s.tap(`[data-send=send]`)
	s.await(`(text => text.includes('First Story') && text.includes('300 subscribers') && /[0-9a-f]{12}/.test(text))(document.querySelector('.send-dialog[open]').innerText)`)
	s.await(`document.activeElement.textContent === 'Do not send'`)
	s.accessible("the dialog that sends", ".send-dialog")

	// It changes meanwhile: the dialog says so, and does not send.
	s.write("content/a.md", "---\ntitle: First Story, mended\ndate: 2021-09-30\n---\nOne.\n")
	s.await(`document.querySelector('.send-answer')?.innerText.includes('has changed while this was open') && document.querySelector('.send-dialog .strong').disabled`)
	s.tap(`[data-send-close]`)
	s.tap(`[data-send=send]`)
	s.await(`document.querySelector('.send-dialog[open]').innerText.includes('First Story, mended')`)
	s.await(`(field => field && (field.value = 'Ada', true))(document.querySelector('.send-dialog [name=by]'))`)
	s.tap(`.send-dialog .strong`)

	// It goes, and the page sees it.
	s.phase("sending")
	s.await(`document.querySelector('[data-send-live] progress').value > 8`)
	s.await(`/Sending \d+ %/.test(document.querySelector('[data-send-tag]').textContent)`)
	s.tap(`[data-send=pause]`)
	s.phase("paused")
	s.accessible("paused", ".checks")
	time.Sleep(time.Second) // by then every worker has stopped
	before := len(server.Messages())
	time.Sleep(500 * time.Millisecond)
	if after := len(server.Messages()); after != before || after == readers {
		t.Errorf("paused with %d messages, a second later there are %d", before, after)
	}
	s.tap(`[data-send=resume]`)
	s.phase("sending")
	for len(server.Messages()) < before+20 {
		time.Sleep(5 * time.Millisecond)
	}

	// The desk dies, comes back, and the page finds it.
	if err := s.desk.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.desk.Wait()
	if n := len(server.Messages()); n >= readers {
		t.Fatalf("all %d are out already", n)
	}
	s.await(`document.querySelector('.status').dataset.status === 'lost'`)
	s.start()
	s.tap(`[data-send=continue]`)
	s.phase("done")
	s.await(`document.querySelector('.send a[href="/numbers/weekly/2021-W39"]') && document.querySelector('.send-log').innerText.includes('continue')`)
	s.accounted(server, readers)
}

// accounted checks that nobody got two, and that who got none is uncertain.
func (s *deskSite) accounted(server *mailtest.Server, readers int) {
	s.t.Helper()
	got := server.Count()
	for to, n := range got {
		if n != 1 {
			s.t.Errorf("%s got %d", to, n)
		}
	}
	out, err := s.command("digest", "status", "--json").Output()
	if err != nil {
		s.t.Fatal(err)
	}
	uncertain := 0
	for line := range strings.Lines(string(out)) {
		_, _ = fmt.Sscanf(strings.TrimSpace(line), `"uncertain": %d,`, &uncertain)
	}
	if lost := readers - len(got); lost > uncertain || uncertain > 4 {
		s.t.Errorf("%d of %d got it, %d are uncertain: %s", len(got), readers, uncertain, out)
	}
}

// SIGTERM ends the sending after the messages in hand: none is uncertain, and digest
// send goes on.
func TestDeskStopsCleanly(t *testing.T) {
	const readers = 200
	server := mailtest.Start(t, mailtest.Options{Dot: func(string, int) error {
		time.Sleep(20 * time.Millisecond)
		return nil
	}})
	s := newDeskSite(t, server.Port, readers)
	s.tap(`[data-send=send]`)
	s.await(`(field => field && (field.value = 'Ada', true))(document.querySelector('.send-dialog [name=by]'))`)
	s.tap(`.send-dialog .strong`)
	for len(server.Messages()) < 20 {
		time.Sleep(5 * time.Millisecond)
	}
	if err := s.desk.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.desk.Wait(); err != nil {
		t.Errorf("the desk ended with %v: %s", err, s.bytes.String())
	}
	if out, err := s.command("digest", "status").Output(); err != nil || strings.Contains(string(out), "uncertain") || !strings.Contains(string(out), "pending") {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := s.command("digest", "send", "--by", "Ben").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	got := server.Count()
	for to, n := range got {
		if n != 1 {
			t.Errorf("%s got %d", to, n)
		}
	}
	if len(got) != readers {
		t.Errorf("%d of %d got it", len(got), readers)
	}
}

// accessible runs axe over what a selector names.
func (s *deskSite) accessible(what, selector string) {
	s.t.Helper()
	browsertest.Accessible(s.t, s.ctx, what, selector)
}

// What is done in a terminal is seen on a desk that is open, and on one that is opened
// later.
func TestTerminalInABrowser(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	s := newDeskSite(t, server.Port, 3)
	terminal := func(args ...string) string {
		t.Helper()
		out, err := s.command(append(append([]string{"digest"}, args...), "--now", "2021-10-12T00:00:00Z")...).CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v: %s", args, err, out)
		}
		return string(out)
	}
	s.tap(`[data-set="side=send"]`)
	s.phase("before")
	s.accessible("before", ".checks")
	terminal("schedule", "--at", "2021-12-24 07:00", "--by", "Ben")
	s.phase("scheduled")
	s.accessible("scheduled", ".checks")
	s.tap(`[data-send=schedule]`)
	s.accessible("the dialog of a schedule", ".send-dialog")
	s.tap(`[data-send-close]`)
	terminal("schedule", "--withdraw", "--by", "Ben")
	s.phase("before")
	terminal("schedule", "--at", "2021-12-24 07:00", "--by", "Ben")
	terminal("send", "--by", "Ben") // quicker than the desk looks
	s.phase("done")
	s.await(`document.querySelector('[data-frozen]') && document.querySelector('.weeks .note').innerText.endsWith('sent') && document.querySelector('.send-log').innerText.includes('it is sent now')`)
	s.accessible("done", "html")

	// While no page is open another edition takes the article of the next.
	next := "http://127.0.0.1:" + s.port + "/edition/weekly/2021-W40"
	s.write("content/b.md", "---\ntitle: Second Story\ndate: 2021-10-05\n---\nTwo.\n")
	s.write("content/c.md", "---\ntitle: Third Story\ndate: 2021-09-21\n---\nThree.\n")
	s.write("content/editions/weekly/2021-W38.yaml", "include: [b.md]\n")
	s.open(next)
	s.await(`document.querySelector('.sheet') && document.body.innerText.includes('Second Story')`)
	if err := chromedp.Do(s.ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	terminal("send", "--period", "2021-W38")
	s.open(next)
	s.await(`document.querySelector('.empty')?.innerText.includes('This edition is empty')`)

	for _, page := range []string{"/numbers", "/numbers/weekly/2021-W39"} {
		s.open("http://127.0.0.1:" + s.port + page)
		s.await(`document.querySelector('h1')`)
		s.accessible(page, "html")
	}
}

func (s *deskSite) open(url string) {
	s.t.Helper()
	if err := chromedp.Do(s.ctx, chromedp.Navigate(url)); err != nil {
		s.t.Fatal(err)
	}
}
