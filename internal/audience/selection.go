package audience

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// Receives gives the SQL condition for the rows of table subscriber, called
// alias, that get mail now: active, or with a pause that is over. The parameter
// is a placeholder such as $2 for the time in seconds since 1970.
func Receives(alias, parameter string) string {
	return strings.NewReplacer("s.", alias+".", "?", parameter).Replace(
		`(s.state = 'active' OR s.state = 'paused' AND s.paused_until > 0 AND s.paused_until <= ?)`)
}

// Wants gives the SQL condition for the rows that get a digest. The parameter's
// value is DigestPattern of its name.
func Wants(alias, parameter string) string {
	return strings.NewReplacer("s.", alias+".", "?", parameter).Replace(
		`(s.digests = '' OR ' ' || s.digests || ' ' LIKE ? ESCAPE '\')`)
}

// DigestPattern gives the value for Wants.
func DigestPattern(digest string) string { return "% " + escapeLike(digest) + " %" }

// Segment is all subscribers of a digest who made the same selection, and so
// get the same issue.
type Segment struct {
	Topics   []string // slugs, sorted; none is all
	Language string   // BCP 47; "" is every one
	Size     int      // subscribers
}

// Querier is a database or a transaction on it.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Segments gives the distinct selections of those who would get the digest now,
// in a fixed order: that of all topics in every language first, if somebody has it.
func Segments(ctx context.Context, q Querier, digest string, now time.Time) ([]Segment, error) {
	rows, err := q.QueryContext(ctx, fmt.Sprintf(
		`SELECT topics, language, COUNT(*) FROM subscriber WHERE %s AND %s GROUP BY topics, language ORDER BY topics, language`,
		Receives("subscriber", "$1"), Wants("subscriber", "$2")), now.Unix(), DigestPattern(digest))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Segment
	for rows.Next() {
		var s Segment
		var topics string
		if err := rows.Scan(&topics, &s.Language, &s.Size); err != nil {
			return nil, err
		}
		s.Topics = strings.Fields(topics)
		all = append(all, s)
	}
	return all, rows.Err()
}
