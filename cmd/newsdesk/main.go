// Command newsdesk turns a folder of Markdown articles into feeds and a weekly
// email digest.
//
// The packages that do the work know neither flags nor the clock nor the
// environment: all three are read here and passed down. Each command has a file
// of its own; config.go reads the configuration into one struct, which configcheck.go
// and the other config*.go check; database.go opens the database and terminal.go has
// the ways to tell somebody something.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // a static binary runs where no zones are installed

	"golang.org/x/term"
)

// Exit codes.
const (
	exitOK         = 0
	exitFailed     = 1
	exitUsage      = 2
	exitIncomplete = 3 // done, but some articles or subscribers were left out
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal ends the program at once
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// app is what every command needs of the world outside.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	clock          func() time.Time
	after          func(time.Duration) <-chan time.Time
	random         io.Reader
	flags          globalFlags
	style, ink     style // of what goes to stderr, to stdout
	started        time.Time
	folders        folders
	due            time.Time // when what was read last gives something else; zero is not known
}

// run runs one command and returns its exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, clock: time.Now, after: time.After, random: rand.Reader, started: time.Now()}
	coloured := os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	a.style, a.ink = style{coloured && isTerminal(stderr)}, style{coloured && isTerminal(stdout)}
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetIn(stdin)
	err := root.ExecuteContext(ctx)
	a.folders.close()
	return a.tellError(err)
}

// tellError tells an error, if there is one that has not been told, and gives the
// exit code.
func (a *app) tellError(err error) int {
	var coded *exitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &coded):
		if coded.err != nil {
			a.printError(coded.err)
		}
		return coded.code
	case errors.As(err, new(configError)):
		fmt.Fprintln(a.stderr, err)
		return exitUsage
	}
	a.printError(err)
	return exitFailed
}

func (a *app) printError(err error) {
	fmt.Fprintln(a.stderr, wrapLines(a.style.red("newsdesk: ")+err.Error(), 2, columns(a.stderr)))
}

// exitError ends the program with a code. A nil err has already been told.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return fmt.Sprint(e.err) }
func (e *exitError) Unwrap() error { return e.err }

// usage is an error in how the command was called.
func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// incomplete ends a command that did its work but had to leave something out,
// which it has already told.
func incomplete() error { return &exitError{code: exitIncomplete} }

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// clockSinceStart is how long the program has run, by the real clock.
func (a *app) clockSinceStart() time.Duration { return time.Since(a.started) }
