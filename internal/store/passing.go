package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Passing reports whether an error is about the way to the database and not about
// what was asked of it, so that the same may work a moment later: the server was
// started anew, it or the network ended a connection, two transactions were in each
// other's way. It does not say that nothing was done: a commit whose reply was lost
// may have been made. It is for errors of a DB; those of other networks look alike.
func Passing(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return passingCode(e.Code)
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == sqlite3.SQLITE_BUSY // the rest is the extended code
	}
	for _, broken := range []error{
		driver.ErrBadConn, sql.ErrConnDone, sql.ErrTxDone, pgconn.ErrConnClosed, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
	} {
		if errors.Is(err, broken) {
			return true
		}
	}
	_, dial := errors.AsType[*pgconn.ConnectError](err)
	_, wire := errors.AsType[*net.OpError](err)
	return dial || wire
}

// passingCode tells it by the code of PostgreSQL's error (its manual, appendix A).
func passingCode(code string) bool {
	switch code {
	case "57P01", "57P02", "57P03", // it stops, has crashed, is starting
		"25P03",          // a transaction stood still for too long: the process was stopped
		"40001", "40P01", // two transactions were in each other's way
		"53300": // too many connections
		return true
	}
	return strings.HasPrefix(code, "08") // the connection
}
