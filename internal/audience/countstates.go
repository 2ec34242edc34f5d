package audience

import (
	"context"

	"github.com/medigy/newsdesk/internal/store"
)

// CountStates counts the subscribers of each state, of which every one has a key.
func CountStates(ctx context.Context, db *store.DB) (map[State]int, error) {
	counts := map[State]int{}
	for _, state := range States {
		counts[state] = 0
	}
	query := `SELECT state, COUNT(*) FROM subscriber GROUP BY state`
	if !db.IsPostgres() {
		query = `SELECT state, SUM(n) FROM (` + countBySelection + `) GROUP BY state`
	}
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var state State
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, err
		}
		counts[state] = n
	}
	return counts, rows.Err()
}
