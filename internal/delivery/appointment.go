package delivery

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// Appointment says when an edition is to be sent.
type Appointment struct {
	Digest, Period string
	At             time.Time
	By             string // who made it
	Hash           string // of what was to be sent when it was made, as an approval has it
	Override       string // why it goes out in spite of errors, or ""
	Trouble        string // why it did not go out at its time, or ""
}

// Appoint writes down when an edition is to be sent, in place of what was said
// before, and logs it. One that is frozen can't be scheduled any more.
func Appoint(ctx context.Context, db *store.DB, a Appointment, now time.Time) error {
	return db.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var frozen bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM edition WHERE digest = $1 AND period = $2)`, a.Digest, a.Period).Scan(&frozen); err != nil {
			return err
		}
		if frozen {
			return fmt.Errorf("edition %s/%s is frozen already: it can be sent or cancelled, not scheduled", a.Digest, a.Period)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO edition_appointment (digest, period, time, actor, hash, override) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (digest, period) DO UPDATE SET time = excluded.time, actor = excluded.actor, hash = excluded.hash, override = excluded.override, trouble = ''`,
			a.Digest, a.Period, a.At.Unix(), a.By, a.Hash, a.Override)
		if err != nil {
			return err
		}
		detail := "for " + a.At.Format("2 January 2006 at 15:04")
		if a.Override != "" {
			detail += ", in spite of errors: " + a.Override
		}
		return Note(ctx, tx, Entry{now, a.Digest, a.Period, a.By, DidSchedule, a.Hash, detail})
	})
}

// ErrNoAppointment says that there is none to be withdrawn.
var ErrNoAppointment = errors.New("it is not scheduled")

// EndAppointment takes an appointment away and logs e in the same transaction: of
// several that try one does, and the others get ErrNoAppointment.
func EndAppointment(ctx context.Context, db *store.DB, e Entry) error {
	return db.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM edition_appointment WHERE digest = $1 AND period = $2`, e.Digest, e.Period)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return fmt.Errorf("edition %s/%s: %w", e.Digest, e.Period, ErrNoAppointment)
		}
		return Note(ctx, tx, e)
	})
}

// DelayAppointment writes down why an edition has not gone out.
func DelayAppointment(ctx context.Context, db *store.DB, a Appointment, trouble string) error {
	_, err := db.ExecContext(ctx, `UPDATE edition_appointment SET trouble = $1 WHERE digest = $2 AND period = $3 AND time = $4`, trouble, a.Digest, a.Period, a.At.Unix())
	return err
}

// Appointments gives all that stand, the first in time first, in a zone. The database
// may have been opened for reading.
func Appointments(ctx context.Context, db *store.DB, zone *time.Location) ([]Appointment, error) {
	if ok, err := db.Has(ctx, "edition_appointment"); err != nil || !ok {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, `SELECT digest, period, time, actor, hash, override, trouble FROM edition_appointment ORDER BY time, digest, period`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Appointment
	for rows.Next() {
		var a Appointment
		var at int64
		if err := rows.Scan(&a.Digest, &a.Period, &at, &a.By, &a.Hash, &a.Override, &a.Trouble); err != nil {
			return nil, err
		}
		a.At = time.Unix(at, 0).In(zone)
		all = append(all, a)
	}
	return all, rows.Err()
}

// AppointmentOf gives that of an edition, or nil.
func AppointmentOf(ctx context.Context, db *store.DB, digest, period string, zone *time.Location) (*Appointment, error) {
	all, err := Appointments(ctx, db, zone)
	for i := range all {
		if all[i].Digest == digest && all[i].Period == period {
			return &all[i], err
		}
	}
	return nil, err
}
