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
)

// getConfirm shows a button. It does not even look whether there is such a
// sign-up: link scanners open this page before people do.
func (v *visit) getConfirm() {
	if err := v.Desk.CheckConfirm(v.token); err != nil {
		v.fail(err)
		return
	}
	v.show(http.StatusOK, "confirm.html", v.look("One more click"))
}

func (v *visit) postConfirm() {
	c, err := v.Desk.Confirm(v.r.Context(), v.token, v.client.String())
	if err != nil {
		v.fail(err)
		return
	}
	l := v.look("You are subscribed")
	l.Text = "The next edition of " + v.Title + " comes to your inbox."
	if c.Moved {
		l.Heading, l.Text = "Your new address is in use", "From now on "+v.Title+" comes to it, and no longer to the old one."
	}
	l.Link, l.Label = v.path+"preferences/"+c.Preferences, "Preferences"
	v.show(http.StatusOK, "notice.html", l)
}

func (v *visit) getUnsubscribe() {
	if _, err := v.Desk.Tokens.Verify(v.token, audience.Unsubscribe); err != nil {
		v.fail(err)
		return
	}
	v.show(http.StatusOK, "unsubscribe.html", v.look("Unsubscribe from "+v.Title))
}

// postUnsubscribe ends the subscription, whatever the body says: our page's button
// and the one-click POST of a mail program (RFC 8058, 3.2) want the same.
func (v *visit) postUnsubscribe() {
	io.Copy(io.Discard, v.r.Body) // so that the connection can go on; too long a body ends it
	if err := v.Desk.Unsubscribe(v.r.Context(), v.token); err != nil {
		v.fail(err)
		return
	}
	v.unsubscribed()
}

func (v *visit) unsubscribed() {
	l := v.look("You are unsubscribed")
	l.Text = "You will get no more of " + v.Title + ". Thank you for having read us."
	l.Subscribe = true
	v.show(http.StatusOK, "notice.html", l)
}

func (v *visit) getPreferences() { v.preferences(http.StatusOK, "", "") }

// preferences shows the page with what is so, and what was done or is wrong.
func (v *visit) preferences(status int, done, problem string) {
	s, err := v.Desk.View(v.r.Context(), v.token)
	if err == nil && s.State != audience.Active && s.State != audience.Paused {
		err = signup.ErrGone
	}
	if err != nil {
		v.fail(err)
		return
	}
	now := v.Now().In(v.Zone)
	l := v.look("Your " + v.Title)
	l.Done, l.Problem, l.Subscriber, l.Masked = done, problem, s, masked(s.Address)
	l.First, l.Last = now.AddDate(0, 0, 1).Format(time.DateOnly), now.AddDate(1, 0, 0).Format(time.DateOnly)
	l.Form = formValues{Topics: s.Topics, Digests: s.Digests, Language: s.Language}
	if s.State == audience.Paused && (s.Until.IsZero() || s.Until.After(now)) {
		l.Until = "further notice"
		if !s.Until.IsZero() {
			l.Until = s.Until.In(v.Zone).Format("2 January 2006")
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
		v.notice(http.StatusBadRequest, "This does not work", "The form did not arrive whole. Please send it again.")
		return
	}
	ctx := v.r.Context()
	var err error
	done := "Saved."
	switch v.r.PostForm.Get("do") {
	case "choose":
		f := formValues{Topics: v.r.PostForm["topics"], Digests: v.r.PostForm["digests"], Language: v.r.PostForm.Get("language")}
		if problem := v.checkChoice(f); problem != "" {
			v.preferences(http.StatusBadRequest, "", problem)
			return
		}
		err = v.Desk.Choose(ctx, v.token, audience.Choice{Topics: f.Topics, Digests: f.Digests, Language: f.Language})
	case "pause":
		v.pause()
		return
	case "resume":
		done = "You get the mail again."
		err = v.Desk.Resume(ctx, v.token)
	case "move":
		v.moveTo()
		return
	case "leave":
		if err = v.Desk.Leave(ctx, v.token); err == nil {
			v.unsubscribed()
			return
		}
	default:
		v.preferences(http.StatusBadRequest, "", "Please use one of the buttons.")
		return
	}
	if err != nil {
		v.fail(err)
		return
	}
	v.preferences(http.StatusOK, done, "")
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
		v.preferences(http.StatusUnprocessableEntity, "", "Please choose a day from tomorrow on, within a year.")
		return
	}
	if err := v.Desk.Pause(v.r.Context(), v.token, until); err != nil {
		v.fail(err)
		return
	}
	v.preferences(http.StatusOK, "There is no mail until "+until.Format("2 January 2006")+".", "")
}

// moveTo asks for another address. The answer is the same whoever has it.
func (v *visit) moveTo() {
	if wait, ok := v.accept.allow(v.client, v.Now()); !ok {
		v.w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		v.preferences(http.StatusTooManyRequests, "", "There were too many changes from your network. Please try again later.")
		return
	}
	err := v.Desk.MoveTo(v.r.Context(), v.token, strings.TrimSpace(v.r.PostForm.Get("email")), v.client.String())
	if wrong, ok := errors.AsType[*signup.AddressError](err); ok {
		v.preferences(http.StatusUnprocessableEntity, "", "Please check the address: "+wrong.Error()+".")
		return
	}
	if err != nil {
		v.fail(err)
		return
	}
	v.preferences(http.StatusOK, "We have sent a mail to the new address. Open the link in it; until then the old one is used.", "")
}
