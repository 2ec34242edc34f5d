package web

// approvalView is how far an edition is on its way to the readers.
type approvalView struct {
	State    string // "open", "approved" or "changed", since it was approved
	By, When string // of the approval
	Hash     string // of the issue now
	Editor   string // who asks, if that is known
	Errors   int    // that the checks find in the issue
	CanTest  bool
}

func (p *Preview) newApproval(v *shown, editor string) *approvalView {
	whole := p.whole(v)
	if whole.proof == nil || whole.proof.Issue == nil {
		return nil
	}
	a := &approvalView{State: "open", Editor: editor, Hash: whole.proof.Hash}
	a.Errors = whole.proof.mailView(v.now.desk.Own).Errors
	if approved := v.file.Choices.Approved; approved != nil {
		a.State, a.By, a.When = "changed", approved.By, approved.At.Format("2 Jan 2006, 15:04")
		if approved.Hash == a.Hash {
			a.State = "approved"
		}
	}
	a.CanTest = v.now.desk.Post != nil
	return a
}
