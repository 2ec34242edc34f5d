package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
)

// move makes the PostgreSQL database at address from a file that Backup wrote, in
// one transaction: all of it is there, or nothing. River's tables are not in it: what
// is to be done the ledger tells.
func move(ctx context.Context, address, file string, force bool) error {
	from, err := openCopy(ctx, file)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	defer os.RemoveAll(filepath.Dir(from.path))
	defer from.Close()
	tables, err := from.tables(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	to, err := open(ctx, address)
	if err != nil {
		return fmt.Errorf("database.url: %q: %w", redacted(address), err)
	}
	defer to.Close()
	conn, err := to.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(driver any) error {
		return pgx.BeginFunc(ctx, driver.(*stdlib.Conn).Conn(), func(tx pgx.Tx) error {
			return fillTables(ctx, tx, from, tables, force)
		})
	})
}

// openCopy opens a copy of a backup, brought up to date, in a folder of its own.
func openCopy(ctx context.Context, file string) (*DB, error) {
	dir, err := os.MkdirTemp("", "newsdesk-restore-*")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "newsdesk.db")
	db, err := connect("sqlite:" + path)
	if err == nil {
		if err = errors.Join(db.replace(ctx, file), db.migrate(ctx)); err == nil {
			return db, nil
		}
		err = errors.Join(err, db.Close())
	}
	return nil, errors.Join(err, os.RemoveAll(dir))
}

// tables gives the names of newsdesk's tables, each behind those that it refers to.
func (db *DB) tables(ctx context.Context) ([]string, error) {
	all, err := texts(ctx, db, `SELECT name FROM sqlite_master WHERE type = 'table'
		AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'river_%' AND name <> 'goose_db_version' ORDER BY name`)
	if err != nil {
		return nil, err
	}
	var sorted []string
	var add func(name string) error
	add = func(name string) error {
		if slices.Contains(sorted, name) {
			return nil
		}
		others, err := texts(ctx, db, `SELECT DISTINCT "table" FROM pragma_foreign_key_list($1) WHERE "table" <> $1`, name)
		for _, other := range others {
			err = errors.Join(err, add(other))
		}
		sorted = append(sorted, name)
		return err
	}
	for _, name := range all {
		if err := add(name); err != nil {
			return nil, err
		}
	}
	return sorted, nil
}

func texts(ctx context.Context, db *DB, query string, args ...any) (all []string, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, rows.Err()
}

// fillTables puts the rows of from into the tables, which must be empty, or are
// emptied by force.
func fillTables(ctx context.Context, tx pgx.Tx, from *DB, tables []string, force bool) error {
	var used bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM subscriber) OR EXISTS (SELECT 1 FROM edition)`).Scan(&used); err != nil {
		return err
	}
	if used && !force {
		return ErrExists
	}
	// The logs let nobody empty them but who restores others.
	empty := ""
	for _, table := range tables {
		empty += `ALTER TABLE ` + table + ` DISABLE TRIGGER USER; `
	}
	empty += `TRUNCATE ` + strings.Join(tables, ", ")
	for _, table := range tables {
		empty += `; ALTER TABLE ` + table + ` ENABLE TRIGGER USER`
	}
	if _, err := tx.Exec(ctx, empty); err != nil {
		return err
	}
	for _, table := range tables {
		if err := fillTable(ctx, tx, from, table); err != nil {
			return fmt.Errorf("table %s: %w", table, err)
		}
	}
	return nil
}

func fillTable(ctx context.Context, tx pgx.Tx, from *DB, table string) error {
	rows, err := from.QueryContext(ctx, `SELECT * FROM `+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	types, err := columnTypes(ctx, tx, table, columns)
	if err != nil {
		return err
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{table}, columns, &source{rows, types}); err != nil {
		return err
	}
	// The numbers that the table gives by itself begin after those it has got.
	var sequence *string
	if !slices.Contains(columns, "id") {
		return nil
	}
	if err := tx.QueryRow(ctx, `SELECT pg_get_serial_sequence($1, 'id')`, table).Scan(&sequence); err != nil || sequence == nil {
		return err
	}
	_, err = tx.Exec(ctx, `SELECT setval($1::regclass, (SELECT COALESCE(MAX(id), 0) + 1 FROM `+table+`), false)`, *sequence)
	return err
}

func columnTypes(ctx context.Context, tx pgx.Tx, table string, columns []string) (types []uint32, err error) {
	rows, err := tx.Query(ctx, `SELECT `+strings.Join(columns, ", ")+` FROM `+table+` LIMIT 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for _, f := range rows.FieldDescriptions() {
		types = append(types, f.DataTypeOID)
	}
	return types, nil
}

// source gives rows to COPY.
type source struct {
	rows  *sql.Rows
	types []uint32
}

func (s *source) Next() bool { return s.rows.Next() }
func (s *source) Err() error { return s.rows.Err() }

// Values gives one row. SQLite keeps a text in a column of octets if it was given one.
func (s *source) Values() ([]any, error) {
	values, places := make([]any, len(s.types)), make([]any, len(s.types))
	for i := range values {
		places[i] = &values[i]
	}
	err := s.rows.Scan(places...)
	for i, v := range values {
		switch v := v.(type) {
		case string:
			if s.types[i] == pgtype.ByteaOID {
				values[i] = []byte(v)
			}
		case []byte:
			if s.types[i] == pgtype.TextOID {
				values[i] = string(v)
			}
		}
	}
	return values, err
}
