package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// connector tells in one line why there is no connection: pgx tells each try in one of
// its own, first of all that a server which is away, or refuses the password, speaks no
// TLS.
type connector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		err = &connectError{err}
	}
	return conn, err
}

type connectError struct{ err error }

func (e *connectError) Unwrap() error { return e.err }

func (e *connectError) Error() string {
	head, tries, _ := strings.Cut(e.err.Error(), "\n")
	var why []string
	for try := range strings.Lines(tries) {
		try = strings.TrimSpace(try)
		if !strings.HasSuffix(try, "server refused TLS connection") && !slices.Contains(why, try) {
			why = append(why, try)
		}
	}
	if len(why) == 0 {
		why = []string{head}
	}
	return "no connection to PostgreSQL: " + strings.Join(why, "; ")
}
