// Package mail composes one message for one recipient and hands it to a mail
// server. It knows nothing of editions or subscribers, and it is the only
// package that knows go-mail.
//
// Composing is a function: a Message gives the same bytes whenever and wherever
// it is composed, so a message that must be sent again is the same message.
// go-mail writes the MIME structure; its own date, Message-ID, boundary and
// User-Agent, which differ from run to run, are all set or switched off.
//
// Submitting is a dialogue of our own over a connection that go-mail's client
// greeted, encrypted and logged in. The reason is the final dot: the moment in
// which the server takes over. The ledger must write down its intent before
// that dot and must know, when the connection breaks, on which side of it the
// break was. Session.Send calls back between the body and the dot, and Error
// tells the two sides apart (Uncertain).
package mail
