package digest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// ErrEmpty is returned by Render for an edition, or a selection of one, that
// has no stories: there is nothing to send.
var ErrEmpty = errors.New("no stories")

// Render renders the part of e that s asks for. It fails with ErrEmpty if that
// has no stories, and with file and line if a template is wrong. A mail that
// Gmail would clip is made shorter, and the issue's notes say how. A part's public
// page is the edition's, so only the whole has Archive and Listing.
func (t *Templates) Render(e *Edition, s Selection) (*Issue, error) {
	record := e.record()
	e = e.Select(s)
	if e.Empty() {
		return nil, fmt.Errorf("digest %s: %w", e.Period.Name, ErrEmpty)
	}
	e, pictures := t.illustrate(e)
	i := &Issue{
		Digest:    e.Digest,
		Title:     e.Title,
		Period:    e.Period.Name,
		Subject:   e.Subject,
		Preheader: e.Preheader,
		Language:  e.Language,
		URL:       t.links.issue(e.Period),
		Record:    record,
	}
	v, err := t.fit(e, i)
	if err != nil {
		return nil, err
	}
	i.HTML, i.Inline = embed(i.HTML, pictures)
	if i.Text, err = execute(t.text, textName, v); err != nil {
		return nil, err
	}
	if s.whole() {
		err = t.publish(e, i, v)
	}
	return i, err
}

// publish renders the public page of i, which is that of the whole edition e: who
// gets a part of it finds the rest there. v is the mail's view of e.
func (t *Templates) publish(e *Edition, i *Issue, v view) (err error) {
	if len(i.Trimmed) > 0 || t.links.UTM != nil { // the public page has room, and no campaign
		links := t.links
		links.UTM = nil
		v = newView(e, t.theme, links, allRoom)
	}
	v = v.public(t.links.Subscribe)
	if i.Archive, err = execute(t.html, archiveName, v); err != nil {
		return err
	}
	i.Listing, err = t.list(e, v)
	return err
}

func execute(t interface {
	ExecuteTemplate(w io.Writer, name string, data any) error
}, name string, v any) ([]byte, error) {
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, v); err != nil {
		return nil, err
	}
	return tidy(b.Bytes(), name == textName), nil
}

// tidy takes out of a part what only the template's source needs: in text,
// blanks at the end of lines and all but one of several empty lines; in HTML,
// indents and empty lines too, a tenth of the mail.
func tidy(part []byte, text bool) []byte {
	out := make([]byte, 0, len(part))
	empty := true // at the top and after an empty line, another is dropped
	for line := range bytes.Lines(part) {
		if line = bytes.TrimRight(line, " \t\r\n"); !text {
			line = bytes.TrimLeft(line, " \t")
		}
		if len(line) == 0 && (empty || !text) {
			continue
		}
		empty = len(line) == 0
		out = append(append(out, line...), '\n')
	}
	if text {
		out = append(bytes.TrimRight(out, "\n"), '\n')
	}
	return out
}
