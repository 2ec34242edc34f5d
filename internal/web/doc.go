// Package web serves what newsdesk makes: the output folder and the newsletter's
// pages to the world, by Server, and to editors the desk, by Preview, on which an
// edition is looked at, shaped, approved and sent.
//
// The files server*.go and missing.go are Server's, subscribe*.go Newsletter's; the
// others are the desk's, but for numbersmetrics.go, which is of /metrics wherever it
// is.
//
// A Server holds the whole output in memory, as a snapshot that is not changed
// after it is shown; the next takes its place between two requests. Every file
// has its header values and its compressed variants made before they are asked
// for, so that an answer is a look-up in a map and a write. No name of a request
// ever reaches a file system. Plain requests, which most are, are answered without
// net/http (serverconn.go, servertalk.go), with the same bytes; what is not plainly
// right is for net/http to judge.
//
// What a server does besides, the newsletter, webhooks and whom /metrics answers, are
// its parts (serverparts.go), which may change while requests are answered: each is
// answered by what it found, and what nobody uses any more is told, to be closed.
//
// A Newsletter answers, inside a Server, for the pages on which people subscribe and
// leave. Its forms are plain HTML; what they do is package signup's.
//
// The preview, the editors' desk, makes nothing of its own. A Desk holds what one
// load of content, templates and configuration gave, and renders an edition by the
// functions that digest send calls; the page shows those bytes and the hash that send
// freezes. When a file changes, a new Desk takes the old one's place and every open
// page is told so by a server-sent event. A load that fails changes nothing but the
// panel that says why: the last good edition stays on view.
//
// What editors decide is one change at a time (edit.go), made in the edition's file
// at once (files.go). Each names the version of the file that its editor saw. If
// that is no longer the file's, the change goes in only where it touches nothing
// that was changed since; else its editor is shown both texts. Versions are kept in
// memory, for undo. A file with faults is shown and left as it is.
//
// Sending (send.go) is asked of whoever has the database and the mail servers: an
// edition is sent as its editor saw it, by its hash, or not at all. How far it is comes
// from the database twice a second while a page is open (sendlive.go), so that it is
// true whichever process sends, and goes to all pages as a server-sent event. A log
// keeps who did what.
//
// Everything shown is untrusted: articles come from elsewhere. The page is made
// by html/template under a policy that allows no inline script or style, the
// mail lives in a sandboxed frame in which no script runs, and no request whose
// Host is neither this machine nor in Access.Hosts is answered, so that a web site
// cannot reach the desk by pointing its own name here (DNS rebinding). Changes are
// taken only from the page itself, and from others than this machine only with a
// password, which cannot be guessed fast (throttle.go), or from a proxy that names
// them (guard.go).
package web
