package delivery

import (
	"context"
	"errors"
	"slices"

	"github.com/medigy/newsdesk/internal/mail"
)

// connection gives one connection its messages: it is the mail.Handler of one
// call of Pool.Stream. Two messages at most are in its hands: one of which the
// server waits for the dot, and the next one.
type connection struct {
	*engine
	relay *relay
	epoch int
	naps  context.Context // ends when the engine stops, which is sooner than the last dialogue
	hand  []*item
	spare [][]byte // buffers for messages
}

// item is a message in hand.
type item struct {
	mail.Envelope
	row    *row
	intent chan error // nil until its intent was asked for; gives the answer once
}

// Next gives the next message, or nil if there is none now.
func (c *connection) Next(ctx context.Context) (*mail.Envelope, error) {
	for {
		row, err := c.take(c)
		if row == nil || err != nil {
			return nil, err
		}
		composer, err := c.composers.of(ctx, row.segment)
		if err != nil { // which is not about this recipient
			c.leaves(c, row)
			c.putBack(c.relay, row)
			c.stop(err)
			return nil, nil
		}
		var buffer []byte
		if n := len(c.spare); n > 0 {
			buffer, c.spare = c.spare[n-1], c.spare[:n-1]
		}
		message, err := composer.Append(buffer[:0], c.recipient(row))
		if err != nil {
			c.leaves(c, row)
			c.writer.put(&op{outcome: c.failed(row, 0, "the message can't be composed: "+err.Error())})
			continue
		}
		it := &item{Envelope: mail.Envelope{From: c.envelopeFrom(row), To: row.address, Message: message}, row: row}
		if d := row.domain; d != nil && d.limit.PerConnection > 0 {
			it.Group, it.GroupMax = d.name, d.limit.PerConnection
		}
		c.hand = append(c.hand, it)
		return &it.Envelope, nil
	}
}

// envelopeFrom gives the address to which a message comes back.
func (c *connection) envelopeFrom(row *row) string {
	if c.EnvelopeFrom == nil {
		return c.edition.Sender.From.Address
	}
	return c.EnvelopeFrom(c.edition.id, row.subscriber)
}

// Intend waits until the intent is durable. Mostly it was asked for when the
// message before was settled, and has become so while the server read this one.
func (c *connection) Intend(_ context.Context, e *mail.Envelope) error {
	it := c.hand[c.index(e)]
	if it.intent == nil {
		c.writer.put(&op{intent: c.intend(it), done: it.intent})
	}
	c.at("intend")
	if err := <-it.intent; err != nil {
		return err
	}
	c.at("intended")
	if !c.holds(it.row) {
		return errFenced // the process was stopped for long between the two
	}
	return nil
}

// intend makes the intent of a message; with a lease that is over there is none.
func (c *connection) intend(it *item) *row {
	it.intent = make(chan error, 1)
	if !c.holds(it.row) {
		it.intent <- errFenced
		return nil
	}
	return it.row
}

// Settle asks for the outcome to be written, together with the intent of the
// message that comes next.
func (c *connection) Settle(e *mail.Envelope, err error) {
	c.at("settle")
	i := c.index(e)
	it := c.hand[i]
	c.hand = slices.Delete(c.hand, i, i+1)
	c.spare = append(c.spare, it.Message)
	c.leaves(c, it.row)
	o := &op{outcome: c.judge(c.relay, it, err)}
	if o.outcome != nil && o.outcome.State != Pending && o.outcome.State != Skipped {
		o.outcome.relay = c.relay.number
	}
	failure, _ := errors.AsType[*mail.Error](err)
	goesOn := err == nil || failure != nil && !failure.Lost
	if len(c.hand) > 0 && c.hand[0].intent == nil && goesOn {
		next := c.hand[0]
		o.intent = c.intend(next)
		o.done = next.intent
	}
	if o.outcome != nil || o.intent != nil {
		c.writer.put(o)
	}
}

func (c *connection) index(e *mail.Envelope) int {
	return slices.IndexFunc(c.hand, func(it *item) bool { return &it.Envelope == e })
}
