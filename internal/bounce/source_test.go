package bounce

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var errSink = errors.New("the sink is out of order")

func TestReadStream(t *testing.T) {
	const one = "Subject: a\n\nFrom here on\n"
	for name, test := range map[string]struct {
		input string
		want  []string // subjects
	}{
		"one":           {one, []string{"a"}},
		"nothing":       {"", nil},
		"mbox":          {"From x Mon\nSubject: a\n\nx\nFrom inside a paragraph\n\n>From quoted\n\nFrom y Mon\nSubject: b\n\nb\n", []string{"a", "b"}},
		"mbox, CRLF":    {"From x Mon\r\nSubject: a\r\n\r\na\r\n\r\nFrom y Mon\r\nSubject: b\r\n\r\nb", []string{"a", "b"}},
		"no line end":   {"Subject: a", []string{"a"}},
		"mbox, no mail": {"From x Mon\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var l list
			tally, err := ReadStream(t.Context(), strings.NewReader(test.input), Options{}, &l)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range l.verdicts {
				got = append(got, v.Diagnostic)
			}
			if strings.Join(got, " ") != strings.Join(test.want, " ") || tally.Mails != len(test.want) {
				t.Errorf("got %q, %+v, want %q", got, tally, test.want)
			}
		})
	}
}

// TestReadStreamLong holds that of a long mail the beginning is read, and the next one
// found.
func TestReadStreamLong(t *testing.T) {
	mbox := "From x\nSubject: a\n\n" + strings.Repeat("x", 300_000) + "\n\nFrom y\nSubject: b\n\nb\n"
	var l list
	tally, err := ReadStream(t.Context(), strings.NewReader(mbox), Options{Limit: 1000}, &l)
	if err != nil || tally.Mails != 2 || tally.Cut != 1 || len(l.verdicts) != 2 || l.verdicts[1].Diagnostic != "b" {
		t.Errorf("%+v, %v, %+v", tally, err, l.verdicts)
	}
}

// mailFolder makes a Maildir of n reports, about u0@mail.example and so on.
func mailFolder(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, "new", fmt.Sprintf("%03d.host", i)), bounced(i), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func bounced(i int) []byte {
	return fmt.Appendf(nil, "From: MAILER-DAEMON@mx.example\nTo: bounce@news.example\nSubject: failure\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; u%d@mail.example\nAction: failed\nStatus: 5.1.1\n", i)
}

func files(t *testing.T, dir string) int {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// TestReadMaildir holds that a sink that fails at any mail loses none and gets none
// twice.
func TestReadMaildir(t *testing.T) {
	const n = 5
	for at := range n + 1 {
		dir := mailFolder(t, n)
		l := list{fail: errSink, failAt: at}
		_, err := ReadMaildir(t.Context(), dir, Options{}, &l)
		if at < n && !errors.Is(err, errSink) || at == n && err != nil {
			t.Fatalf("at %d: %v", at, err)
		}
		if seen := files(t, filepath.Join(dir, "cur")); seen != at {
			t.Errorf("at %d: %d mails are in cur", at, seen)
		}
		l.fail = nil
		if _, err := ReadMaildir(t.Context(), dir, Options{}, &l); err != nil {
			t.Fatal(err)
		}
		if len(l.verdicts) != n || l.repeated != 0 || files(t, filepath.Join(dir, "new")) != 0 {
			t.Errorf("at %d: %d verdicts, %d repeated", at, len(l.verdicts), l.repeated)
		}
		if _, err := os.Stat(filepath.Join(dir, "cur", "000.host:2,S")); err != nil {
			t.Error(err)
		}
	}
}

// TestReadMaildirKilled holds that a mail whose verdict was taken just before the
// program was killed comes again with the same ID.
func TestReadMaildirKilled(t *testing.T) {
	dir := mailFolder(t, 3)
	var l list
	if _, err := ReadMaildir(t.Context(), dir, Options{Keep: true}, &l); err != nil {
		t.Fatal(err)
	}
	if len(l.verdicts) != 3 || files(t, filepath.Join(dir, "new")) != 3 {
		t.Fatalf("%d verdicts", len(l.verdicts))
	}
	if _, err := ReadMaildir(t.Context(), dir, Options{}, &l); err != nil {
		t.Fatal(err)
	}
	if len(l.verdicts) != 3 || l.repeated != 3 {
		t.Errorf("%d verdicts, %d repeated", len(l.verdicts), l.repeated)
	}
}

// TestReadMaildirHostile holds that a link out of the folder is not followed, and that
// what cannot be read stays and is told.
func TestReadMaildirHostile(t *testing.T) {
	dir := mailFolder(t, 1)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("Subject: secret\n\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, "new", "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "new", ".hidden"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var l list
	tally, err := ReadMaildir(t.Context(), dir, Options{}, &l)
	if err != nil || tally.Mails != 1 || len(tally.Skipped) != 1 || !strings.Contains(tally.Skipped[0].Error(), "link") {
		t.Errorf("%+v, %v", tally, err)
	}
	if _, err := ReadMaildir(t.Context(), filepath.Join(t.TempDir(), "none"), Options{}, &l); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "the Maildir") {
		t.Errorf("a Maildir that is not there: %v", err)
	}
	if _, err := ReadMaildir(t.Context(), t.TempDir(), Options{}, &l); err == nil || !strings.Contains(err.Error(), "is not a Maildir") {
		t.Errorf("an empty folder: %v", err)
	}
}

// TestSameID holds that a mail has one ID whichever way it comes.
func TestSameID(t *testing.T) {
	mail := bounced(1)
	a := Parse(mail, Options{})
	b := Parse(bytes.ReplaceAll(mail, []byte("\n"), []byte("\r\n")), Options{})
	if a[0].ID != b[0].ID || a[0].ID == Parse(bounced(2), Options{})[0].ID {
		t.Errorf("%q, %q", a[0].ID, b[0].ID)
	}
}

// FuzzReadStream holds that an mbox of any octets is read to its end, that no mail is
// longer than the limit, and that what is no mbox is one mail.
func FuzzReadStream(f *testing.F) {
	f.Add([]byte("From x\nSubject: a\n\n>From b\n\nFrom y\nSubject: b\n\nb\n"), 10)
	f.Add([]byte("Subject: a\r\n\r\n\nFrom b"), 1)
	f.Add([]byte("From "), 0)
	f.Fuzz(func(t *testing.T, mbox []byte, limit int) {
		lines := &mboxReader{r: bufio.NewReaderSize(bytes.NewReader(mbox), 16), limit: min(max(limit, 1), 1<<16)}
		mails, kept := 0, 0
		for {
			mail, err := lines.next()
			mails++
			if kept += len(mail); len(mail) > lines.limit+1 || kept > len(mbox) {
				t.Fatalf("%d octets of %d, limit %d", len(mail), len(mbox), lines.limit)
			}
			if err == nil {
				continue
			}
			if err != io.EOF || mails > 1 && !bytes.HasPrefix(mbox, fromLine) {
				t.Fatalf("%v after %d mails", err, mails)
			}
			return
		}
	})
}
