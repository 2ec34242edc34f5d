package web

import (
	"net/http"

	"github.com/medigy/newsdesk/digest"
)

// approvalView is how far an edition is on its way to the readers.
type approvalView struct {
	State    string // "open", "approved" or "changed", since it was approved
	By, When string // of the approval
	Hash     string // of the issue now
	Editor   string // who asks, if that is known
	Audience *Audience
	Trouble  string // why the numbers are not known
	Sent     *sentView
	CanTest  bool
	Command  string // that sends the edition
}

type sentView struct {
	State, When                string
	Accepted, Audience, Failed int
}

func (p *Preview) newApproval(r *http.Request, v *shown, editor string) *approvalView {
	a := &approvalView{State: "open", Editor: editor, Hash: v.proof.Hash}
	whole := v
	if v.selectionQuery() != "" { // what is approved is the edition, not a segment's part of it
		whole = p.show(asked{v.digest, v.period, digest.Selection{}})
		if whole.proof == nil || whole.proof.Issue == nil {
			return nil
		}
		a.Hash = whole.proof.Hash
	}
	if approved := v.file.Choices.Approved; approved != nil {
		a.State, a.By, a.When = "changed", approved.By, approved.At.Format("2 Jan 2006, 15:04")
		if approved.Hash == a.Hash {
			a.State = "approved"
		}
	}
	a.Command = "newsdesk digest send --digest " + v.digest + " --period " + v.period
	post := v.now.desk.Post
	if post == nil {
		return a
	}
	a.CanTest = true
	audience, err := post.Audience(r.Context(), v.digest)
	if err != nil {
		a.Trouble = err.Error()
		return a
	}
	a.Audience = &audience
	standing, err := post.Standing(r.Context(), v.digest, v.period)
	if err != nil {
		a.Trouble = err.Error()
	} else if standing != nil {
		a.Sent = &sentView{standing.State(), standing.Frozen.Format("2 Jan 2006, 15:04"), standing.Accepted, standing.Audience, standing.Failed}
	}
	return a
}
