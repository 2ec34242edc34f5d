// Package bounce reads what comes back: the mails that mail servers, mailbox
// providers and subscribers send to the addresses of a digest. Parse tells what one
// of them means, as Verdicts: the address is dead (Hard), or did not take this mail
// (Soft), its owner complains or wants to leave, or a machine answers and nothing
// is to happen. ReadStream, ReadMaildir and an IMAP get the mails and give the
// verdicts to a Sink; Webhook takes the same from providers over HTTP.
//
// # What is believed
//
// Anybody can send a mail that looks like a report. So each message of a digest has
// an envelope sender of its own, bounce+TOKEN@example.org (variable envelope return
// path), and Keys signs the token: a report that carries it was made by somebody who
// had that message, and Verdict.Subscriber says whose it was. A token that is not
// ours makes the verdict Refused. A report without any is told, with Subscriber 0 and
// only the address that it claims; a sink should suppress nobody for it.
//
// A token names one recipient of one message. If its report names several, because
// the address was forwarded, the mildest counts: who got it at one of them has not
// bounced.
//
// # Nothing lost, nothing twice
//
// A mail is marked as read (moved to cur/, flagged \Seen or moved to a folder) after
// the sink has taken all of its verdicts. A crash in between makes the next run give
// them again, with the same Verdict.ID: a sink that keeps the ID in the transaction
// of what it changes takes each once.
//
// # What is read
//
// Delivery reports of RFC 3464 and 6533, also where they are nested, cut off, in
// another charset or without their media type; qmail's QSBMF; the plain texts of
// Exim, Sendmail, Exchange, Yahoo, Gmail and others by their wording; ARF (RFC 5965);
// automatic replies (RFC 3834) and receipts (RFC 8098). Input is hostile: at most
// Options.Limit octets of a mail are looked at, in time proportional to that.
package bounce
