package bounce

import (
	"bytes"
	"math"
	"regexp"
	"strings"
	"testing"
)

func TestToken(t *testing.T) {
	k := testKeys(t, "k")
	for _, who := range []Token{{0, 0}, {1, 1}, {7, 42}, {1 << 20, 1 << 31}, {math.MaxInt64, math.MaxInt64}} {
		text := k.Sign(ForBounce, who)
		if !regexp.MustCompile(`^[a-z2-7]{20,45}$`).MatchString(text) {
			t.Errorf("token %q", text)
		}
		for _, spelt := range []string{text, strings.ToUpper(text)} {
			if got, err := k.Verify(ForBounce, spelt); err != nil || got != who {
				t.Errorf("Verify(%q) = %v, %v; want %v", spelt, got, err, who)
			}
		}
		if address := k.Address("bounce@news.example", ForBounce, who); address != "bounce+"+text+"@news.example" || strings.IndexByte(address, '@') > 64 {
			t.Errorf("address %q", address)
		}
	}
}

// TestTokenForged holds that no change of a token is taken, nor one for something
// else.
func TestTokenForged(t *testing.T) {
	k := testKeys(t, "k")
	good := k.Sign(ForBounce, Token{7, 42})
	forged := []string{"", "a", good[:len(good)-1], good + "a", good + good, " " + good, good + "=", good + "\n", testKeys(t, "x").Sign(ForBounce, Token{7, 42}), k.Sign(ForUnsubscribe, Token{7, 42})}
	for i := range good {
		for _, c := range "abcdefghijklmnopqrstuvwxyz234567018-é" {
			if changed := good[:i] + string(c) + good[i+1:]; changed != good {
				forged = append(forged, changed)
			}
		}
	}
	for _, token := range forged {
		if got, err := k.Verify(ForBounce, token); err != ErrToken {
			t.Errorf("Verify(%q) = %v, %v", token, got, err)
		}
	}
}

// TestTokenRotation holds that the newest key signs, older ones verify, and a dropped
// one does not.
func TestTokenRotation(t *testing.T) {
	who := Token{7, 42}
	before, during, after := testKeys(t, "a"), testKeys(t, "b", "a"), testKeys(t, "b")
	old, fresh := before.Sign(ForBounce, who), during.Sign(ForBounce, who)
	if fresh != after.Sign(ForBounce, who) {
		t.Error("the newest key does not sign")
	}
	for _, token := range []string{old, fresh} {
		if _, err := during.Verify(ForBounce, token); err != nil {
			t.Error(err)
		}
	}
	if _, err := after.Verify(ForBounce, old); err != ErrToken {
		t.Errorf("a dropped key verifies: %v", err)
	}
	if _, err := NewKeys(); err == nil {
		t.Error("no key is no error")
	}
	if _, err := NewKeys([]byte("short")); err == nil {
		t.Error("a short key is no error")
	}
}

// FuzzFind holds that what is found in an address or a text is a token that we signed
// for that purpose, in whatever case, and that nothing makes it fail otherwise.
func FuzzFind(f *testing.F) {
	k, err := NewKeys(bytes.Repeat([]byte("k"), minKey))
	if err != nil {
		f.Fatal(err)
	}
	base := "bounce@example.org"
	f.Add(k.Address(base, ForBounce, Token{3, 4}))
	f.Add("SRS0=x=y=example.org=BOUNCE+" + strings.ToUpper(k.Sign(ForBounce, Token{3, 4})) + "@forwarder.example")
	f.Add(k.Address(base, ForUnsubscribe, Token{3, 4}) + strings.Repeat("bounce+", 100))
	f.Add("bounce+İ\x00\xff+bounce+aaaa")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range []Purpose{ForBounce, ForUnsubscribe} {
			token, claimed, err := k.find(p, base, text)
			if err == nil && (!claimed || !strings.Contains(strings.ToLower(text), "bounce+"+k.Sign(p, token))) || err != nil && token != (Token{}) {
				t.Errorf("%q: %+v, claimed %t, %v", text, token, claimed, err)
			}
		}
	})
}
