package mail

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
)

// MessageID gives the Message-ID, without angle brackets, of one digest's
// period to one address: always the same, different for every recipient, and
// without anything that tells who the recipient is. The part before the @ has
// 26 characters. Domain is the sender's.
func MessageID(digest, period, address, domain string) string {
	h := sha256.New()
	for _, part := range []string{digest, period, address} {
		fmt.Fprintf(h, "%d\n%s", len(part), part) // lengths keep "a","bc" and "ab","c" apart
	}
	id := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil)[:16])
	return strings.ToLower(id) + "@" + domain
}
