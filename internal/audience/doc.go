// Package audience keeps the subscribers: who gets the digests, and who must
// not get them any more.
//
// A subscriber is one address. Two spellings that differ in upper and lower
// case are one subscriber, though RFC 5321, 2.4 lets a server tell them apart:
// none does, and a person who gets two copies is annoyed.
//
// Who leaves stays as a row in the state unsubscribed (bounced, complained), so
// a later import of an old list can't bring the address back. Who is erased
// leaves a row without address, because ledger and audit log count it, and a
// keyed hash of the address among the suppressions; see Erase and Suppressor. In
// both cases only the person herself undoes it: Signup.Again, with the evidence.
//
// Every change writes a row of the audit log in the same transaction. The log
// holds numbers of subscribers and no personal data, and the database refuses to
// change or delete its rows. An import writes a row for each batch that it
// commits: those it added have the import's consent.
//
// A subscriber's topics, language and digests are her selection. All who made
// the same one are a segment and get the same bytes; see Segments. None chosen
// is all.
//
// Mails that come back change subscribers, too: see Take. Each is taken once, and
// only with proof of whom it is about.
//
// Links in mails name a subscriber by a token, not by an address or a number
// that could be guessed: see Tokens.
package audience
