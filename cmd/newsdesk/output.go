package main

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
)

// output is standard output. It remembers why something could not be written, so that
// the many lines that tell a result need not: a disk that is full is no success. That
// nobody reads any more (head) is none of it: see outliveReaders.
type output struct {
	w io.Writer

	mu  sync.Mutex
	err error // the first
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if err != nil && !errors.Is(err, syscall.EPIPE) {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.err == nil {
			o.err = err
		}
	}
	return n, err
}

// tellUnwritten makes a failure of what went well but was not told whole.
func (a *app) tellUnwritten(o *output, code int) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil || code != exitOK && code != exitIncomplete {
		return code
	}
	a.printError(fmt.Errorf("the result could not be written: %w", o.err))
	return exitFailed
}
