package mailcheck

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// spam looks for what filters and readers take for spam, in the HTML.
func (c *checker) spam() {
	words := len(strings.Fields(c.root.words()))
	images := 0
	for range c.root.elements("img") {
		images++
	}
	if images > 0 && words < 40 {
		c.add(Finding{Severity: Warning, Kind: "spam-images", Part: HTML, Text: fmt.Sprintf("%d images and %d words: filters can't read images", images, words)})
	}
	c.leave()
}

// leaveWords begin what a link says that ends a subscription.
var leaveWords = []string{
	"unsubscri", "abbestell", "abmelden", "désabonn", "désinscri", "darse de baja", "cancelar", "annulla", "afmelden",
	"avmeld", "avsluta", "afmeld", "退订", "退訂", "配信停止", "отписаться", "إلغاء الاشتراك", "הסר",
}

// leave checks that a reader finds the way out.
func (c *checker) leave() {
	for a := range c.root.elements("a") {
		said := strings.ToLower(a.words() + " " + a.attrs["href"])
		if slices.ContainsFunc(leaveWords, func(word string) bool { return strings.Contains(said, word) }) {
			return
		}
	}
	c.add(Finding{Severity: Error, Kind: "unsubscribe-missing", Part: HTML, Text: "there is no unsubscribe link: the law and the mailbox providers want one"})
}

var spamWords = regexp.MustCompile(`(?i)\b(100% free|act now|buy now|cash bonus|click below|double your|earn \$|extra cash|free money|limited time|make money|no obligation|order now|risk.free|viagra|winner|you have been selected|urgent)\b`)

// subject checks what the inbox shows.
func (c *checker) subject() {
	s := c.Subject
	length := utf8.RuneCountInString(s)
	add := func(severity Severity, kind, format string, args ...any) {
		c.add(Finding{Severity: severity, Kind: kind, Part: Header, Text: fmt.Sprintf(format, args...)})
	}
	switch {
	case strings.TrimSpace(s) == "":
		add(Error, "subject-empty", "there is no subject")
		return
	case strings.ContainsFunc(s, unicode.IsControl):
		add(Error, "subject-control", "the subject has a control character or a line break")
	case length > 150:
		add(Warning, "subject-long", "the subject has %d characters: no inbox shows more than 150", length)
	case length > 70:
		add(Note, "subject-long", "the subject has %d characters: inboxes show 40 to 70", length)
	}
	if upper(s) {
		add(Warning, "spam-capitals", "the subject is all in capitals")
	}
	if strings.Contains(s, "!!") || strings.Contains(s, "$$") || strings.Contains(s, "??") {
		add(Warning, "spam-marks", "the subject has doubled marks (!!, ??, $$)")
	}
	if m := spamWords.FindString(s); m != "" {
		add(Warning, "spam-words", "%q in the subject makes filters suspicious", m)
	}
	if low := strings.ToLower(s); strings.HasPrefix(low, "re:") || strings.HasPrefix(low, "fw:") || strings.HasPrefix(low, "fwd:") {
		add(Warning, "spam-reply", "the subject pretends to be an answer")
	}
	c.preheader()
}

func (c *checker) preheader() {
	switch p := strings.TrimSpace(c.Preheader); {
	case p == "":
		c.add(Finding{Severity: Warning, Kind: "preheader-empty", Part: Header, Text: "there is no preheader: inboxes show the mail's first words instead"})
	case p == strings.TrimSpace(c.Subject):
		c.add(Finding{Severity: Warning, Kind: "preheader-repeats", Part: Header, Text: "the preheader repeats the subject"})
	}
}

// upper reports whether a text has words, all in capitals.
func upper(s string) bool {
	capitals := 0
	for _, r := range s {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	return capitals > 8
}
