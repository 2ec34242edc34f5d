package audience

import (
	"context"
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
	rows, err := db.QueryContext(ctx, `SELECT state, topics, language, COUNT(*) FROM subscriber GROUP BY state, topics, language`)
	if err != nil {
		return s, err
	}
	defer rows.Close()
	for rows.Next() {
		var state State
		var topics, language string
		var n int
		if err := rows.Scan(&state, &topics, &language, &n); err != nil {
			return s, err
		}
		s.Total += n
		s.States[state] += n
		if state != Active {
			continue
		}
		s.Languages[language] += n
		if topics == "" {
			s.Topics[""] += n
		}
		for topic := range strings.FieldsSeq(topics) {
			s.Topics[topic] += n
		}
	}
	return s, rows.Err()
}
