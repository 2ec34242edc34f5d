package web

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/signup"
	"github.com/medigy/newsdesk/internal/words"
)

// getConfirm shows a button. It does not even look whether there is such a
// sign-up: link scanners open this page before people do.
func (v *visit) getConfirm() {
	if err := v.Desk.CheckConfirm(v.token); err != nil {
		v.fail(err)
		return
	}
	v.show(http.StatusOK, "confirm.html", v.look(v.voice.Words.OneStep))
}

func (v *visit) postConfirm() {
	c, err := v.Desk.Confirm(v.r.Context(), v.token, v.client.String(), v.voice.Language)
	if err != nil {
		v.fail(err)
		return
	}
	w := v.voice.Words
	l := v.look(w.Subscribed)
	l.Text = w.SubscribedText
	if c.Moved {
		l.Heading, l.Text = w.Moved, w.MovedText
	}
	l.Link = v.path + "preferences/" + c.Preferences + "?lang=" + v.voice.Language
	v.show(http.StatusOK, "notice.html", l)
}

func (v *visit) getUnsubscribe() {
	if _, err := v.Desk.Tokens.Verify(v.token, audience.Unsubscribe); err != nil {
		v.fail(err)
		return
	}
	// What language is hers is not worth failing for.
	if own, err := v.Desk.Language(v.r.Context(), v.token, audience.Unsubscribe); err == nil {
		v.voice = v.Voices.In(own, v.voice.Language)
	}
	v.show(http.StatusOK, "unsubscribe.html", v.look(v.voice.Words.LeaveFrom))
}

// postUnsubscribe ends the subscription, whatever the body says: our page's button
// and the one-click POST of a mail program (RFC 8058, 3.2) want the same. What
// language such a program speaks says nothing of its owner.
func (v *visit) postUnsubscribe() {
	io.Copy(io.Discard, v.r.Body) // so that the connection can go on; too long a body ends it
	if err := v.Desk.Unsubscribe(v.r.Context(), v.token, v.asked); err != nil {
		v.fail(err)
		return
	}
	v.unsubscribed()
}

func (v *visit) unsubscribed() {
	l := v.look(v.voice.Words.Left)
	l.Text, l.More, l.Subscribe = v.voice.Words.LeftText, v.voice.Words.WelcomeBack, true
	v.show(http.StatusOK, "notice.html", l)
}

func (v *visit) getPreferences() { v.preferences(http.StatusOK, nil, nil) }

// text gives a text in the language of whoever sees it, which is known only when
// she is read.
type text func(*words.Words) string

// preferences shows the page with what is so, and what was done or is wrong.
func (v *visit) preferences(status int, done, problem text) {
	s, err := v.Desk.View(v.r.Context(), v.token)
	if err == nil && s.State != audience.Active && s.State != audience.Paused {
		err = signup.ErrGone
	}
	if err != nil {
		v.fail(err)
		return
	}
	v.voice = v.Voices.In(s.Language, v.voice.Language)
	w := v.voice.Words
	now := v.Now().In(v.Zone)
	l := v.look(w.Preferences)
	if done != nil {
		l.Done = done(w)
	}
	if problem != nil {
		l.Problem = problem(w)
	}
	l.Subscriber, l.Masked = s, masked(s.Address)
	l.First, l.Last = now.AddDate(0, 0, 1).Format(time.DateOnly), now.AddDate(1, 0, 0).Format(time.DateOnly)
	l.Form = formValues{Topics: s.Topics, Digests: s.Digests, Language: s.Language}
	if s.State == audience.Paused && (s.Until.IsZero() || s.Until.After(now)) {
		l.Paused = w.NoMail
		if !s.Until.IsZero() {
			l.Paused = w.OnDay(w.NoMailUntil, s.Until.In(v.Zone))
		}
	}
	v.show(status, "preferences.html", l)
}

// masked shows an address to who knows it, and not to who got a forwarded mail.
func masked(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	_, n := utf8.DecodeRuneInString(local)
	return local[:n] + "•••@" + domain
}

// postPreferences does what one of the page's forms is for.
func (v *visit) postPreferences() {
	if _, err := v.Desk.Tokens.Verify(v.token, audience.Preferences); err != nil {
		v.fail(err)
		return
	}
	if err := v.r.ParseForm(); err != nil {
		v.notice(http.StatusBadRequest, v.voice.Words.Fails, v.voice.Words.BadForm)
		return
	}
	ctx := v.r.Context()
	var err error
	done := func(w *words.Words) string { return w.Saved }
	switch v.r.PostForm.Get("do") {
	case "choose":
		f := formValues{Topics: v.r.PostForm["topics"], Digests: v.r.PostForm["digests"], Language: v.r.PostForm.Get("language")}
		if p := v.checkChoice(f); p.code != "" {
			v.preferences(http.StatusBadRequest, nil, func(w *words.Words) string { return w.BadChoice })
			return
		}
		err = v.Desk.Choose(ctx, v.token, audience.Choice{Topics: f.Topics, Digests: f.Digests, Language: f.Language})
	case "pause":
		v.pause()
		return
	case "resume":
		done = func(w *words.Words) string { return w.Resumed }
		err = v.Desk.Resume(ctx, v.token)
	case "move":
		v.moveTo()
		return
	case "leave":
		if err = v.Desk.Leave(ctx, v.token, v.voice.Language); err == nil {
			v.unsubscribed()
			return
		}
	default:
		v.preferences(http.StatusBadRequest, nil, func(w *words.Words) string { return w.BadForm })
		return
	}
	if err != nil {
		v.fail(err)
		return
	}
	v.preferences(http.StatusOK, done, nil)
}

// pause stops the mail for some weeks, or until the morning of a day.
func (v *visit) pause() {
	now := v.Now().In(v.Zone)
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, v.Zone)
	until, err := time.ParseInLocation(time.DateOnly, v.r.PostForm.Get("until"), v.Zone)
	if text := v.r.PostForm.Get("weeks"); text != "" {
		weeks, wrong := strconv.Atoi(text)
		if err = wrong; err == nil && (weeks < 1 || weeks > 52) {
			err = errors.New("out of range")
		}
		until = day.AddDate(0, 0, 7*weeks)
	}
	if err != nil || !until.After(now) || until.After(day.AddDate(1, 0, 1)) {
		v.preferences(http.StatusUnprocessableEntity, nil, func(w *words.Words) string { return w.BadDay })
		return
	}
	if err := v.Desk.Pause(v.r.Context(), v.token, until); err != nil {
		v.fail(err)
		return
	}
	v.preferences(http.StatusOK, func(w *words.Words) string { return w.OnDay(w.NoMailUntil, until) }, nil)
}

// moveTo asks for another address. The answer is the same whoever has it.
func (v *visit) moveTo() {
	if wait, ok := v.accept.allow(v.client, v.Now()); !ok {
		v.w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		v.preferences(http.StatusTooManyRequests, nil, func(w *words.Words) string { return w.TooMany })
		return
	}
	err := v.Desk.MoveTo(v.r.Context(), v.token, strings.TrimSpace(v.r.PostForm.Get("email")), v.client.String(), v.voice.Language)
	if _, ok := errors.AsType[*signup.AddressError](err); ok {
		v.preferences(http.StatusUnprocessableEntity, nil, func(w *words.Words) string { return w.BadAddress })
		return
	}
	if err != nil {
		v.fail(err)
		return
	}
	v.preferences(http.StatusOK, func(w *words.Words) string { return w.MoveSent }, nil)
}
