package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Lock keeps every other process from taking the lock of the same name until
// release is called or this process dies, however it dies: the operating
// system lets go of it, so a run that was killed blocks nobody. It does not
// wait. If another holds the lock, the error is a *LockedError with what that
// process wrote as its note.
//
// The lock is on the file "<database>.<name>.lock", which stays. On PostgreSQL it
// is the server's, which lets go of it when the connection ends.
func (db *DB) Lock(name, note string) (release func() error, err error) {
	if db.postgres {
		return db.lockPostgres(context.Background(), name, note)
	}
	f, err := os.OpenFile(db.path+"."+name+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		if errors.Is(err, errHeld) {
			err = held(f)
		} else {
			err = fmt.Errorf("%s: %w", f.Name(), err)
		}
		return nil, errors.Join(err, f.Close())
	}
	if err := writeNote(f, note); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}

// waitLock is Lock that waits until the lock is free, or ctx ends.
func (db *DB) waitLock(ctx context.Context, name, note string) (release func() error, err error) {
	for {
		release, err := db.Lock(name, note)
		if _, held := errors.AsType[*LockedError](err); !held {
			return release, err
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// LockedError says that another process holds a lock.
type LockedError struct {
	Note string // what the other process wrote when it took the lock
}

func (e *LockedError) Error() string { return "locked by another process: " + e.Note }

var errHeld = errors.New("held by another process")

func held(f *os.File) error {
	note, err := io.ReadAll(io.LimitReader(f, 200))
	if err != nil {
		return err
	}
	return &LockedError{Note: string(note)}
}

func writeNote(f *os.File, note string) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(note), 0)
	return err
}
