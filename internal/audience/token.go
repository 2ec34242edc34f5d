package audience

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/medigy/newsdesk/internal/store"
)

// Tokens signs and verifies the tokens in the links of a mail. A token names a
// subscriber and what the link is for; without the key, which is in the
// database, nobody can make one. It does not expire: a link to unsubscribe must
// work for as long as somebody has the mail.
type Tokens struct{ key []byte }

// Purpose is what a token allows. A token for one purpose is no good for another.
type Purpose string

// The purposes.
const (
	Unsubscribe Purpose = "unsubscribe"
	Preferences Purpose = "preferences"
)

const keySize = 32 // octets

// OpenTokens loads the key, and at the first time makes it from random's bytes.
func OpenTokens(ctx context.Context, db *store.DB, random io.Reader) (*Tokens, error) {
	key, err := openKey(ctx, db, "token_key", random)
	if err != nil {
		return nil, err
	}
	return &Tokens{key}, nil
}

// tagSize is how much of the HMAC a token holds: 128 bits.
const tagSize = 16

// tokenCoding is strict, so that a token has one spelling only.
var tokenCoding = base64.RawURLEncoding.Strict()

// Sign gives the token of a subscriber: 23 to 35 characters of A-Z a-z 0-9 - _.
// It is the same every time.
func (t *Tokens) Sign(subscriber int64, p Purpose) string {
	id := binary.AppendUvarint(nil, uint64(subscriber))
	return tokenCoding.EncodeToString(append(id, t.tag(id, p)...))
}

// ErrToken says that a token was not made by Sign for this purpose.
var ErrToken = errors.New("this link is not complete, or not one of ours")

// Verify gives the subscriber whom token names, or ErrToken.
func (t *Tokens) Verify(token string, p Purpose) (subscriber int64, err error) {
	data, err := tokenCoding.DecodeString(token)
	if err != nil || len(data) <= tagSize {
		return 0, ErrToken
	}
	id, tag := data[:len(data)-tagSize], data[len(data)-tagSize:]
	if !hmac.Equal(tag, t.tag(id, p)) {
		return 0, ErrToken
	}
	n, size := binary.Uvarint(id)
	if size != len(id) {
		return 0, ErrToken
	}
	return int64(n), nil
}

func (t *Tokens) tag(id []byte, p Purpose) []byte {
	h := hmac.New(sha256.New, t.key)
	fmt.Fprintf(h, "newsdesk token 1\n%s\n", p)
	h.Write(id)
	return h.Sum(nil)[:tagSize]
}
