// Package doctor finds out whether mail can go out and will be taken: it asks
// the relay, the DNS, the clock, the disk and a sample message, and tells for
// each what is right, what is not, and what to do.
//
// Exam.Run makes one Finding after the other (relay.go, certificate.go, spf.go,
// dkim.go, dmarc.go, hosts.go, header.go, links.go, disk.go); whoever knows more
// (the database, the templates) appends findings of its own. Rules then says of
// each thing that Gmail, Yahoo and Microsoft want of those who send to many
// whether it is met: not if one of its areas has an error, and nobody knows if an
// area has no OK.
//
// Nothing is sent: the relay hears EHLO, STARTTLS, the login, MAIL FROM, RSET
// and QUIT. Nothing is written, on disk or elsewhere.
//
// SPF is evaluated as RFC 7208 has it, but for ptr, exists and macros, which
// depend on each connection; they are counted and told. Of DMARC it is RFC 7489:
// the record of the domain or else of its organisational domain, by the public
// suffix list. DNSSEC, BIMI, MTA-STS and block lists are not looked at.
package doctor
