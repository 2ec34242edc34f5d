package web

import (
	"bytes"
	"context"
	"errors"
	"html/template"
	"net/http"
	"strconv"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/signup"
	"github.com/medigy/newsdesk/internal/words"
)

// look is what every page shows.
type look struct {
	*NewsletterOptions
	*words.Voice
	Style   template.CSS
	Heading string
	Base    string // of links, with a slash at its end
	Token   string

	// Of single pages.
	Text, More  string
	Problem     string // with what was written
	Spoken      []words.Language
	Done        string
	Form        formValues
	Stamp       string
	Subscriber  audience.Subscriber
	Masked      string
	Paused      string // until when there is no mail, in words; or ""
	First, Last string // days of a pause
	Link        string // to the preferences
	Subscribe   bool
}

func (v *visit) look(heading string) look {
	return look{NewsletterOptions: &v.NewsletterOptions, Voice: v.voice, Style: v.style, Heading: heading, Base: v.path, Token: v.token}
}

// show renders a page. It is whole before its first byte is sent.
func (v *visit) show(status int, name string, l look) {
	var b bytes.Buffer
	if err := v.pages[name].Execute(&b, l); err != nil {
		v.Log.Error("a page of the newsletter can't be shown", "page", name, "error", err)
		http.Error(v.w, v.voice.Words.Later, http.StatusInternalServerError)
		return
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", l.Language)
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	v.w.WriteHeader(status)
	if v.r.Method != http.MethodHead {
		v.w.Write(b.Bytes())
	}
}

// notice shows a page that only tells something.
func (v *visit) notice(status int, heading, text string) {
	l := v.look(heading)
	l.Text = text
	v.show(status, "notice.html", l)
}

// fail tells what went wrong with a link or the database.
func (v *visit) fail(err error) {
	w := v.voice.Words
	l := v.look(w.LinkFails)
	l.Subscribe = true
	status := http.StatusGone
	switch {
	case errors.Is(err, signup.ErrLink):
		status, l.Text = http.StatusNotFound, w.LinkBroken
	case errors.Is(err, signup.ErrExpired):
		l.Text = w.LinkOld
	case errors.Is(err, signup.ErrGone):
		l.Heading, l.Text, l.More = w.Ended, w.EndedText, w.WelcomeBack
	case errors.Is(err, signup.ErrTaken):
		status, l.Heading, l.Text, l.Subscribe = http.StatusConflict, w.Taken, w.TakenText, false
	default:
		v.failing(err)
		status, l.Heading, l.Text, l.Subscribe = http.StatusServiceUnavailable, w.Later, w.LaterText, false
	}
	v.show(status, "notice.html", l)
}

// failing notes that something is wrong with us.
func (v *visit) failing(err error) {
	if !errors.Is(v.r.Context().Err(), context.Canceled) {
		v.Log.Error("the newsletter's pages can't do what was asked for", "error", err)
	}
	v.w.Header().Set("Retry-After", "30")
}
