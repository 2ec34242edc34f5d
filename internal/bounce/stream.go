package bounce

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
)

// ReadStream reads one mail, as a mail server pipes it into a program, or an mbox
// (RFC 4155), which begins with "From ". Of a long mail it keeps what is looked at.
func ReadStream(ctx context.Context, r io.Reader, o Options, sink Sink) (Tally, error) {
	var t Tally
	lines := &mboxReader{r: bufio.NewReaderSize(r, 64<<10), limit: o.limit()}
	for {
		mail, err := lines.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return t, fmt.Errorf("reading mail %d: %w", t.Mails+1, err)
		}
		if len(bytes.TrimSpace(mail)) > 0 {
			if err := t.take(ctx, mail, o, sink); err != nil {
				return t, err
			}
		}
		if err != nil {
			return t, nil
		}
		if err := ctx.Err(); err != nil {
			return t, err
		}
	}
}

// mboxReader divides an mbox into mails. In what does not begin as one, there is one.
type mboxReader struct {
	r       *bufio.Reader
	limit   int
	started bool
	mbox    bool
}

var (
	fromLine = []byte("From ")
	quoted   = regexp.MustCompile(`^>+From `) // mboxrd: a line of a mail that began with "From "
)

// next gives a mail, and io.EOF with the last. One octet over the limit says that
// there was more.
func (m *mboxReader) next() ([]byte, error) {
	var mail []byte
	blank, begins := true, true // the line before was; this piece begins a line
	for {
		piece, err := m.r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			err = nil
		}
		if !m.started {
			m.started, m.mbox = true, bytes.HasPrefix(piece, fromLine)
			if m.mbox {
				continue
			}
		}
		if m.mbox && begins && blank && bytes.HasPrefix(piece, fromLine) {
			return mail, nil
		}
		ends := bytes.HasSuffix(piece, []byte("\n"))
		if begins {
			blank = len(bytes.TrimRight(piece, "\r\n")) == 0
			if m.mbox && quoted.Match(piece) {
				piece = piece[1:]
			}
		}
		begins = ends
		mail = append(mail, piece[:min(len(piece), m.limit+1-len(mail))]...)
		if err != nil {
			return mail, err
		}
	}
}
