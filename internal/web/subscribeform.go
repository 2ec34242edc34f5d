package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/signup"
	"github.com/medigy/newsdesk/internal/words"
)

// formValues are the fields of the form to subscribe, and the members of the JSON
// that scripts post.
type formValues struct {
	Email    string   `json:"email"`
	Name     string   `json:"name"`
	Topics   []string `json:"topics"`
	Digests  []string `json:"digests"`
	Language string   `json:"language"`

	// Website is a field that people don't see and programs fill in.
	Website string `json:"website"`
	Stamp   string `json:"-"` // when the form was shown
}

// Between being shown and sent, a form takes so long: faster is a program.
const (
	fastest = 2 * time.Second
	slowest = 24 * time.Hour
)

func (v *visit) getSubscribe() {
	v.showForm(http.StatusOK, formValues{Language: v.offered()}, "")
}

// showForm shows the form with what was filled in, and what is wrong with it.
func (v *visit) showForm(status int, f formValues, problem string) {
	l := v.look(v.voice.Words.SubscribeTo)
	l.Form, l.Problem, l.Stamp, l.Spoken = f, problem, v.stamp(), words.Languages()
	v.show(status, "subscribe.html", l)
}

// offered is the language of articles that the page's reader is likely to want:
// the one of those to choose from that the page is in.
func (v *visit) offered() string {
	for _, o := range v.Languages {
		if words.Primary(o.Value) == words.Primary(v.voice.Language) {
			return o.Value
		}
	}
	return ""
}

// stamp tells the form when it was shown.
func (v *visit) stamp() string {
	return v.Desk.Tokens.SignAt(0, audience.Form, v.Now())
}

// postSubscribe takes the form, or JSON. Its answer is the same for every address.
func (v *visit) postSubscribe() {
	kind, _, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	asJSON := err == nil && kind == "application/json"
	form, status, p := v.takeForm(kind, asJSON)
	if result := signupResult(form, status); result != "" {
		v.metrics.signups.WithLabelValues(result).Inc()
	}
	if asJSON {
		v.replyJSON(status, p)
	} else {
		v.replyPage(status, form, p)
	}
}

// takeForm reads what was posted, and does it if it may be.
func (v *visit) takeForm(kind string, asJSON bool) (form formValues, status int, p problem) {
	w := v.voice.Words
	foreign, ok := v.sender()
	if !ok {
		return form, http.StatusForbidden, problem{"foreign", w.Foreign, "subscribe.origins does not name " + v.r.Header.Get("Origin")}
	}
	if foreign != "" && asJSON {
		v.w.Header().Set("Access-Control-Allow-Origin", foreign)
		v.w.Header().Add("Vary", "Origin")
	}
	if form, status, p = v.readForm(kind); p.code != "" {
		return form, status, p
	}
	if wait, ok := v.accept.allow(v.client, v.Now()); !ok {
		v.w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		return form, http.StatusTooManyRequests, problem{code: "too-many", text: w.TooMany}
	}
	if form.Website != "" {
		return form, http.StatusAccepted, problem{} // the program is not told
	}
	if !asJSON && foreign == "" && !v.human(form.Stamp) {
		return form, http.StatusUnprocessableEntity, problem{code: "again", text: w.PressAgain}
	}
	status, p = v.signUp(form)
	return form, status, p
}

// signUp asks the desk for what a form says.
func (v *visit) signUp(form formValues) (status int, p problem) {
	w := v.voice.Words
	err := v.Desk.Ask(v.r.Context(), signup.Request{
		Address: form.Email, Name: form.Name, Origin: v.client.String(), Consent: w.Consent, Words: v.voice.Language,
		Choice: audience.Choice{Topics: form.Topics, Language: form.Language, Digests: form.Digests},
	})
	wrong, ok := errors.AsType[*signup.AddressError](err)
	switch {
	case err == nil:
		return http.StatusAccepted, problem{}
	case ok && wrong.Name:
		return http.StatusUnprocessableEntity, problem{"name", w.BadName, wrong.Error()}
	case ok:
		return http.StatusUnprocessableEntity, problem{"address", w.BadAddress, wrong.Error()}
	}
	v.failing(err)
	return http.StatusServiceUnavailable, problem{"later", w.Later + ". " + w.LaterText, ""}
}

// problem is why a form was not taken; the zero value is none.
type problem struct {
	code   string // for programs, the same in every language
	text   string // for people
	detail string // for who makes the form, in English, or ""
}

// signupResult is what /metrics calls what came of a form; "" is that it is for us to
// mend.
func signupResult(form formValues, status int) string {
	switch {
	case status == http.StatusAccepted && form.Website == "":
		return "taken"
	case status == http.StatusTooManyRequests:
		return "limited"
	case status == http.StatusServiceUnavailable:
		return ""
	}
	return "refused"
}

// sender finds out whose page sent the form: foreign is another site's origin that
// may do so, "" is ours or none that is known. Browsers tell the site of a request
// in Sec-Fetch-Site; our own form comes with "Origin: null", because it tells
// nobody where it is.
func (v *visit) sender() (foreign string, ok bool) {
	origin := v.r.Header.Get("Origin")
	if slices.Contains(v.Origins, origin) {
		return origin, true
	}
	if site := v.r.Header.Get("Sec-Fetch-Site"); site != "" {
		return "", site == "same-origin" || site == "none"
	}
	return "", origin == "" || origin == "null" || origin == v.origin
}

// human tells whether a form was filled in as people do. Who has kept the page
// open for days gets it again.
func (v *visit) human(stamp string) bool {
	_, shown, err := v.Desk.Tokens.VerifyAt(stamp, audience.Form)
	age := v.Now().Sub(shown)
	return err == nil && age >= fastest && age <= slowest
}

// readForm reads what was posted.
func (v *visit) readForm(kind string) (f formValues, status int, p problem) {
	w := v.voice.Words
	var err error
	switch kind {
	case "application/json":
		err = json.NewDecoder(v.r.Body).Decode(&f)
	case "application/x-www-form-urlencoded":
		err = v.r.ParseForm()
	case "multipart/form-data":
		err = v.r.ParseMultipartForm(maxBody)
	default:
		return f, http.StatusUnsupportedMediaType, problem{"type", w.BadForm, "want application/json, application/x-www-form-urlencoded or multipart/form-data"}
	}
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		return f, http.StatusRequestEntityTooLarge, problem{"large", w.BadForm, fmt.Sprintf("more than %d octets", maxBody)}
	}
	if err != nil {
		return f, http.StatusBadRequest, problem{"form", w.BadForm, err.Error()}
	}
	if p := v.r.PostForm; kind != "application/json" {
		f = formValues{p.Get("email"), p.Get("name"), p["topics"], p["digests"], p.Get("language"), p.Get("website"), p.Get("shown")}
	}
	f.Email = strings.TrimSpace(f.Email)
	if p := v.checkChoice(f); p.code != "" {
		return formValues{Email: f.Email, Stamp: f.Stamp}, http.StatusBadRequest, p
	}
	return f, 0, problem{}
}

// checkChoice finds what nobody can have chosen on our form.
func (v *visit) checkChoice(f formValues) problem {
	languages := []string{}
	if f.Language != "" {
		languages = append(languages, f.Language)
	}
	for _, c := range []struct {
		what    string
		options []Option
		chosen  []string
	}{{"topic", v.Topics, f.Topics}, {"digest", v.Digests, f.Digests}, {"language", v.Languages, languages}} {
		for _, value := range c.chosen {
			if !slices.ContainsFunc(c.options, func(o Option) bool { return o.Value == value }) {
				return problem{"choice", v.voice.Words.BadChoice, fmt.Sprintf("there is no %s %.40q", c.what, value)}
			}
		}
	}
	return problem{}
}

// replyPage shows what came of the form, or the form again with the problem.
func (v *visit) replyPage(status int, f formValues, p problem) {
	if p.code == "" {
		v.notice(http.StatusOK, v.voice.Words.Inbox, v.voice.Words.InboxText)
		return
	}
	v.showForm(status, f, p.text)
}

// formAnswer is the JSON that scripts get.
type formAnswer struct {
	Status   string `json:"status"`           // "confirm", or "error"
	Code     string `json:"code,omitempty"`   // of an error: problem's
	Message  string `json:"message"`          // for people, in the language of the request
	Language string `json:"language"`         // of the message
	Detail   string `json:"detail,omitempty"` // for who makes the form
}

// replyJSON tells a script the same.
func (v *visit) replyJSON(status int, p problem) {
	a := formAnswer{Status: "confirm", Message: v.voice.Words.InboxText, Language: v.voice.Language}
	if p.code != "" {
		a = formAnswer{"error", p.code, p.text, v.voice.Language, p.detail}
	}
	text, err := json.Marshal(a)
	if err != nil {
		v.fail(err)
		return
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Language", a.Language)
	h.Set("Content-Length", strconv.Itoa(len(text)))
	v.w.WriteHeader(status)
	v.w.Write(text)
}

// preflight tells a browser whether a script of another site may post (Fetch
// standard, CORS protocol).
func (v *visit) preflight() {
	h := v.w.Header()
	h.Set("Allow", "GET, HEAD, POST, OPTIONS")
	h.Add("Vary", "Origin")
	if origin := v.r.Header.Get("Origin"); slices.Contains(v.Origins, origin) {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Methods", "POST")
		h.Set("Access-Control-Allow-Headers", "Content-Type")
		h.Set("Access-Control-Max-Age", "3600")
	}
	v.w.WriteHeader(http.StatusNoContent)
}
