package bounce

import "context"

// Kind is what a mail means for its recipient's subscription.
type Kind string

// The kinds. Only the first four ask for something to be done.
const (
	Hard        Kind = "hard"        // the address does not exist, or takes no mail any more
	Soft        Kind = "soft"        // this mail was not taken: full, blocked, gave up
	Complaint   Kind = "complaint"   // its owner called the mail spam
	Unsubscribe Kind = "unsubscribe" // a mail that asks to unsubscribe
	AutoReply   Kind = "auto-reply"  // out of office, receipt: a machine answers
	Delayed     Kind = "delayed"     // not delivered yet, a server goes on trying
	Delivered   Kind = "delivered"   // a report of success
	Refused     Kind = "refused"     // came to an address whose token is not ours
	Unknown     Kind = "unknown"     // anything else, such as a letter from a person
)

// Verdict is what one mail, or one recipient in a report, means.
type Verdict struct {
	// ID is the same whenever the same mail is read, and different for each
	// verdict: at most 64 characters.
	ID   string `json:"id"`
	Kind Kind   `json:"kind"`

	// Address is whom it is about, as the mail claims: the original recipient if a
	// report has one, else the final; the author of an automatic reply or of a mail
	// to unsubscribe. "" if the mail does not tell.
	Address string `json:"address,omitempty"`

	// Subscriber and Edition are those of the token, verified; 0 if there is none.
	Subscriber int64 `json:"subscriber,omitempty"`
	Edition    int64 `json:"edition,omitempty"`

	// Link is the token of the link to unsubscribe: in the subject of a mail to
	// unsubscribe, or in the List-Unsubscribe of a message that came back. It is
	// NOT verified; its key is not this package's.
	Link string `json:"link,omitempty"`

	Code       string `json:"code,omitempty"`       // enhanced status code (RFC 3463), "5.1.1"
	Reply      int    `json:"reply,omitempty"`      // SMTP's reply code, 550
	Diagnostic string `json:"diagnostic,omitempty"` // what the server said: one line, at most 500 octets
	Reporter   string `json:"reporter,omitempty"`   // host or program that reports, as it claims
	MessageID  string `json:"message_id,omitempty"` // of the message that came back, without <>
	Feedback   string `json:"feedback,omitempty"`   // type of a complaint: abuse, fraud, virus, other
}

// Sink takes verdicts. It keeps their IDs with what it changes, and does nothing for
// one that it has: after a crash some come again. An error stops the reading; the
// mail stays unread.
type Sink interface {
	Take(ctx context.Context, v Verdict) error
}

// Options are for all sources. The zero value is good.
type Options struct {
	// Address is the envelope sender without its token, "bounce@example.org";
	// Unsubscribe takes mails to unsubscribe. "" is none.
	Address, Unsubscribe string

	// Keys verify the tokens. nil verifies none, and so believes none.
	Keys *Keys

	// Limit is how many octets of a mail are looked at; 1 MiB if 0. What a report
	// says comes first, the message that came back last.
	Limit int

	// Keep leaves mails unmarked, so that they are read again.
	Keep bool
}

const defaultLimit = 1 << 20

func (o Options) limit() int {
	if o.Limit > 0 {
		return o.Limit
	}
	return defaultLimit
}

// Tally counts what a source gave.
type Tally struct {
	Mails   int          `json:"mails"`
	Cut     int          `json:"cut"`   // mails longer than Options.Limit, of which the rest was not looked at
	Kinds   map[Kind]int `json:"kinds"` // verdicts
	Skipped []error      `json:"-"`     // mails that could not be read, and were left where they are
}

// take parses a mail and gives its verdicts to the sink. The mail may be one octet
// longer than the limit, which says that it was cut.
func (t *Tally) take(ctx context.Context, mail []byte, o Options, sink Sink) error {
	if len(mail) > o.limit() {
		mail = mail[:o.limit()]
		t.Cut++
	}
	for _, v := range Parse(mail, o) {
		if err := sink.Take(ctx, v); err != nil {
			return err
		}
		if t.Kinds == nil {
			t.Kinds = map[Kind]int{}
		}
		t.Kinds[v.Kind]++
	}
	t.Mails++
	return nil
}
