package audience

import (
	"context"
	"testing"

	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// sqlite and postgres give databases that have their tables already.
var sqlite, postgres = storetest.SQLiteWith(migrate), storetest.PostgresWith(migrate)

func migrate(address string) error {
	db, err := store.Open(context.Background(), address)
	if err != nil {
		return err
	}
	return db.Close()
}

// each runs f on both.
func each(t *testing.T, f func(t *testing.T, address string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, sqlite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, postgres(t)) })
}
