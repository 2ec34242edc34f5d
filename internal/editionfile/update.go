package editionfile

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/medigy/newsdesk/digest"
)

// header begins a new file.
const header = "# What editors decided about this edition; without a key, newsdesk's rule holds.\n"

// Update gives the file with c in it: data with the lines of the keys that c
// changes replaced, added or taken out. All other lines keep their bytes, and
// within a changed key comments stay with the articles that they stand at. Data
// is empty if there is no file yet. A file with faults is not updated, so that
// nothing in it is lost: the error is Parse's.
func Update(name string, data []byte, c digest.Choices) ([]byte, error) {
	old, err := Parse(name, data)
	if err != nil {
		return nil, err
	}
	c = clean(c)
	if same(old, c) {
		return data, nil
	}
	f := split(data)
	if f.replace(old, c) == nil {
		if back, err := Parse(name, f.bytes()); err == nil && same(back, c) {
			return f.bytes(), nil
		}
	}
	// The file is in a form that lines do not part, such as {subject: x}.
	out, err := split(data).rewrite(c)
	if err != nil {
		return nil, err
	}
	back, err := Parse(name, out)
	if err == nil && !same(back, c) {
		err = fmt.Errorf("%s: these choices can't be written: a name or a text has characters that YAML can't keep", name)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

func same(a, b digest.Choices) bool { return reflect.DeepEqual(inUTC(clean(a)), inUTC(clean(b))) }

// inUTC makes equal times alike.
func inUTC(c digest.Choices) digest.Choices {
	if c.Approved != nil {
		a := *c.Approved
		a.At = a.At.UTC().Truncate(time.Second)
		c.Approved = &a
	}
	return c
}

// clean gives c as Parse would give it: texts in NFC without blanks around
// them, and nothing that is empty.
func clean(c digest.Choices) digest.Choices {
	for _, s := range []*string{&c.Subject, &c.Preheader, &c.Intro, &c.Closing, &c.Lead} {
		*s = tidy(*s)
	}
	for _, names := range []*[]string{&c.Pins, &c.Order, &c.Include, &c.Exclude} {
		var all []string
		for _, name := range *names {
			if name = tidy(name); name != "" {
				all = append(all, name)
			}
		}
		*names = all
	}
	articles := make(map[string]digest.Override)
	for name, o := range c.Articles {
		o = digest.Override{Title: tidy(o.Title), Summary: tidy(o.Summary), Image: tidy(o.Image)}
		if o != (digest.Override{}) {
			articles[name] = o
		}
	}
	c.Articles = articles
	if s := c.Sponsor; s != nil {
		c.Sponsor = &digest.Sponsor{Name: tidy(s.Name), Text: tidy(s.Text), URL: tidy(s.URL), Image: tidy(s.Image)}
	}
	if a := c.Approved; a != nil {
		c.Approved = &digest.Approval{By: tidy(a.By), At: a.At, Hash: tidy(a.Hash)}
	}
	return c
}

func tidy(text string) string { return strings.TrimSpace(norm.NFC.String(text)) }
