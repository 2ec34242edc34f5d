package mail

import "context"

// Offer logs in as Dial does, asks whether the server takes mail from the envelope
// sender from, and takes that back: no message is sent. A failure is an *Error.
func Offer(ctx context.Context, c Config, from string) error {
	s, err := Dial(ctx, c)
	if err != nil {
		return err
	}
	defer s.Close()
	if !isASCIIWord(from) {
		return s.fail(ctx, PhaseMail, &refusal{text: "the sender is no ASCII address", hint: "see digest.from"})
	}
	for _, line := range []string{"MAIL FROM:<" + from + ">", "RSET"} {
		if err := s.command(ctx, line); err != nil {
			return s.fail(ctx, PhaseMail, err)
		}
	}
	return nil
}

// command says a line that wants a yes.
func (s *Session) command(ctx context.Context, line string) error {
	defer s.guard(ctx, s.config.Timeouts.Command)()
	if _, err := s.write([]byte(line + "\r\n")); err != nil {
		return err
	}
	return s.reply(2)
}

// Policy gives the policy by which Dial connects, the defaults resolved as told
// at TLSPolicy.
func (c Config) Policy() TLSPolicy { return c.withDefaults().TLS }

// Loopback reports whether the server is on this machine.
func (c Config) Loopback() bool { return c.loopback() }
