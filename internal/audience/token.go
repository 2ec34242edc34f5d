package audience

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// Tokens signs and verifies the tokens in the links of a mail. A token names a
// subscriber and what the link is for; without a key, which is in the database,
// nobody can make one. Those of Sign do not expire: a link to unsubscribe must
// work for as long as somebody has the mail. Those of SignAt tell when they were
// made, and whoever verifies one says how long that is good. Those of SignIn tell
// in whose mail the link is.
type Tokens struct {
	keys [][]byte // the newest, which signs, last
}

// Purpose is what a token allows. A token for one purpose is no good for another.
type Purpose string

// The purposes. Those of SignAt are Confirm, whose token names a sign-up, and
// Form, whose token tells when a form was shown.
const (
	Unsubscribe Purpose = "unsubscribe"
	Preferences Purpose = "preferences"
	Confirm     Purpose = "confirm"
	Form        Purpose = "form"
)

const keySize = 32 // octets

// The settings that hold the keys: token_key, token_key_2 and so on.
const keySetting = "token_key"

// OpenTokens loads the keys, and at the first time makes one from random's bytes.
func OpenTokens(ctx context.Context, db *store.DB, random io.Reader) (*Tokens, error) {
	first, err := openKey(ctx, db, keySetting, random)
	if err != nil {
		return nil, err
	}
	t := &Tokens{[][]byte{first}}
	for {
		var key []byte
		err := db.QueryRowContext(ctx, `SELECT value FROM setting WHERE name = $1`, t.next()).Scan(&key)
		if errors.Is(err, sql.ErrNoRows) {
			return t, nil
		}
		if err == nil && len(key) != keySize {
			err = fmt.Errorf("setting %s: %d octets in the database, want %d", t.next(), len(key), keySize)
		}
		if err != nil {
			return nil, err
		}
		t.keys = append(t.keys, key)
	}
}

// RotateTokens makes a new key, with which those sign who open the tokens from
// then on. Tokens of the older keys stay good: they are in mails.
func RotateTokens(ctx context.Context, db *store.DB, random io.Reader) error {
	t, err := OpenTokens(ctx, db, random)
	if err != nil {
		return err
	}
	_, err = openKey(ctx, db, t.next(), random)
	return err
}

// next is the setting of the key after those that there are.
func (t *Tokens) next() string { return keySetting + "_" + strconv.Itoa(len(t.keys)+1) }

// tagSize is how much of the HMAC a token holds: 128 bits.
const tagSize = 16

// tokenCoding is strict, so that a token has one spelling only.
var tokenCoding = base64.RawURLEncoding.Strict()

// Sign gives the token of a subscriber: 23 to 35 characters of A-Z a-z 0-9 - _.
// It is the same every time.
func (t *Tokens) Sign(subscriber int64, p Purpose) string {
	return t.sign(binary.AppendUvarint(nil, uint64(subscriber)), p)
}

// SignAt gives a token that tells when it was made, to the second: 30 to 48
// characters.
func (t *Tokens) SignAt(id int64, p Purpose, at time.Time) string {
	return t.sign(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(id)), uint64(at.Unix())), p)
}

// SignIn gives the token of a subscriber in the mail of an edition: 24 to 48
// characters. It is good for what that of Sign is.
func (t *Tokens) SignIn(subscriber, edition int64, p Purpose) string {
	return t.sign(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(subscriber)), uint64(edition)), p)
}

func (t *Tokens) sign(content []byte, p Purpose) string {
	return tokenCoding.EncodeToString(append(content, tag(t.keys[len(t.keys)-1], content, p)...))
}

// ErrToken says that a token was not made by us for this purpose.
var ErrToken = errors.New("this link is not complete, or not one of ours")

// Verify gives the subscriber whom token names, or ErrToken.
func (t *Tokens) Verify(token string, p Purpose) (subscriber int64, err error) {
	subscriber, _, err = t.VerifyIn(token, p)
	return subscriber, err
}

// VerifyIn gives the subscriber whom token names and the edition in whose mail it
// is, or 0 if it does not tell, or ErrToken.
func (t *Tokens) VerifyIn(token string, p Purpose) (subscriber, edition int64, err error) {
	if p != Unsubscribe && p != Preferences {
		return 0, 0, ErrToken
	}
	numbers, err := t.verify(token, p)
	if err != nil || len(numbers) > 2 {
		return 0, 0, ErrToken
	}
	if len(numbers) == 2 {
		edition = int64(numbers[1])
	}
	return int64(numbers[0]), edition, nil
}

// VerifyAt gives what SignAt was given, or ErrToken.
func (t *Tokens) VerifyAt(token string, p Purpose) (id int64, at time.Time, err error) {
	numbers, err := t.verify(token, p)
	if err != nil || len(numbers) != 2 || p != Confirm && p != Form {
		return 0, time.Time{}, ErrToken
	}
	return int64(numbers[0]), time.Unix(int64(numbers[1]), 0), nil
}

// maxToken is more than any token has.
const maxToken = 64

// verify reads a token's numbers, one or two. It takes as long for every token of a
// length.
func (t *Tokens) verify(token string, p Purpose) ([]uint64, error) {
	if len(token) > maxToken {
		return nil, ErrToken
	}
	data, err := tokenCoding.DecodeString(token)
	if err != nil || len(data) <= tagSize {
		return nil, ErrToken
	}
	content, got := data[:len(data)-tagSize], data[len(data)-tagSize:]
	ours := false
	for _, key := range t.keys {
		if hmac.Equal(got, tag(key, content, p)) {
			ours = true
		}
	}
	numbers := make([]uint64, 0, 2)
	for len(content) > 0 && len(numbers) < 2 {
		number, size := binary.Uvarint(content)
		if size <= 0 {
			return nil, ErrToken
		}
		numbers, content = append(numbers, number), content[size:]
	}
	if !ours || len(content) > 0 || len(numbers) == 0 {
		return nil, ErrToken
	}
	return numbers, nil
}

func tag(key, content []byte, p Purpose) []byte {
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "newsdesk token 1\n%s\n", p)
	h.Write(content)
	return h.Sum(nil)[:tagSize]
}
