//go:build unix

package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver
)

// errNone says that there is no PostgreSQL to start.
var errNone = errors.New("no PostgreSQL in /usr/lib/postgresql/*/bin (apt-get install postgresql)")

// server is a running PostgreSQL.
type server struct {
	socket string         // its folder
	stdin  io.WriteCloser // nobody closes it but the end of this process
}

var cluster = sync.OnceValues(start)

var databases atomic.Int64

// Has reports whether Postgres gives a database. It is true where it has to.
func Has() bool {
	_, err := cluster()
	return !errors.Is(err, errNone) || os.Getenv("NEWSDESK_TEST_ALL") != ""
}

// Postgres gives the address of a new and empty database. Without PostgreSQL
// the test is skipped, or fails if NEWSDESK_TEST_ALL says that none may be.
func Postgres(t testing.TB) string {
	t.Helper()
	running, err := cluster()
	if errors.Is(err, errNone) && os.Getenv("NEWSDESK_TEST_ALL") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	name, err := running.create("template1")
	if err != nil {
		t.Fatal(err)
	}
	return address(running.socket, name)
}

// create makes a database that is a copy of another.
func (s server) create(from string) (name string, err error) {
	name = fmt.Sprintf("test%d", databases.Add(1))
	db, err := sql.Open("pgx", address(s.socket, "postgres"))
	if err != nil {
		return "", err
	}
	defer db.Close()
	_, err = db.ExecContext(context.Background(), "CREATE DATABASE "+name+" TEMPLATE "+from)
	return name, err
}

// PostgresReady is Postgres with a database that has its tables: a copy of one that was
// made once.
func PostgresReady(t testing.TB) string {
	t.Helper()
	running, err := cluster()
	if err != nil {
		return Postgres(t) // which says so
	}
	from, err := postgresTemplate()
	name := ""
	if err == nil {
		name, err = running.create(from)
	}
	if err != nil {
		t.Fatal(err)
	}
	return address(running.socket, name)
}

var postgresTemplate = sync.OnceValues(func() (name string, err error) {
	running, err := cluster()
	if err == nil {
		name, err = running.create("template1")
	}
	if err == nil {
		err = makeTables(address(running.socket, name))
	}
	return name, err
})

func address(socket, database string) string {
	return "postgres://newsdesk@/" + database + "?host=" + socket
}

// Restart crashes the server, as a machine that reboots does, and starts it again: every
// connection breaks, and what was not committed is gone. It returns when the server
// takes connections again. No other test may run at the time.
func Restart(t testing.TB) {
	t.Helper()
	running, err := cluster()
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", address(running.socket, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxIdleConns(0) // a connection that was kept is broken
	since := func() (begun time.Time, err error) {
		err = db.QueryRow(`SELECT pg_postmaster_start_time()`).Scan(&begun)
		return begun, err
	}
	before, err := since()
	if err == nil {
		_, err = io.WriteString(running.stdin, "again\n")
	}
	if err != nil {
		t.Fatal(err)
	}
	for range 600 {
		if now, err := since(); err == nil && now.After(before) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("PostgreSQL does not start again")
}

// script runs the server until standard input ends, which it does when the test
// binary has died of whatever, and anew for each line. Then it takes the folder away.
const script = `
"$1/initdb" --pgdata="$2/data" --username=newsdesk --auth=trust --encoding=UTF8 --locale=C --no-sync >"$2/log" 2>&1
serve() {
	"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off -c shared_buffers=32MB >>"$2/log" 2>&1 &
}
serve "$1" "$2"
while read again; do
	kill -QUIT $!
	wait
	serve "$1" "$2"
done
kill -QUIT $!
wait
rm -rf "$2"
`

func start() (s server, err error) {
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(bins) == 0 {
		return s, errNone
	}
	dir, err := os.MkdirTemp("", "newsdesk-postgres-")
	if err != nil {
		return s, err
	}
	cmd := exec.Command("sh", "-c", script, "sh", filepath.Dir(bins[len(bins)-1]), dir)
	cmd.Dir = "/"
	if cmd.SysProcAttr, err = unprivileged(dir); err != nil {
		return s, errors.Join(err, os.Remove(dir))
	}
	if s.stdin, err = cmd.StdinPipe(); err != nil {
		return s, errors.Join(err, os.Remove(dir))
	}
	if err := cmd.Start(); err != nil {
		return s, errors.Join(err, os.Remove(dir))
	}
	s.socket = dir
	return s, wait(dir)
}

// wait waits for the server.
func wait(socket string) error {
	db, err := sql.Open("pgx", address(socket, "postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	for range 600 {
		if err = db.Ping(); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(socket, "log"))
	return fmt.Errorf("PostgreSQL does not start: %w\n%s", err, log)
}

// unprivileged gives dir to another user if this is root: PostgreSQL refuses to
// run as root.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil { // it was unpacked, not installed
		u, err = user.Lookup("nobody")
	}
	if err != nil { // without cgo, where /etc/passwd is not all there is
		u = &user.User{Uid: "65534", Gid: "65534"}
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}
