// Package audience keeps the subscribers: who gets the digests, and who must
// not get them any more.
//
// A subscriber is one address. Two spellings that differ in upper and lower
// case are one subscriber, though RFC 5321, 2.4 lets a server tell them apart:
// none does, and a person who gets two copies is annoyed. Who leaves stays as
// an unsubscribed row, so a later import of an old list can't bring the address
// back.
//
// Links in mails name a subscriber by a token, not by an address or a number
// that could be guessed: see Tokens.
package audience
