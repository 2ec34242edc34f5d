package audience

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"math"
	"regexp"
	"testing"
	"time"
)

func TestTokens(t *testing.T) {
	db := openDB(t)
	tokens, err := OpenTokens(t.Context(), db, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	again, err := OpenTokens(t.Context(), db, rand.Reader) // as the next process does
	if err != nil {
		t.Fatal(err)
	}
	other, err := OpenTokens(t.Context(), openDB(t), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []int64{1, 127, 128, 123456, math.MaxInt64} {
		token := tokens.Sign(id, Unsubscribe)
		if !regexp.MustCompile(`^[A-Za-z0-9_-]{23,35}$`).MatchString(token) {
			t.Errorf("token %q", token)
		}
		if got, err := again.Verify(token, Unsubscribe); err != nil || got != id {
			t.Errorf("Verify(%q) = %d, %v; want %d", token, got, err, id)
		}
		in := tokens.SignIn(id, 300, Unsubscribe)
		if got, edition, err := again.VerifyIn(in, Unsubscribe); err != nil || got != id || edition != 300 {
			t.Errorf("VerifyIn(%q) = %d, %d, %v; want %d, 300", in, got, edition, err, id)
		}
		if _, _, err := tokens.VerifyAt(in, Unsubscribe); !errors.Is(err, ErrToken) {
			t.Errorf("an edition is taken for a time: %v", err)
		}
		if _, err := tokens.Verify(tokens.SignAt(id, Confirm, time.Unix(300, 0)), Confirm); !errors.Is(err, ErrToken) {
			t.Errorf("a sign-up is taken for a subscriber: %v", err)
		}
		if _, err := tokens.Verify(token, Preferences); !errors.Is(err, ErrToken) {
			t.Errorf("a token to unsubscribe opens the preferences: %v", err)
		}
		if _, err := other.Verify(token, Unsubscribe); !errors.Is(err, ErrToken) {
			t.Errorf("a token of another database is taken: %v", err)
		}
	}
}

// TestTokensForged changes every character of a token in turn.
func TestTokensForged(t *testing.T) {
	tokens := &Tokens{[][]byte{bytes.Repeat([]byte("k"), keySize)}}
	token := tokens.Sign(300, Unsubscribe)
	for _, s := range []string{"", token[:22], token + "A", token + "=", "é" + token} {
		if id, err := tokens.Verify(s, Unsubscribe); err == nil {
			t.Errorf("%q is taken as subscriber %d", s, id)
		}
	}
	for i := range token {
		for _, c := range []byte("AB-_9") {
			forged := []byte(token)
			if forged[i] == c {
				continue
			}
			forged[i] = c
			if id, err := tokens.Verify(string(forged), Unsubscribe); err == nil {
				t.Errorf("%s is taken as subscriber %d", forged, id)
			}
		}
	}
}

func TestOpenTokensNeedsRandomness(t *testing.T) {
	if _, err := OpenTokens(t.Context(), openDB(t), bytes.NewReader([]byte("short"))); err == nil {
		t.Error("a key was made of five bytes")
	}
}

func TestRotateTokens(t *testing.T) {
	db := openDB(t)
	before, err := OpenTokens(t.Context(), db, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	old := before.Sign(7, Unsubscribe)
	for range 2 {
		if err := RotateTokens(t.Context(), db, rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	after, err := OpenTokens(t.Context(), db, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if id, err := after.Verify(old, Unsubscribe); err != nil || id != 7 {
		t.Errorf("a token in a mail: %d, %v", id, err)
	}
	if token := after.Sign(7, Unsubscribe); token == old {
		t.Error("the old key signs on")
	} else if _, err := before.Verify(token, Unsubscribe); err == nil {
		t.Error("the old key verifies what the new one signed")
	}
}

func TestSignAt(t *testing.T) {
	tokens := &Tokens{[][]byte{bytes.Repeat([]byte("k"), keySize)}}
	at := time.Date(2021, 11, 1, 7, 0, 0, 5, time.UTC)
	token := tokens.SignAt(300, Confirm, at)
	id, got, err := tokens.VerifyAt(token, Confirm)
	if err != nil || id != 300 || !got.Equal(at.Truncate(time.Second)) || len(token) > 48 {
		t.Errorf("%s gives %d, %v, %v", token, id, got, err)
	}
	for name, f := range map[string]func() error{
		"of another purpose": func() error { _, _, err := tokens.VerifyAt(token, Form); return err },
		"without its time":   func() error { _, err := tokens.Verify(token, Confirm); return err },
		"with a time":        func() error { _, _, err := tokens.VerifyAt(tokens.Sign(300, Confirm), Confirm); return err },
		"of a number too big": func() error {
			_, err := tokens.Verify(tokens.sign(bytes.Repeat([]byte{0xff}, 12), Confirm), Confirm)
			return err
		},
	} {
		if err := f(); !errors.Is(err, ErrToken) {
			t.Errorf("a token %s: %v", name, err)
		}
	}
}

// FuzzTokens holds that a token has one spelling and one meaning: what is taken is what
// we would sign, for its purpose alone.
func FuzzTokens(f *testing.F) {
	tokens := &Tokens{[][]byte{bytes.Repeat([]byte("k"), keySize), bytes.Repeat([]byte("l"), keySize)}}
	f.Add([]byte{1}, tokens.Sign(300, Unsubscribe))
	f.Add([]byte{0x80, 0x00}, tokens.SignIn(300, 7, Preferences)) // a number with a longer spelling
	f.Add([]byte{1, 2, 3}, tokens.SignAt(300, Confirm, time.Unix(1_700_000_000, 0)))
	f.Add(bytes.Repeat([]byte{0xff}, 20), "é=")
	f.Fuzz(func(t *testing.T, content []byte, token string) {
		for _, p := range []Purpose{Unsubscribe, Preferences, Confirm, Form} {
			for _, token := range []string{token, tokens.sign(content, p)} {
				if id, edition, err := tokens.VerifyIn(token, p); err == nil && token != tokens.Sign(id, p) && token != tokens.SignIn(id, edition, p) && !long(content) {
					t.Errorf("%q is subscriber %d, edition %d for %s", token, id, edition, p)
				}
				if id, at, err := tokens.VerifyAt(token, p); err == nil && token != tokens.SignAt(id, p, at) && !long(content) {
					t.Errorf("%q is %d at %v for %s", token, id, at, p)
				}
			}
			for _, other := range []Purpose{Unsubscribe, Preferences, Confirm, Form} {
				if _, err := tokens.verify(tokens.sign(content, p), other); err == nil && other != p {
					t.Errorf("a token of %q for %s is good for %s", content, p, other)
				}
			}
		}
	})
}

// long reports whether one of the numbers in content, which only we could sign, has a
// longer spelling than it needs.
func long(content []byte) bool {
	var shortest []byte
	for rest := content; len(rest) > 0; {
		number, size := binary.Uvarint(rest)
		if size <= 0 {
			return true
		}
		shortest, rest = binary.AppendUvarint(shortest, number), rest[size:]
	}
	return !bytes.Equal(shortest, content)
}
