// Command newsdesk turns a folder of Markdown articles into feeds and a weekly
// email digest.
//
// The packages that do the work know neither flags nor the clock nor the
// environment: all three are read here and passed down, in an app, whose methods the
// commands are. Each has a file of its own.
//
// config.go reads the configuration into one struct; configcheck.go begins its checks,
// which are in the other config*.go or beside what the keys are for. fingerprint.go
// knows it again: serve (servefollow.go) and work (workconfig.go) follow it as it
// changes. database.go opens the database, folders.go the folders and the index of the
// articles, load.go reads them and tells what is wrong.
//
// An edition is made by few functions, so that all commands mean the same by it: a
// series (series.go) is a digest with what its editions are chosen by, a press
// (press.go) makes issues of them, and outgoing.go prepares and freezes one that is to
// go out, for send, schedule, work and the desk.
//
// Who is at the keyboard is told by note, warn, tell and printRows (terminal.go), or by
// an error. Lines wrap on a terminal alone (wrap.go), and nothing that others wrote
// acts on it (visible.go): stdout and stderr of the app see to that. What runs for long
// tells its log by slog.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // a static binary runs where no zones are installed
)

// Exit codes.
const (
	exitOK         = 0
	exitFailed     = 1
	exitUsage      = 2
	exitIncomplete = 3 // done, but some articles or subscribers were left out
)

func main() {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as by nohup; else the terminal is gone
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
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
	unconfigured   bool      // there is no configuration file
	due            time.Time // when what was read last gives something else; zero is not known
}

// run runs one command and returns its exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := &output{w: stdout}
	a := &app{stdin: stdin, stderr: stderr, clock: time.Now, after: time.After, random: rand.Reader, started: time.Now()}
	coloured := os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	a.style, a.ink = style{coloured && isTerminal(stderr)}, style{coloured && isTerminal(stdout)}
	a.stdout, a.stderr = visible{out, a.ink.on}, visible{stderr, a.style.on}
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(stderr)
	root.SetIn(stdin)
	ended := make(chan struct{})
	defer close(ended)
	context.AfterFunc(ctx, func() { a.tellEnding(ended) })
	err := root.ExecuteContext(ctx)
	a.folders.close()
	if err == context.Canceled { // and nothing else is wrong
		err = errStopped
	}
	return a.tellUnwritten(out, a.tellError(err))
}

// errStopped is why a command that a signal ended is not done.
var errStopped = errors.New("stopped before it was done (run it again: it goes on from there)")

// tellEnding says what a command that was told to end still waits for, if it takes longer
// than one would think.
func (a *app) tellEnding(ended <-chan struct{}) {
	select {
	case <-ended:
	case <-a.after(3 * time.Second):
		a.note("newsdesk ends when the messages and answers in hand are done; a second signal ends it at once, and what is in hand is uncertain then")
	}
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
		fmt.Fprintln(a.stderr, wrapLines(err.Error(), 4, columns(a.stderr)))
		a.tellNoConfig()
		return exitUsage
	}
	a.printError(err)
	if errors.Is(err, fs.ErrNotExist) {
		a.tellNoConfig()
	}
	return exitFailed
}

func (a *app) printError(err error) {
	fmt.Fprintln(a.stderr, wrapLines(a.style.red("newsdesk: ")+err.Error(), 2, columns(a.stderr)))
}

// tellNoConfig says, behind an error that may be for want of it, that there is no
// configuration file. A site may do without one, but most stand in the wrong folder.
func (a *app) tellNoConfig() {
	if a.unconfigured {
		fmt.Fprintf(a.stderr, "There is no %s here (newsdesk init DIR writes one for a site; --config FILE names one elsewhere)\n", a.flags.config)
	}
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

// outliveReaders has the program go on when nobody reads its output and its log any more,
// which else ends it in the middle of a message or an answer. It is for what changes
// something; to a command that only tells it is right to end.
func outliveReaders() { signal.Ignore(syscall.SIGPIPE) }
