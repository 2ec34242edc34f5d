// Package numbers counts: how the audience grows, how an edition went, and what
// its readers did about it. It reads the tables of packages audience, delivery and
// outbox and changes none of them.
//
// What is shown comes from three places, so that a page is quick also with a
// million subscribers and hundreds of editions:
//
//   - the tallies of the ledger, which are kept while an edition is sent;
//   - the audit log, which tells by day, and by edition, who came and who left.
//     Days that are over are counted once and kept in audience_day (KeepDays);
//   - the ledger's rows, for mail domains, reasons and the messages of each
//     minute. Those of an edition are read once when it is done and kept in
//     edition_numbers (KeepEdition), for as long as its tally is the same.
//
// A database that was opened for reading keeps nothing; it only takes longer.
//
// No number here is about one person, and no address comes out of this package:
// what a mail server said is shown without what may be one (scrub).
package numbers
