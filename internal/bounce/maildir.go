package bounce

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// openMaildir opens a Maildir's folder.
func openMaildir(dir string) (*os.Root, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("the Maildir %s: %w (many mail servers make it for the first mail; send one to bounces.address)", dir, fs.ErrNotExist)
	}
	return root, err
}

// ReadMaildir reads the mails in a Maildir's new/, in the order of their names, and
// moves each to cur/, flagged as seen, after the sink has taken its verdicts. A mail
// that cannot be read stays, and is in Tally.Skipped. Deleting old mails of cur/ is
// for whoever looks after the mailbox.
func ReadMaildir(ctx context.Context, dir string, o Options, sink Sink) (Tally, error) {
	var t Tally
	root, err := openMaildir(dir)
	if err != nil {
		return t, err
	}
	defer root.Close()
	names, err := newMails(root)
	if err != nil {
		return t, fmt.Errorf("%s is not a Maildir (want a folder with new, cur and tmp): %w", dir, err)
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return t, err
		}
		mail, err := readMail(root, "new/"+name, o.limit())
		switch {
		case errors.Is(err, fs.ErrNotExist): // another program took it
			continue
		case err != nil:
			t.Skipped = append(t.Skipped, fmt.Errorf("%s: %w", path.Join(dir, "new", name), err))
			continue
		}
		if err := t.take(ctx, mail, o, sink); err != nil {
			return t, err
		}
		if o.Keep {
			continue
		}
		if err := markSeen(root, name); err != nil {
			return t, fmt.Errorf("%s: its verdict was taken, but it cannot be moved to cur, so it will be read again: %w", path.Join(dir, "new", name), err)
		}
	}
	return t, nil
}

// newMails lists the mails of new/, sorted. Hidden files are none.
func newMails(root *os.Root) ([]string, error) {
	if _, err := root.Stat("cur"); err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(root.FS(), "new")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// readMail reads a regular file, one octet more than the limit at most.
func readMail(root *os.Root, name string, limit int) ([]byte, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is not a regular file")
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, int64(limit)+1))
}

// markSeen moves a mail from new/ to cur/. The name keeps what is before the colon; a
// mail of that name which is there already, from a run that was killed, is the same.
func markSeen(root *os.Root, name string) error {
	unique, _, _ := strings.Cut(name, ":2,")
	err := root.Rename("new/"+name, "cur/"+unique+":2,S")
	if errors.Is(err, fs.ErrNotExist) {
		return nil // another reader moved it
	}
	return err
}
