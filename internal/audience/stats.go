package audience

import (
	"context"
	"database/sql"
	"strings"

	"github.com/medigy/newsdesk/internal/store"
)

// Stats counts subscribers.
type Stats struct {
	Total     int
	States    map[State]int  // every state has a key
	Topics    map[string]int // active ones who chose it; "" chose none, and get all
	Languages map[string]int // active ones; "" is every language
}

// Count counts all subscribers.
func Count(ctx context.Context, db *store.DB) (Stats, error) {
	s := Stats{States: map[State]int{}, Topics: map[string]int{}, Languages: map[string]int{}}
	for _, state := range States {
		s.States[state] = 0
	}
	// SQLite sorts to group, which takes longer (by a third, or more where the disk is
	// slow) than to read the rows in their order and to group them here.
	query := `SELECT state || ';' || topics || ';' || language, 1 FROM subscriber`
	if db.IsPostgres() {
		query = `SELECT state || ';' || topics || ';' || language, COUNT(*) FROM subscriber GROUP BY state, topics, language`
	}
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return s, err
	}
	defer rows.Close()
	counts := map[string]*int{}
	var selection sql.RawBytes
	var n int
	for rows.Next() {
		if err := rows.Scan(&selection, &n); err != nil {
			return s, err
		}
		count := counts[string(selection)] // makes no string
		if count == nil {
			count = new(int)
			counts[string(selection)] = count
		}
		*count += n
	}
	for selection, count := range counts {
		s.add(strings.Split(selection, ";"), *count)
	}
	return s, rows.Err()
}

// add counts n subscribers of a state, topics and language. None of them has a
// semicolon in it.
func (s *Stats) add(selection []string, n int) {
	state, topics, language := State(selection[0]), selection[1], selection[2]
	s.Total += n
	s.States[state] += n
	if state != Active {
		return
	}
	s.Languages[language] += n
	if topics == "" {
		s.Topics[""] += n
	}
	for topic := range strings.FieldsSeq(topics) {
		s.Topics[topic] += n
	}
}
