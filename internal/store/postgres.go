package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// maxConnections is how many connections one newsdesk holds at most; a server
// allows 100 by default, to all its clients.
const maxConnections = 8

func isPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// CanOpen reports whether url is of a form that Open takes.
func CanOpen(url string) bool {
	return isPostgres(url) || strings.HasPrefix(url, "sqlite:") && url != "sqlite:"
}

// connectPostgres does not connect yet: the first statement does.
func connectPostgres(address string) (*DB, error) {
	c, err := pgx.ParseConfig(address)
	if err != nil { // it may show the password
		return nil, errors.New("not a PostgreSQL address (want postgres://user@host:5432/database)")
	}
	c.RuntimeParams["application_name"] = "newsdesk"
	for name, value := range map[string]string{
		"idle_in_transaction_session_timeout": "10000", // ms; a machine that froze must not keep rows locked
		// One that lost its power or its network is noticed within a minute, and with
		// its connection go its locks; by itself TCP takes two hours.
		"tcp_keepalives_idle":     "30", // s
		"tcp_keepalives_interval": "10", // s
		"tcp_keepalives_count":    "3",
	} {
		if c.RuntimeParams[name] == "" {
			c.RuntimeParams[name] = value
		}
	}
	pool := sql.OpenDB(connector{stdlib.GetConnector(*c)})
	pool.SetMaxOpenConns(maxConnections)
	pool.SetMaxIdleConns(maxConnections)
	return &DB{DB: pool, postgres: true}, nil
}

// Close closes the connections. That one of PostgreSQL's is broken, after its server was
// started anew, is no fault then.
func (db *DB) Close() error {
	if err := db.DB.Close(); err != nil && !db.postgres {
		return err
	}
	return nil
}

// redacted gives an address without what may be secret in it, also if it is of
// another database or written as libpq's keywords.
func redacted(address string) string {
	if strings.HasPrefix(address, "sqlite:") || !strings.ContainsAny(address, ":=@") {
		return address // a file's name
	}
	u, err := url.Parse(address)
	switch {
	case err != nil && isPostgres(address):
		return "postgres://…"
	case err != nil || u.Scheme == "":
		return "…"
	}
	return u.Scheme + "://" + u.Host + u.Path
}

// explainPostgres says what an error at opening means for the person who set
// the address, or "".
func explainPostgres(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch e.Code { // appendix A of PostgreSQL's manual
		case "28P01", "28000":
			return "PostgreSQL refuses the login (set user and password, or PGPASSFILE)"
		case "3D000":
			return "there is no such database (make it with createdb)"
		case "53300":
			return "PostgreSQL takes no more connections (raise its max_connections: each newsdesk holds up to 8)"
		case "42501":
			return "the user may not make tables there (make the user the database's owner)"
		}
	}
	return ""
}

// lockPatience is how long a lock may still be held by the connection of a
// process that was killed: the server notices soon, but not at once.
const lockPatience = time.Second

// lockPostgres takes an advisory lock on a connection of its own. The note is
// in the table setting.
func (db *DB) lockPostgres(ctx context.Context, name, note string) (release func() error, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	h := fnv.New64a()
	h.Write([]byte("newsdesk " + name))
	key := int64(h.Sum64())
	for until := time.Now().Add(lockPatience); ; time.Sleep(50 * time.Millisecond) {
		var got bool
		if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, key).Scan(&got); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		if got {
			break
		}
		if time.Now().After(until) {
			return nil, errors.Join(heldPostgres(ctx, conn, name), conn.Close())
		}
	}
	release = func() error {
		_, err := conn.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, key)
		return errors.Join(err, conn.Close())
	}
	_, err = conn.ExecContext(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, "lock_"+name, []byte(note))
	if err != nil {
		return nil, errors.Join(err, release())
	}
	return release, nil
}

func heldPostgres(ctx context.Context, conn *sql.Conn, name string) error {
	var note []byte
	err := conn.QueryRowContext(ctx, `SELECT value FROM setting WHERE name = $1`, "lock_"+name).Scan(&note)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("lock %s: %w", name, err)
	}
	return &LockedError{Note: string(note)}
}
