// Package signup is how people come, choose and go by themselves: what is behind
// the public pages of a newsletter.
//
// Somebody asks for the mail by a form. What she wrote is committed to the
// database as it came, and that is all that happens before the answer: it is the
// same, and takes as long, whoever is subscribed already, so nobody can ask us
// about others. A Desk then works the requests off: it writes down a sign-up and a
// letter that asks to confirm it, or, to who is subscribed, one that says so. Only
// who confirms becomes a subscriber (double opt-in), with the evidence of it;
// other sign-ups are forgotten after a week.
//
// One address gets at most one such letter an hour and three a day that nobody
// answers, whoever fills in the form, so the form is no weapon. The letter has nothing
// in it that came by the form, so it is no carrier either. Who complained gets none.
//
// Links carry tokens (package audience): whoever has the link may do what it is
// for. To show a page never changes anything; link scanners do that all day.
//
// All changes are durable when they are answered. Those that come at one time
// share a commit (store.Group).
package signup
