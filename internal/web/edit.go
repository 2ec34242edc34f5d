package web

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/medigy/newsdesk/digest"
)

// edit is one change of an edition's choices. Keys are what it touches, see
// show: two edits that touch different ones can both be made.
type edit struct {
	keys  []string
	apply func(c *digest.Choices) error
}

// conflict says that two editors changed the same thing. Nothing was written.
type conflict struct {
	Key    string `json:"key"`
	Mine   string `json:"mine"`
	Theirs string `json:"theirs"`
	File   string `json:"file"` // the version that holds theirs
}

func (c *conflict) Error() string { return c.Key + " was changed meanwhile" }

// show gives what the choices say for a key, as an editor reads it:
//
//	subject, preheader, intro, closing, sponsor, lead, pins, order
//	place PATH            in or out by the editor
//	article PATH FIELD    title, summary or image
//	approved
func show(c digest.Choices, key string) string {
	kind, rest, _ := strings.Cut(key, " ")
	switch kind {
	case "subject":
		return c.Subject
	case "preheader":
		return c.Preheader
	case "intro":
		return c.Intro
	case "closing":
		return c.Closing
	case "sponsor":
		if s := c.Sponsor; s != nil {
			return strings.Join([]string{s.Name, s.Text, s.URL, s.Image}, "\n")
		}
	case "lead":
		return c.Lead
	case "pins":
		return strings.Join(c.Pins, "\n")
	case "order":
		return strings.Join(c.Order, "\n")
	case "place":
		return showPlace(c, rest)
	case "article":
		at := strings.LastIndexByte(rest, ' ')
		o := c.Articles[rest[:max(at, 0)]]
		return map[string]string{"title": o.Title, "summary": o.Summary, "image": o.Image}[rest[at+1:]]
	case "approved":
		if a := c.Approved; a != nil {
			return a.By + "\n" + a.Hash
		}
	}
	return ""
}

func showPlace(c digest.Choices, path string) string {
	switch {
	case slices.Contains(c.Exclude, path):
		return "out"
	case slices.Contains(c.Include, path):
		return "in"
	}
	return ""
}

// clone copies what edits change in place.
func clone(c digest.Choices) digest.Choices {
	for _, list := range []*[]string{&c.Pins, &c.Order, &c.Include, &c.Exclude} {
		*list = slices.Clone(*list)
	}
	c.Articles = maps.Clone(c.Articles)
	if c.Articles == nil {
		c.Articles = make(map[string]digest.Override)
	}
	return c
}

// editError is told to the editor who asked for something that can't be.
type editError string

func (e editError) Error() string { return string(e) }

// newEdit reads an edit from a form of the page. The proof is the edition that
// the editor sees.
func newEdit(form url.Values, desk *Desk, proof *Proof) (edit, error) {
	do, value := form.Get("do"), strings.ReplaceAll(form.Get("value"), "\r\n", "\n")
	switch do {
	case "subject", "preheader", "intro", "closing":
		return editText(do, value), nil
	case "sponsor":
		return editSponsor(form)
	}
	h := desk.head(form.Get("article"))
	if h == nil {
		return edit{}, editError("There is no such article any more.")
	}
	a := article{h.Path, h.ID}
	switch do {
	case "title", "summary", "image":
		return a.override(do, value)
	case "lead":
		return a.lead(), nil
	case "unlead":
		return edit{[]string{"lead"}, func(c *digest.Choices) error { c.Lead = ""; return nil }}, nil
	case "pin", "unpin":
		return a.pin(do == "pin", leadOf(proof)), nil
	case "exclude":
		return a.exclude(), nil
	case "include":
		return a.include(), nil
	case "move":
		return a.move(form.Get("before"), proof)
	}
	return edit{}, editError(fmt.Sprintf("The page asks for %q, which this newsdesk does not know: reload it.", do))
}

func editText(key, value string) edit {
	return edit{[]string{key}, func(c *digest.Choices) error {
		to := map[string]*string{"subject": &c.Subject, "preheader": &c.Preheader, "intro": &c.Intro, "closing": &c.Closing}[key]
		*to = strings.TrimSpace(value)
		if key == "subject" || key == "preheader" {
			*to = strings.Join(strings.Fields(value), " ")
		}
		return nil
	}}
}

func editSponsor(form url.Values) (edit, error) {
	s := digest.Sponsor{Name: oneLine(form.Get("name")), Text: strings.TrimSpace(strings.ReplaceAll(form.Get("text"), "\r\n", "\n")), URL: oneLine(form.Get("url")), Image: oneLine(form.Get("image"))}
	if s != (digest.Sponsor{}) && s.Name == "" {
		return edit{}, editError("The sponsor needs a name: readers must see who pays.")
	}
	for _, address := range []string{s.URL, s.Image} {
		if address != "" && !isWeb(address) {
			return edit{}, editError(fmt.Sprintf("%q is not a web address (want https://…).", address))
		}
	}
	return edit{[]string{"sponsor"}, func(c *digest.Choices) error {
		if c.Sponsor = &s; s == (digest.Sponsor{}) {
			c.Sponsor = nil
		}
		return nil
	}}, nil
}

// oneLine gives a text without characters that would do something in a terminal that
// shows the log, or turn the direction of what stands beside it, and in UTF-8, which
// PostgreSQL and YAML want.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "\uFFFD"), func(c rune) bool {
		return unicode.IsSpace(c) || unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c)
	}), " ")
}

func isWeb(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}
