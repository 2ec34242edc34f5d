package audience

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/medigy/newsdesk/internal/store"
)

// The settings that hold the keys of the addresses to which mails come back:
// bounce_key, bounce_key_2 and so on.
const addressKeySetting = "bounce_key"

// AddressKeys loads the keys that sign the addresses to which mails come back, the
// newest first, and at the first time makes one from random's bytes.
func AddressKeys(ctx context.Context, db *store.DB, random io.Reader) ([][]byte, error) {
	first, err := openKey(ctx, db, addressKeySetting, random)
	if err != nil {
		return nil, err
	}
	keys := [][]byte{first}
	for {
		var key []byte
		name := nextAddressKey(len(keys))
		err := db.QueryRowContext(ctx, `SELECT value FROM setting WHERE name = $1`, name).Scan(&key)
		if errors.Is(err, sql.ErrNoRows) {
			slices.Reverse(keys)
			return keys, nil
		}
		if err == nil && len(key) != keySize {
			err = fmt.Errorf("setting %s: %d octets in the database, want %d", name, len(key), keySize)
		}
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
}

// NewAddressKey makes a key, with which those sign who load the keys from then on.
// What older ones have signed stays good.
func NewAddressKey(ctx context.Context, db *store.DB, random io.Reader) error {
	keys, err := AddressKeys(ctx, db, random)
	if err != nil {
		return err
	}
	_, err = openKey(ctx, db, nextAddressKey(len(keys)), random)
	return err
}

// nextAddressKey is the setting of the key after so many.
func nextAddressKey(n int) string { return addressKeySetting + "_" + strconv.Itoa(n+1) }
