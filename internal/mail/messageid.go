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

// FeedbackID gives the Feedback-ID of an edition, by which Gmail's Postmaster
// Tools count complaints: "2021-W39:weekly:digest:medigy-example". Of its four
// parts the last is the sender's and must have 5 to 15 characters and never
// change; the others are groups of messages to be told apart. It is the same for
// all recipients: a value with few messages is not counted.
//
// The format is Gmail's: https://support.google.com/mail/answer/6254652.
func FeedbackID(digest, period, domain string) string {
	sender := strings.ReplaceAll(strings.ToLower(domain), ".", "-")
	if len(sender) > 15 {
		sender = sender[len(sender)-15:] // the end is what the sender owns
	}
	for len(sender) < 5 {
		sender += "-"
	}
	part := strings.NewReplacer(":", "-", " ", "-")
	return part.Replace(period) + ":" + part.Replace(digest) + ":digest:" + sender
}
