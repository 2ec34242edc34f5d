package mail

import (
	"fmt"
	"slices"
)

// Encoded is a Template in the form in which it goes over the wire: made once,
// then each recipient's message is a copy of its bytes with a few more put in
// between. It is not changed after Encode returns it, so any number of
// goroutines may use it.
type Encoded struct {
	top, bottom []byte // the header's fields before and after the recipient's own

	// The body is pieces[0], slots[0]'s value, pieces[1] and so on; there is
	// one piece more than slots.
	pieces [][]byte
	slots  []slot

	size     int // of a usual message, or somewhat more
	marks    int
	oneClick bool
	seals    []seal
}

// slot is a place for a recipient's value.
type slot struct {
	mark   int // which of Template.Marks
	html   bool
	column int // of the line where the value begins
}

// Encode gives the template in its encoded form. Its error says which value
// can't be in a message.
func (t *Template) Encode() (*Encoded, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	e := &Encoded{marks: len(t.Marks), oneClick: t.OneClick}
	contentType, pieces, slots := t.body()
	e.pieces, e.slots = pieces, slots
	e.top, e.bottom = t.header(contentType)
	e.size = len(e.top) + len(e.bottom) + 4096
	for _, piece := range pieces {
		e.size += len(piece)
	}
	for _, s := range t.DKIM {
		e.seals = append(e.seals, s.seal(e))
	}
	return e, nil
}

// header gives the fields before and after those of a recipient. Their order is
// the one in which people read them in the message's source.
func (t *Template) header(contentType []string) (top, bottom []byte) {
	top = appendField(top, "Date", t.Date.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	top = appendAddress(top, "From", t.From)
	if t.ReplyTo.Address != "" {
		top = appendAddress(top, "Reply-To", t.ReplyTo)
	}
	top = appendText(top, "Subject", t.Subject)

	if t.OneClick {
		bottom = appendField(bottom, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	if t.ListID != "" {
		bottom = appendField(bottom, "List-Id", append(phrase("List-Id", t.ListTitle), "<"+t.ListID+">")...)
	}
	for _, f := range []struct{ name, open, value, end string }{
		{"Archived-At", "<", t.ArchivedAt, ">"},
		{"Feedback-ID", "", t.FeedbackID, ""},
		{"Auto-Submitted", "", "auto-generated", ""},
		{"Precedence", "", "bulk", ""},
		{"Content-Language", "", t.Language, ""},
		{"MIME-Version", "", "1.0", ""},
	} {
		if f.value != "" {
			bottom = appendField(bottom, f.name, f.open+f.value+f.end)
		}
	}
	return top, appendField(bottom, "Content-Type", contentType...)
}

// Append appends the message for r to b and returns the extended slice: as
// RFC 5322 wants it, ASCII only, in lines that end in CRLF and have at most 998
// octets, 76 in the body. No line begins with a dot, so that SMTP needs to stuff
// none. The same r gives the same bytes. With an error b is returned as it was.
func (e *Encoded) Append(b []byte, r *Recipient) ([]byte, error) {
	if err := e.check(r); err != nil {
		return b, err
	}
	start := len(b)
	b = append(slices.Grow(b, e.size), e.top...)
	own := len(b)
	b = appendAddress(b, "To", r.To)
	b = appendField(b, "Message-ID", "<"+r.MessageID+">")
	b = appendURLs(b, "List-Unsubscribe", r.ListUnsubscribe)
	fields := b[own:]
	b = append(append(b, e.bottom...), "\r\n"...)

	body := len(b)
	for i, s := range e.slots {
		value := r.Text[s.mark]
		if s.html {
			value = r.HTML[s.mark]
		}
		b = appendValue(append(b, e.pieces[i]...), value, s.column)
	}
	b = append(b, e.pieces[len(e.slots)]...)
	if len(e.seals) == 0 {
		return b, nil
	}
	signatures, err := e.sign(fields, b[body:])
	if err != nil {
		return b[:start], fmt.Errorf("DKIM: %w", err)
	}
	return slices.Insert(b, start, signatures...), nil
}
