package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/atomicfile"
	"github.com/medigy/newsdesk/internal/delivery"
)

// maxForm is how many bytes a change may have: an edition file's largest text is
// far smaller.
const maxForm = 256 << 10

// editAnswer is what the page hears of a change.
type editAnswer struct {
	File   string    `json:"file,omitempty"`   // version of the edition file now
	Merged bool      `json:"merged,omitempty"` // the change went in beside somebody else's
	Error  string    `json:"error,omitempty"`
	Clash  *conflict `json:"conflict,omitempty"`
	Text   string    `json:"text,omitempty"` // what was done, for the status line
}

// serveEdit makes one change of an edition's choices, in its file, at once. The
// form says what (do), of which article, and from which version of the file the
// editor saw (file). A change that somebody else's is in the way of is answered
// with 409 and both, and nothing is written.
func (p *Preview) serveEdit(w http.ResponseWriter, r *http.Request) {
	v, form, ok := p.wantForm(w, r)
	if !ok {
		return
	}
	base := form.Get("file")
	var merged bool
	var err error
	switch do := form.Get("do"); do {
	case "undo":
		err = p.files.step(v.path, base, -1)
	case "redo":
		err = p.files.step(v.path, base, 1)
	default:
		var e edit
		if e, err = newEdit(form, v.now.desk, v.proof); err == nil {
			merged, err = p.files.write(v.path, base, e)
		}
	}
	p.answerWrite(w, r, v, merged, err)
}

// wantForm reads a change and the whole edition that it is of, or answers why
// there can't be one.
func (p *Preview) wantForm(w http.ResponseWriter, r *http.Request) (v *shown, form url.Values, ok bool) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		reply(w, http.StatusBadRequest, editAnswer{Error: "The change could not be read: " + err.Error()})
		return nil, nil, false
	}
	a := askedFor(r)
	a.selection = digest.Selection{}
	v = p.show(a)
	switch {
	case v.proof == nil && v.err == nil:
		reply(w, http.StatusNotFound, editAnswer{Error: "There is no such edition any more."})
	case v.path == "":
		reply(w, http.StatusConflict, editAnswer{Error: "This desk only looks: it has no folder for edition files."})
	default:
		return v, r.PostForm, true
	}
	return nil, nil, false
}

// answerWrite tells the editor what became of a change, and every open page that
// there is something new.
func (p *Preview) answerWrite(w http.ResponseWriter, r *http.Request, v *shown, merged bool, err error) {
	var clash *conflict
	var wrong editError
	switch {
	case err == nil:
	case errors.As(err, &clash):
		reply(w, http.StatusConflict, editAnswer{Error: "Somebody else has changed this meanwhile.", Clash: clash})
		return
	case errors.Is(err, errStale):
		reply(w, http.StatusConflict, editAnswer{Error: "Somebody else has changed this edition meanwhile. Look at it, then undo again."})
		return
	case errors.As(err, &wrong), len(faults(err)) > 0:
		reply(w, http.StatusUnprocessableEntity, editAnswer{Error: err.Error()})
		return
	default:
		p.log.Error("the edition's file", "error", err)
		reply(w, http.StatusInternalServerError, editAnswer{Error: "Nothing was saved: " + err.Error()})
		return
	}
	name, _ := p.options.Access.editor(r)
	p.log.Info("edited", "edition", v.digest+"/"+v.period, "what", r.PostForm.Get("do"), "article", r.PostForm.Get("article"), "editor", name)
	state, err := p.files.state(v.path)
	if err != nil {
		reply(w, http.StatusInternalServerError, editAnswer{Error: err.Error()})
		return
	}
	p.pages.send(p.state.touch())
	reply(w, http.StatusOK, editAnswer{File: state.hash, Merged: merged})
}

func reply(w http.ResponseWriter, status int, a editAnswer) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(a) // an error here is a browser that went away
}

// serveApprove writes down who found the edition good, bound to the hash that
// the editor saw, or takes that back. What was approved is kept, so that what
// changes later can be compared with it.
func (p *Preview) serveApprove(w http.ResponseWriter, r *http.Request) {
	v, form, ok := p.wantForm(w, r)
	if !ok {
		return
	}
	var approved *digest.Approval
	if form.Get("do") != "withdraw" {
		if status, why := p.whyNot(r, v, form); status != 0 {
			reply(w, status, editAnswer{Error: why})
			return
		}
		zone := v.proof.Edition.Period.Start.Location()
		approved = &digest.Approval{By: p.approver(r, form), At: p.time().In(zone).Truncate(time.Second), Hash: form.Get("hash")}
		if err := keepApproved(v.now.desk.Approved, v.proof.Hash, v.proof.Issue); err != nil {
			p.log.Error("what was approved could not be kept", "error", err)
		}
	}
	merged, err := p.files.write(v.path, form.Get("file"), edit{[]string{"approved"}, func(c *digest.Choices) error { c.Approved = approved; return nil }})
	if err == nil && approved != nil {
		p.note(r, v, delivery.DidApprove, approved.Hash, inSpite(v, oneLine(form.Get("override"))))
	} else if err == nil {
		p.note(r, v, delivery.DidDisapprove, "", "")
	}
	p.answerWrite(w, r, v, merged, err)
}

// inSpite is what the log says of a mail that was approved though it has errors, as
// digest approve words it.
func inSpite(v *shown, override string) string {
	if override == "" || v.proof.mailView(v.now.desk.Own).Errors == 0 {
		return ""
	}
	return "in spite of errors: " + override
}

// approver names who approves: who has logged in, or what the form says.
func (p *Preview) approver(r *http.Request, form url.Values) string {
	by, _ := p.options.Access.editor(r)
	return cmp.Or(by, oneLine(form.Get("by")))
}

// whyNot says why an edition can't be approved; without a reason the status is 0.
func (p *Preview) whyNot(r *http.Request, v *shown, form url.Values) (status int, why string) {
	switch {
	case v.err != nil || v.proof.Issue == nil:
		return http.StatusUnprocessableEntity, "There is nothing to approve: the edition is empty or can't be rendered."
	case form.Get("hash") != v.proof.Hash:
		return http.StatusConflict, "The edition has changed since you looked at it. Look again, then approve."
	case v.proof.mailView(v.now.desk.Own).Errors > 0 && oneLine(form.Get("override")) == "":
		return http.StatusUnprocessableEntity, "The checks find errors in this mail: mend them first, or say why it goes out all the same."
	case p.approver(r, form) == "":
		return http.StatusUnprocessableEntity, "Say who approves: the name goes into the edition's file."
	}
	return 0, ""
}

func (p *Preview) time() time.Time {
	if p.options.Clock.Now == nil {
		return time.Time{}
	}
	return p.options.Clock.Now()
}

// keepApproved keeps an issue below folder, by the hash of its approval.
func keepApproved(folder, hash string, issue *digest.Issue) error {
	if folder == "" {
		return nil
	}
	data, err := json.Marshal(approvedIssue{issue.Subject, issue.Preheader, string(issue.HTML), string(issue.Text)})
	if err != nil {
		return err
	}
	_, err = atomicfile.WriteFile(filepath.Join(folder, hash+".json"), data)
	return err
}

// approvedIssue is what is kept of an issue: what its hash is of.
type approvedIssue struct{ Subject, Preheader, HTML, Text string }

// serveTest sends the issue, as it is seen, to addresses that the form names.
func (p *Preview) serveTest(w http.ResponseWriter, r *http.Request) {
	if _, _, ok := p.wantForm(w, r); !ok {
		return
	}
	v := p.show(askedFor(r))
	if v.now.desk == nil || v.now.desk.Post == nil || v.proof == nil || v.proof.Issue == nil {
		reply(w, http.StatusUnprocessableEntity, editAnswer{Error: "There is nothing to send."})
		return
	}
	to := strings.FieldsFunc(r.PostForm.Get("to"), func(c rune) bool { return strings.ContainsRune(",; \n\r\t", c) })
	if len(to) == 0 || len(to) > maxTest {
		reply(w, http.StatusUnprocessableEntity, editAnswer{Error: fmt.Sprintf("Name 1 to %d addresses, with a comma between.", maxTest)})
		return
	}
	ctx, stop := context.WithTimeout(r.Context(), time.Minute)
	defer stop()
	if err := v.now.desk.Post.Test(ctx, v.digest, v.proof, to); err != nil {
		p.log.Error("test", "edition", v.digest+"/"+v.period, "error", err)
		reply(w, http.StatusBadGateway, editAnswer{Error: err.Error()})
		return
	}
	name, _ := p.options.Access.editor(r)
	p.log.Info("test sent", "edition", v.digest+"/"+v.period, "addresses", len(to), "editor", name)
	p.note(r, v, delivery.DidTest, v.proof.Hash, fmt.Sprintf("%d addresses", len(to)))
	reply(w, http.StatusOK, editAnswer{Text: fmt.Sprintf("Sent to %s.", strings.Join(to, ", "))})
}

// maxTest is how many addresses a test goes to at most: it is no way to send.
const maxTest = 10
