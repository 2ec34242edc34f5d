package bounce

import (
	"context"
	"fmt"

	"github.com/emersion/go-imap/v2"
)

// CheckMaildir makes sure that a Maildir can be read as ReadMaildir does, and tells
// how many mails wait in it.
func CheckMaildir(dir string) (waiting int, err error) {
	root, err := openMaildir(dir)
	if err != nil {
		return 0, err
	}
	defer root.Close()
	names, err := newMails(root)
	if err != nil {
		return 0, fmt.Errorf("%s is not a Maildir (want a folder with new, cur and tmp): %w", dir, err)
	}
	return len(names), nil
}

// Check logs in and opens the folders, and tells how many mails wait. It marks and
// moves none, and tries once.
func (b IMAP) Check(ctx context.Context) (waiting int, err error) {
	r := &imapReader{IMAP: b, options: Options{Keep: true}}
	client, err := r.dial(ctx)
	if err != nil {
		return 0, err
	}
	defer client.Close()
	defer context.AfterFunc(ctx, func() { client.Close() })()
	if err := client.Login(r.Username, r.Password).Wait(); err != nil {
		return 0, r.explain("logging in as "+r.Username, err)
	}
	if r.MoveTo != "" {
		if _, err := client.Status(r.MoveTo, &imap.StatusOptions{NumMessages: true}).Wait(); err != nil {
			return 0, r.explain("looking for folder "+r.MoveTo, err)
		}
	}
	unseen, err := r.open(client)
	if err != nil {
		return 0, err
	}
	client.Logout().Wait() // how the farewell goes is no matter
	return len(unseen), nil
}
