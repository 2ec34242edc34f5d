package store

import (
	"errors"
	"testing"
)

func TestConnectError(t *testing.T) {
	for text, want := range map[string]string{
		"failed to connect to `user=n database=d`:\n\t10.0.0.1:5432 (db): tls error: server refused TLS connection\n\t10.0.0.1:5432 (db): server error: FATAL: the database system is starting up (SQLSTATE 57P03)": "no connection to PostgreSQL: 10.0.0.1:5432 (db): server error: FATAL: the database system is starting up (SQLSTATE 57P03)",
		"failed to connect to `user=n database=d`:\n\t10.0.0.1:5432 (db): connection refused\n\t10.0.0.1:5432 (db): connection refused\n\t10.0.0.2:5432 (db2): timeout":                                             "no connection to PostgreSQL: 10.0.0.1:5432 (db): connection refused; 10.0.0.2:5432 (db2): timeout",
		"failed to connect to `user=n database=d`: hostname resolving error: no such host":                                                                                                                          "no connection to PostgreSQL: failed to connect to `user=n database=d`: hostname resolving error: no such host",
	} {
		if got := (&connectError{errors.New(text)}).Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
