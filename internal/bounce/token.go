package bounce

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Purpose is which address a token is for. A token for one is no good for another.
type Purpose string

// The purposes.
const (
	ForBounce      Purpose = "bounce"      // the envelope sender
	ForUnsubscribe Purpose = "unsubscribe" // the address that takes mails to unsubscribe
)

// Keys sign and verify the tokens in addresses. The newest key signs, all verify: a
// key is replaced by putting a new one before it, and dropped when no report of the
// mails that it signed is to be expected, some weeks later.
type Keys struct{ keys [][]byte }

const (
	minKey  = 32 // octets
	tagSize = 10 // octets of the HMAC in a token: 80 bits, each guess is a mail
)

// NewKeys gives Keys of the secrets, the newest first. Each has at least 32 octets.
func NewKeys(secrets ...[]byte) (*Keys, error) {
	if len(secrets) == 0 {
		return nil, errors.New("no key for the addresses of bounces")
	}
	k := new(Keys)
	for _, s := range secrets {
		if len(s) < minKey {
			return nil, fmt.Errorf("a key for the addresses of bounces has %d octets (want %d or more)", len(s), minKey)
		}
		k.keys = append(k.keys, append([]byte(nil), s...))
	}
	return k, nil
}

// tokenCoding is of letters and digits that no mail server changes but for case.
var tokenCoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Token is what a token says.
type Token struct {
	Edition, Subscriber int64 // above 0; a Subscriber of 0 is nobody
}

// Sign gives the token as text: 20 to 45 characters of a-z 2-7, the same every time.
func (k *Keys) Sign(p Purpose, t Token) string {
	data := binary.AppendUvarint(nil, uint64(t.Edition))
	data = binary.AppendUvarint(data, uint64(t.Subscriber))
	return tokenCoding.EncodeToString(append(data, tag(k.keys[0], p, data)...))
}

// Address gives base with the token: "bounce@example.org" is
// "bounce+TOKEN@example.org". Base's part before the @ is to have at most 18
// characters (RFC 5321, 4.5.3.1.1 allows 64 with the token).
func (k *Keys) Address(base string, p Purpose, t Token) string {
	at := strings.LastIndexByte(base, '@')
	return base[:at] + "+" + k.Sign(p, t) + base[at:]
}

// ErrToken says that a token was not signed by one of the keys for this purpose.
var ErrToken = errors.New("the address carries a token that is not ours, or whose key was dropped")

// Verify gives what a token says, in any case of letters, or ErrToken.
func (k *Keys) Verify(p Purpose, token string) (Token, error) {
	token = strings.ToLower(token)
	data, err := tokenCoding.DecodeString(token)
	if err != nil || len(data) <= tagSize || tokenCoding.EncodeToString(data) != token {
		return Token{}, ErrToken // the last: bits that are left over have one spelling
	}
	said, got := data[:len(data)-tagSize], data[len(data)-tagSize:]
	for _, key := range k.keys {
		if hmac.Equal(got, tag(key, p, said)) {
			return readToken(said)
		}
	}
	return Token{}, ErrToken
}

func readToken(data []byte) (Token, error) {
	edition, n := binary.Uvarint(data)
	if n <= 0 {
		return Token{}, ErrToken
	}
	subscriber, m := binary.Uvarint(data[n:])
	if m <= 0 || n+m != len(data) {
		return Token{}, ErrToken
	}
	return Token{int64(edition), int64(subscriber)}, nil
}

func tag(key []byte, p Purpose, data []byte) []byte {
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "newsdesk address 1\n%s\n", p)
	h.Write(data)
	return h.Sum(nil)[:tagSize]
}

// maxGuesses is how many tokens in one text are verified.
const maxGuesses = 32

// find looks for a token in text: after "bounce+", wherever that stands, because
// forwarders wrap addresses (SRS0=x=y=example.org=bounce+TOKEN@forwarder.example).
// Claimed says that there is something where a token would be.
func (k *Keys) find(p Purpose, base, text string) (t Token, claimed bool, err error) {
	at := strings.LastIndexByte(base, '@')
	if k == nil || at <= 0 {
		return Token{}, false, ErrToken
	}
	mark := strings.ToLower(base[:at]) + "+"
	text = strings.ToLower(text)
	for range maxGuesses {
		_, rest, ok := strings.Cut(text, mark)
		if !ok {
			break
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return !('a' <= r && r <= 'z' || '0' <= r && r <= '9') })
		if end < 0 {
			end = len(rest)
		}
		if t, err := k.Verify(p, rest[:end]); err == nil {
			return t, true, nil
		}
		claimed, text = true, rest[end:]
	}
	return Token{}, claimed, ErrToken
}
