package store_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/medigy/newsdesk/internal/store"
)

func TestPassing(t *testing.T) {
	for _, test := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errors.New("the ledger does not add up"), false},
		{context.Canceled, false},
		{context.DeadlineExceeded, false},
		{&net.OpError{Op: "dial", Err: context.Canceled}, false},
		{driver.ErrBadConn, true},
		{&net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, true},
		{fmt.Errorf("the ledger can't be written: %w", &pgconn.PgError{Code: "57P01"}), true},
		{&pgconn.PgError{Code: "25P03"}, true},
		{&pgconn.PgError{Code: "40P01"}, true},
		{&pgconn.PgError{Code: "08006"}, true},
		{&pgconn.PgError{Code: "53100"}, false}, // the disk is full
		{&pgconn.PgError{Code: "23505"}, false},
	} {
		if got := store.Passing(test.err); got != test.want {
			t.Errorf("%v: %v", test.err, got)
		}
	}
}
