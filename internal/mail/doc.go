// Package mail composes messages and hands them to a mail server. It knows
// nothing of editions or subscribers, and it is the only package that knows
// go-mail.
//
//	Template ─Encode─▶ Encoded ─Append─▶ the message of one Recipient ─Stream─▶ server
//
// Composing is a function: it gives the same bytes whenever and wherever it
// runs, so a message that must be sent again is the same message. A Template is
// encoded once for all who get it, with places left for what is a recipient's
// own; a message is then little more than a copy of its bytes.
//
// go-mail does not do this part: it sorts the header's fields by name, breaks
// lines inside of the places to fill, nests multipart/related the other way
// round (all images then belong to the text part too), and needs a hundred times
// as long for each recipient.
//
// Submitting is a dialogue of our own over a connection that go-mail's client
// greeted, encrypted and logged in. The reason is the final dot: the moment in
// which the server takes over. The ledger must write down its intent before
// that dot and must know, when the connection breaks, on which side of it the
// break was. Session.Stream asks its Handler between the body and the dot, and
// Error tells the two sides apart (Uncertain). Session.Send is a stream of one.
//
// What go-mail's client would do is done differently here, each with a test: it
// sends NOOP before and RSET after every message; an error while the body is
// written leaves the next command to end the message, half of which is then
// delivered; an error of RSET after 250 becomes the delivered message's; one
// deadline holds for the whole dialogue; the end of the connection and time-outs
// look permanent; a message of 7bit is declared 8BITMIME.
//
// A Pool keeps the connections to a server for any number of streams.
package mail
