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
	l := v.look("Subscribe to " + v.Title)
	l.Stamp = v.stamp()
	v.show(http.StatusOK, "subscribe.html", l)
}

// stamp tells the form when it was shown.
func (v *visit) stamp() string {
	return v.Desk.Tokens.SignAt(0, audience.Form, v.Now())
}

// postSubscribe takes the form, or JSON. Its answer is the same for every address.
func (v *visit) postSubscribe() {
	kind, _, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	asJSON := err == nil && kind == "application/json"
	show := v.replyPage
	if asJSON {
		show = v.replyJSON
	}
	reply := func(status int, f formValues, problem string) {
		v.metrics.signups.WithLabelValues(signupResult(status)).Inc()
		show(status, f, problem)
	}
	foreign, ok := v.sender()
	if !ok {
		reply(http.StatusForbidden, formValues{}, "This form may not be sent from another site (its owner can allow it with subscribe.origins).")
		return
	}
	if foreign != "" && asJSON {
		v.w.Header().Set("Access-Control-Allow-Origin", foreign)
		v.w.Header().Add("Vary", "Origin")
	}
	form, status, problem := v.readForm(kind)
	if problem != "" {
		reply(status, form, problem)
		return
	}
	if wait, ok := v.accept.allow(v.client, v.Now()); !ok {
		v.w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		reply(http.StatusTooManyRequests, form, "There were too many sign-ups from your network. Please try again later.")
		return
	}
	if form.Website != "" {
		v.metrics.signups.WithLabelValues("refused").Inc() // but the program is not told
		show(http.StatusAccepted, form, "")
		return
	}
	if !asJSON && foreign == "" && !v.human(form.Stamp) {
		reply(http.StatusUnprocessableEntity, form, "Please press the button once more.")
		return
	}
	err = v.Desk.Ask(v.r.Context(), signup.Request{
		Address: form.Email, Name: form.Name, Origin: v.client.String(), Consent: v.Consent,
		Choice: audience.Choice{Topics: form.Topics, Language: form.Language, Digests: form.Digests},
	})
	if wrong, ok := errors.AsType[*signup.AddressError](err); ok {
		reply(http.StatusUnprocessableEntity, form, "Please check the address: "+wrong.Error()+".")
		return
	}
	if err != nil {
		v.fail(err)
		return
	}
	reply(http.StatusAccepted, form, "")
}

// signupResult is what /metrics calls an answer.
func signupResult(status int) string {
	switch status {
	case http.StatusAccepted:
		return "taken"
	case http.StatusTooManyRequests:
		return "limited"
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
func (v *visit) readForm(kind string) (f formValues, status int, problem string) {
	var err error
	switch kind {
	case "application/json":
		err = json.NewDecoder(v.r.Body).Decode(&f)
	case "application/x-www-form-urlencoded":
		err = v.r.ParseForm()
	case "multipart/form-data":
		err = v.r.ParseMultipartForm(maxBody)
	default:
		return f, http.StatusUnsupportedMediaType, "Please send the form as it is."
	}
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		return f, http.StatusRequestEntityTooLarge, "That is too much for this form."
	}
	if err != nil {
		return f, http.StatusBadRequest, "The form did not arrive whole. Please send it again."
	}
	if p := v.r.PostForm; kind != "application/json" {
		f = formValues{p.Get("email"), p.Get("name"), p["topics"], p["digests"], p.Get("language"), p.Get("website"), p.Get("shown")}
	}
	f.Email = strings.TrimSpace(f.Email)
	if problem := v.checkChoice(f); problem != "" {
		return formValues{Email: f.Email, Stamp: f.Stamp}, http.StatusBadRequest, problem
	}
	return f, 0, ""
}

// checkChoice finds what nobody can have chosen on our form.
func (v *visit) checkChoice(f formValues) string {
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
				return fmt.Sprintf("There is no %s %.40q here.", c.what, value)
			}
		}
	}
	return ""
}

// replyPage shows what came of the form, or the form again with the problem.
func (v *visit) replyPage(status int, f formValues, problem string) {
	if problem == "" {
		v.notice(http.StatusOK, "Look into your inbox", "We have sent a mail to the address that you gave. Open the link in it to confirm that you want "+v.Title+
			". If none arrives within some minutes, look into the folder for spam; an address gets one such mail an hour at most.")
		return
	}
	l := v.look("Subscribe to " + v.Title)
	l.Problem, l.Form, l.Stamp = problem, f, v.stamp()
	v.show(status, "subscribe.html", l)
}

// replyJSON tells a script the same.
func (v *visit) replyJSON(status int, _ formValues, problem string) {
	answer := map[string]string{"status": "confirm", "message": "Look into your inbox: we have sent a mail with a link to confirm."}
	if problem != "" {
		answer = map[string]string{"status": "error", "message": problem}
	}
	text, err := json.Marshal(answer)
	if err != nil {
		v.fail(err)
		return
	}
	v.w.Header().Set("Content-Type", "application/json")
	v.w.Header().Set("Content-Length", strconv.Itoa(len(text)))
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
