// Package outbox sends letters: mails to one person each, such as the one that
// asks to confirm a subscription.
//
// A letter is a row in the database, put there in the transaction of the change
// that it is about, so there is never one without the other. It says what it is
// about and not what it says: the text is made when it is sent, so a letter that
// waited is as true as one that did not.
//
// That row is the queue, too. A job of River's for each letter (internal/work) would
// say the same a second time, could not be counted by address, and costs a third of
// the sign-ups that one disk takes; so one job, to send what is due, is for them all.
//
// A Sender takes the letters that are due and tries again, ever later, those that
// the server refuses for now. Taking a letter is moving its due time ahead: who
// is killed holding one has delayed it by some minutes. If the Sender is killed
// between the server's yes and writing it down, which it does for some letters at
// once, those may go out twice; they have the same Message-ID then.
package outbox
