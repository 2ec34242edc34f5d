// Package mailcheck finds what is wrong with a mail before anybody gets it:
// what mail clients do not show, what readers can't read, what makes spam
// filters suspicious, and what is left over or missing.
//
// Check reads a Mail into one tree with lines (tree.go) and gives it to one
// function for each concern: clients.go, links.go, images.go, contrast.go,
// size.go, text.go, access.go, spam.go, header.go. Reach (reach.go) asks for the
// links as well. An error is something that must not go out, a warning something
// that a reader will notice, a note something to know.
//
// What clients show is in caniemail.json: the features of caniemail.com (npm
// caniemail 1.0.5, data of 9 September 2025, under the licence in
// caniemail.LICENSE) and, for the newest tested version of each client that
// newsdesk writes for, whether it has the feature (y), in part (a), not (n), or
// nobody knows (?).
package mailcheck
