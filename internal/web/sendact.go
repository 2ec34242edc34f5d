package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/medigy/newsdesk/internal/delivery"
)

// steers are what can be done with an edition that is scheduled or frozen.
var steers = []string{"continue", "pause", "resume", "cancel", "retry-failed", "retry-uncertain", "unschedule"}

// serveSend does what the panel's buttons ask for. Sending and scheduling are of the
// mail that the editor saw, by its hash, and of no other.
func (p *Preview) serveSend(w http.ResponseWriter, r *http.Request) {
	v, form, ok := p.wantForm(w, r)
	if !ok {
		return
	}
	do, by := form.Get("do"), p.orderer(r)
	key := delivery.Key{Digest: v.digest, Period: v.period}
	var sending Sending
	if v.now.desk != nil {
		sending = v.now.desk.Sending
	}
	if sending == nil {
		reply(w, http.StatusUnprocessableEntity, editAnswer{Error: "This desk sends nothing."})
		return
	}
	ctx := context.WithoutCancel(r.Context()) // begun is begun, whether or not the page stays
	var err error
	switch {
	case do == "send" || do == "schedule":
		if status, why := p.whyNotSend(v, form.Get("hash"), form.Get("override"), by); status != 0 {
			reply(w, status, editAnswer{Error: why})
			return
		}
		o := Order{key, form.Get("hash"), by, oneLine(form.Get("override"))}
		if do == "send" {
			err = sending.Send(ctx, o)
		} else {
			err = sending.Schedule(ctx, o, form.Get("at"))
		}
	case slices.Contains(steers, do):
		err = sending.Steer(ctx, key, do, by)
	default:
		err = editError("The page asks for something that this newsdesk does not know: reload it.")
	}
	if err != nil {
		p.log.Warn("not done", "edition", key.String(), "what", do, "editor", by, "error", err)
		reply(w, http.StatusConflict, editAnswer{Error: err.Error()})
		return
	}
	p.log.Info("done", "edition", key.String(), "what", do, "editor", by)
	p.pages.send(p.state.touch())
	reply(w, http.StatusOK, editAnswer{Text: "Done."})
}

// whyNotSend says why an edition can't be sent; without a reason the status is 0.
func (p *Preview) whyNotSend(v *shown, hash, override, by string) (status int, why string) {
	switch {
	case v.err != nil || v.proof.Issue == nil:
		return http.StatusUnprocessableEntity, "There is nothing to send: the edition is empty or can't be rendered."
	case hash != v.proof.Hash:
		return http.StatusConflict, "The edition has changed since you looked at it. Look again, then send it."
	case v.proof.mailView(v.now.desk.Own).Errors > 0 && oneLine(override) == "":
		return http.StatusUnprocessableEntity, "The checks find errors in this mail: mend them first, or say why it goes out all the same."
	case by == "":
		return http.StatusUnprocessableEntity, "Say who you are: the log keeps who sent it."
	}
	return 0, ""
}

// note logs what was done elsewhere on the page.
func (p *Preview) note(r *http.Request, v *shown, action, hash, detail string) {
	if v.now.desk == nil || v.now.desk.Sending == nil {
		return
	}
	by := p.orderer(r)
	if by == "" {
		by = "desk"
	}
	e := delivery.Entry{Digest: v.digest, Period: v.period, By: by, Action: action, Hash: hash, Detail: detail}
	if err := v.now.desk.Sending.Note(context.WithoutCancel(r.Context()), e); err != nil {
		p.log.Error("the log of what was done", "edition", v.digest+"/"+v.period, "what", action, "error", err)
	}
}
