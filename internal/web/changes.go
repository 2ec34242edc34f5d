package web

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
)

// changes is the comparison of an issue with another.
type changes struct {
	Old, New string // what is left and right
	Why      string // why there is nothing to compare, or ""
	Same     bool
	Rows     []diffRow
}

// serveChanges compares the issue with what was approved (against=approved), or
// with the last issue that went out; by its text part, or its HTML (part=html).
func (p *Preview) serveChanges(w http.ResponseWriter, r *http.Request) {
	v, ok := p.wantProof(w, r)
	if !ok {
		return
	}
	c := changes{New: "This edition"}
	var old *approvedIssue
	if r.FormValue("against") == "approved" {
		c.Old, old, c.Why = p.approvedVersion(v)
	} else {
		c.Old, old, c.Why = p.lastSent(r, v)
	}
	if old != nil {
		issue := v.proof.Issue
		left, right := old.Text, string(issue.Text)
		if r.FormValue("part") == "html" {
			left, right = old.HTML, string(issue.HTML)
		}
		head := func(subject, preheader, text string) string { return subject + "\n" + preheader + "\n\n" + text }
		rows := diff(head(old.Subject, old.Preheader, left), head(issue.Subject, issue.Preheader, right))
		c.Rows = fold(rows)
		c.Same = len(c.Rows) <= 1
	}
	p.writeTemplate(w, http.StatusOK, "preview-changes.html", c)
}

var hashWords = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (p *Preview) approvedVersion(v *shown) (name string, old *approvedIssue, why string) {
	a := v.file.Choices.Approved
	if a == nil {
		return "", nil, "This edition was not approved."
	}
	if !hashWords.MatchString(a.Hash) || v.now.desk.Approved == "" { // the hash is a text of the file's
		return "", nil, "What was approved is not known here."
	}
	data, err := os.ReadFile(filepath.Join(v.now.desk.Approved, a.Hash+".json"))
	if err == nil {
		err = json.Unmarshal(data, &old)
	}
	if err != nil {
		return "", nil, "What was approved was approved at another desk: only its hash is known here."
	}
	return "Approved by " + a.By + ", " + a.At.Format("2 Jan 15:04"), old, ""
}

func (p *Preview) lastSent(r *http.Request, v *shown) (name string, old *approvedIssue, why string) {
	if v.now.desk.Post == nil {
		return "", nil, "This desk knows nothing of what was sent."
	}
	issue, err := v.now.desk.Post.Sent(r.Context(), v.digest, v.proof.Edition.Period)
	switch {
	case err != nil:
		return "", nil, err.Error()
	case issue == nil:
		return "", nil, "No issue of this digest was sent before."
	}
	return "Sent: " + issue.Period, &approvedIssue{issue.Subject, issue.Preheader, string(issue.HTML), string(issue.Text)}, ""
}
