package web

import (
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"mime"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store/storetest"
	"github.com/medigy/newsdesk/internal/words"
)

var update = flag.Bool("update", false, "write the wanted output anew")

// tour goes through all pages and letters in one language and notes what they say.
type tour struct {
	*office
	language string
	voice    *words.Voice
	said     txtar.Archive
}

var (
	unseen   = regexp.MustCompile(`(?s)<head>.*?</head>|<nav.*?</nav>|<div class="away".*?</div>|<[^>]*>`)
	tokens   = regexp.MustCompile(`/(confirm|preferences|unsubscribe)/[\w-]+`)
	linkTo   = `http://\S+/newsletter/%s/[\w-]+(\?lang=\w+)?`
	htmlTag  = regexp.MustCompile(`<html lang="([\w-]+)" dir="(\w+)">`)
	formTo   = regexp.MustCompile(`action="([^"]+)"`)
	stampOf  = regexp.MustCompile(`name="shown" value="([^"]+)"`)
	optionOf = regexp.MustCompile(`(?s)<option.*?</option>`)
)

// note keeps what something says, without what is new in each run.
func (t *tour) note(name, text string) {
	text = tokens.ReplaceAllString(strings.ReplaceAll(text, t.site.URL, "https://news.example"), "/$1/TOKEN")
	t.said.Files = append(t.said.Files, txtar.File{Name: name, Data: []byte(text)})
}

// page notes a page and makes sure that it is in the language.
func (t *tour) page(name string, a answer, status int) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("%s: %d, want %d: %s", name, a.StatusCode, status, a.body)
	}
	if m := htmlTag.FindStringSubmatch(a.body); m == nil || m[1] != t.language || m[2] != t.voice.Dir || a.Header.Get("Content-Language") != t.language {
		t.Errorf("%s: %v, Content-Language %s", name, m, a.Header.Get("Content-Language"))
	}
	var lines []string
	for line := range strings.SplitSeq(html.UnescapeString(unseen.ReplaceAllString(optionOf.ReplaceAllString(a.body, ""), "\n")), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	t.note(name, strings.Join(lines, "\n")+"\n")
	return a
}

// mail notes the latest letter to an address and gives a link of it.
func (t *tour) mail(name, to, link string) string {
	t.Helper()
	all := t.letters(to)
	l := all[len(all)-1]
	raw := l.Header.Get("Subject")
	subject, err := new(mime.WordDecoder).DecodeHeader(raw)
	if err != nil || strings.ContainsFunc(raw, func(r rune) bool { return r > '~' }) {
		t.Errorf("%s: subject %q, %v", name, raw, err)
	}
	if m := htmlTag.FindStringSubmatch(l.html); m == nil || m[1] != t.language || m[2] != t.voice.Dir || l.Header.Get("Content-Language") != t.language {
		t.Errorf("%s: %v, Content-Language %s", name, m, l.Header.Get("Content-Language"))
	}
	for line := range strings.SplitSeq(l.text, "\n") {
		if n := len([]rune(line)); n > 78 && !strings.Contains(line, "://") {
			t.Errorf("%s: a line of %d characters", name, n)
		}
	}
	t.note(name+".txt", "Subject: "+subject+"\n\n"+strings.ReplaceAll(l.text, "\r\n", "\n"))
	var lines []string
	for line := range strings.SplitSeq(html.UnescapeString(unseen.ReplaceAllString(l.html, "\n")), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	t.note(name+".html", strings.Join(lines, "\n")+"\n")
	found := regexp.MustCompile(fmt.Sprintf(linkTo, link)).FindString(l.text)
	if link != "" && (found == "" || !strings.Contains(html.UnescapeString(l.html), `"`+found+`"`)) {
		t.Errorf("%s: no link to %s in both parts:\n%s", name, link, l.text)
	}
	return found
}

func (t *tour) walk() {
	t.Helper()
	old, moved := "reader-"+t.language+"@example.org", "moved-"+t.language+"@example.org"
	accept := []string{"Accept-Language", "fi, " + t.language + ";q=0.8, en;q=0.1"}
	form := t.page("subscribe", t.request("GET", "subscribe", "", "", accept...), 200)
	if got := form.Header.Get("Vary"); got != "Accept-Language" {
		t.Errorf("Vary: %q", got)
	}
	action := t.site.URL + formTo.FindStringSubmatch(form.body)[1]
	send := func(fields url.Values, wait time.Duration) answer {
		fields.Set("shown", stampOf.FindStringSubmatch(form.body)[1])
		t.sleep(wait)
		return t.post(action, fields, "Sec-Fetch-Site", "same-origin")
	}
	t.page("too-fast", send(url.Values{"email": {old}}, 0), 422)
	t.page("bad-address", send(url.Values{"email": {"nobody"}}, fastest), 422)
	t.page("bad-choice", send(url.Values{"email": {old}, "topics": {"none"}}, 0), 400)
	t.page("foreign", t.post(action, url.Values{}, "Sec-Fetch-Site", "cross-site"), 403)
	t.page("inbox", send(url.Values{"email": {old}}, 0), 200)

	confirm := t.mail("mail-confirm", old, "confirm")
	t.page("confirm", t.get(confirm), 200)
	t.page("subscribed", t.post(confirm, nil), 200)
	consent, _, err := audience.ConsentOf(t.Context(), t.db, t.find(old).ID)
	if err != nil || consent.Text != t.voice.Words.Consent {
		t.Errorf("consent %q, %v", consent.Text, err)
	}
	preferences := t.mail("mail-welcome", old, "preferences")
	t.page("inbox-again", send(url.Values{"email": {old}}, 0), 200)
	t.mail("mail-already", old, "unsubscribe")

	t.page("preferences", t.get(preferences), 200)
	t.page("saved", t.post(preferences, url.Values{"do": {"choose"}, "topics": {"ai"}}), 200)
	t.page("bad-day", t.post(preferences, url.Values{"do": {"pause"}, "until": {"1999-01-01"}}), 422)
	t.page("paused", t.post(preferences, url.Values{"do": {"pause"}, "weeks": {"4"}}), 200)
	t.page("resumed", t.post(preferences, url.Values{"do": {"resume"}}), 200)
	t.page("move", t.post(preferences, url.Values{"do": {"move"}, "email": {moved}}), 200)
	t.page("moved", t.post(t.mail("mail-address", moved, "confirm"), nil), 200)
	t.mail("mail-moved", old, "")

	unsubscribe := t.site.URL + "/newsletter/unsubscribe/" + t.token(t.find(moved), audience.Unsubscribe) + "?lang=" + t.language
	t.page("unsubscribe", t.get(unsubscribe), 200)
	t.page("unsubscribed", t.post(unsubscribe, nil), 200)
	t.mail("mail-goodbye", moved, "")
	t.page("ended", t.get(preferences), 410)
	t.page("old-link", t.post(confirm, nil), 410)
	t.page("broken-link", t.get("confirm/AAAA?lang="+t.language), 404)

	for body, code := range map[string]string{`{"email":"x"}`: "address", `{`: "form", `{"email":"a@example.org","topics":["x"]}`: "choice"} {
		var a formAnswer
		got := t.request("POST", "subscribe?lang="+t.language, "application/json", body)
		if err := json.Unmarshal([]byte(got.body), &a); err != nil || a.Code != code || a.Language != t.language || a.Message == "" || a.Detail == "" {
			t.Errorf("%s: %s", body, got.body)
		}
	}
}

// TestLanguages goes through every page and letter in every language. What they say
// in some is in testdata/subscribe.
func TestLanguages(t *testing.T) {
	t.Parallel()
	o := open(t, storetest.SQLite(t), nil)
	english := reflect.ValueOf(*words.Of("en", nil).For("Medigy News"))
	for _, l := range words.Languages() {
		o.moved.Store(int64(time.Until(time.Date(2021, 11, 1, 12, 0, 0, 0, time.UTC))))
		tour := &tour{office: o, language: l.Tag, voice: o.page.Voices.In(l.Tag)}
		tour.walk()
		for _, f := range tour.said.Files {
			for i := range english.NumField() {
				if text := english.Field(i).String(); l.Tag != "en" && strings.Count(text, " ") > 2 && strings.Contains(string(f.Data), text) {
					t.Errorf("%s: %s says %q", l.Tag, f.Name, text)
				}
			}
			if strings.ContainsAny(string(f.Data), "{}") {
				t.Errorf("%s: %s has a mark", l.Tag, f.Name)
			}
		}
		name := "testdata/subscribe/" + l.Tag + ".txtar"
		got := txtar.Format(&tour.said)
		if *update && (l.Tag == "de" || l.Tag == "ar" || l.Tag == "zh") {
			if err := os.WriteFile(name, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(name); err == nil && string(want) != string(got) {
			t.Errorf("%s: want -update; got\n%s", name, got)
		}
	}
}

// The language of who has the link comes first, then what is asked for, then the
// browser's, then the site's.
func TestWhoseLanguage(t *testing.T) {
	t.Parallel()
	o := open(t, storetest.SQLite(t), func(n *NewsletterOptions) {
		n.Voices = words.NewVoices("Medigy News", "fr-CH", map[string]string{"de.save": "Sichern", "consent": "I agree."})
	})
	jane := o.add("jane@example.org")
	for _, tt := range []struct{ own, path, accept, want string }{
		{"", "subscribe", "", "fr-CH"},
		{"", "subscribe", "fr", "fr-CH"},
		{"", "subscribe", "fi", "fr-CH"},
		{"", "subscribe", "fi, zh-TW", "zh"},
		{"", "subscribe?lang=he", "zh", "he"},
		{"", "subscribe?lang=xx", "zh", "zh"},
		{"", "subscribe?lang=%22%3E%3Cscript", "", "fr-CH"},
		{"es", "preferences", "zh", "es"},
		{"es", "preferences?lang=he", "zh", "es"},
		{"fi", "preferences?lang=he", "zh", "he"},
		{"", "preferences?lang=he", "zh", "he"},
		{"de-AT", "unsubscribe", "zh", "de"},
		{"", "unsubscribe", "zh", "zh"},
	} {
		if err := audience.Choose(t.Context(), o.db, jane.ID, audience.Choice{Language: tt.own}, audience.Act{By: "test", Now: o.now()}); err != nil {
			t.Fatal(err)
		}
		path, query, _ := strings.Cut(tt.path, "?")
		if path != "subscribe" {
			path += "/" + o.token(jane, audience.Purpose(path))
		}
		a := o.request("GET", path+"?"+query, "", "", "Accept-Language", tt.accept)
		if m := htmlTag.FindStringSubmatch(a.body); m == nil || m[1] != tt.want {
			t.Errorf("%+v: %v", tt, m)
		}
		if path == "subscribe" && !strings.Contains(a.body, "I agree.") {
			t.Errorf("%s: the site's own consent is missing", tt.want)
		}
		if varies := a.Header.Get("Vary") == "Accept-Language"; varies == (strings.HasPrefix(query, "lang=he")) {
			t.Errorf("%+v: Vary %q", tt, a.Header.Get("Vary"))
		}
	}
	// One click tells nothing of who pressed it, and another program's languages less.
	o.want(o.request("POST", "unsubscribe/"+o.token(jane, audience.Unsubscribe), formType, "List-Unsubscribe=One-Click", "Accept-Language", "zh"), 200, "退订")
	if mails := o.letters("jane@example.org"); len(mails) != 1 || mails[0].Header.Get("Content-Language") != "fr-CH" {
		t.Errorf("letters: %v", mails)
	}
}
