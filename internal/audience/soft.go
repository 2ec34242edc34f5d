package audience

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"
)

// A soft bounce adds 1 to a subscriber's score, which halves in softHalfLife; at
// softLimit the address is taken for dead. A weekly mail that always comes back gets
// there with the ninth, one that comes back now and then never does. What arrives
// in between lets the score decay, because nothing is added; it does not end it, as
// a server that accepts a mail may still send it back.
const (
	softLimit    = 5.0
	softHalfLife = 30 * 24 * time.Hour
)

// count counts a soft bounce, one for each edition.
func (r Return) count(ctx context.Context, tx *sql.Tx, hashes *Suppressor, s Subscriber, act Act) (Effect, error) {
	var score float64
	var edition, at int64
	err := tx.QueryRowContext(ctx, `SELECT score, edition_id, time FROM soft_bounce WHERE subscriber_id = $1`, s.ID).Scan(&score, &edition, &at)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return "", err
	case edition == r.Edition && edition != 0:
		return NoChange, nil
	}
	score = 1 + decayed(score, act.Now.Sub(time.Unix(at, 0)))
	if score >= softLimit {
		r.Detail = fmt.Sprintf("the last of many soft bounces: %s", orNone(r.Detail))
		return r.become(ctx, tx, hashes, s, Bounced, "bounce", act)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO soft_bounce (subscriber_id, score, edition_id, time) VALUES ($1, $2, $3, $4)
		ON CONFLICT (subscriber_id) DO UPDATE SET score = excluded.score, edition_id = excluded.edition_id, time = excluded.time`,
		s.ID, score, r.Edition, act.Now.Unix())
	if err != nil {
		return "", err
	}
	return Counted, act.note(ctx, tx, "soft bounce", s.ID, 0, fmt.Sprintf("score %.2f of %.0f%s", score, softLimit, r.about()))
}

// decayed is what is left of a score after a time.
func decayed(score float64, age time.Duration) float64 {
	return score * math.Exp2(-float64(max(0, age))/float64(softHalfLife))
}

// forgetSoft ends the counting of one who has left: if she comes back, it is with
// a mailbox that works.
func forgetSoft(ctx context.Context, tx *sql.Tx, id int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM soft_bounce WHERE subscriber_id = $1`, id)
	return err
}
