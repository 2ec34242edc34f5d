package bounce

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// IMAP is a mailbox on a server (RFC 9051, RFC 3501), reached by TLS from the first
// octet (RFC 8314).
type IMAP struct {
	Host               string // name, or name:port; port 993 if none is given
	Username, Password string
	Folder             string // whose unseen mails are read; INBOX if ""

	// MoveTo is the folder that mails are moved to when their verdicts were taken. If
	// it is "" they stay and are flagged \Seen. It must be there.
	MoveTo string

	TLS *tls.Config // for the host's certificate; the system's roots if nil

	// Patience is how long the whole answer to a command may take; 10 minutes if 0.
	Patience time.Duration

	// Sleep waits before a lost connection is made again, or gives the context's
	// error.
	Sleep func(ctx context.Context, d time.Duration) error
}

const (
	dialTimeout = 30 * time.Second
	patience    = 10 * time.Minute
	maxTries    = 4 // connections in a row without a mail read
)

// errFinal marks what another connection would not mend.
type errFinal struct{ error }

func (e errFinal) Unwrap() error { return e.error }

// Read reads the mailbox' unseen mails in the order of their UIDs, and marks each
// after the sink has taken its verdicts. A lost connection is made again a few times,
// at growing distance.
func (b IMAP) Read(ctx context.Context, o Options, sink Sink) (Tally, error) {
	r := &imapReader{IMAP: b, options: o, sink: sink}
	for tries := 1; ; tries++ {
		before := r.tally.Mails
		err := r.session(ctx)
		switch {
		case err == nil:
			return r.tally, nil
		case ctx.Err() != nil:
			return r.tally, ctx.Err()
		case errors.As(err, new(errFinal)):
			return r.tally, err
		case r.tally.Mails > before:
			tries = 1
		}
		if tries >= maxTries {
			return r.tally, fmt.Errorf("%w (tried %d times)", err, tries)
		}
		if err := b.Sleep(ctx, time.Second<<(2*tries-2)); err != nil {
			return r.tally, err
		}
	}
}

// imapReader reads one mailbox over as many connections as it takes.
type imapReader struct {
	IMAP
	options Options
	sink    Sink
	tally   Tally

	// taken are the mails whose verdicts were taken and which may not be marked: the
	// connection was lost, or Keep is set. UIDs are worth what their validity says
	// (RFC 9051, 2.3.1.1): if that changes, they are forgotten.
	validity uint32
	taken    map[imap.UID]bool
}

func (r *imapReader) session(ctx context.Context) error {
	client, err := r.dial(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	defer context.AfterFunc(ctx, func() { client.Close() })()
	if err := client.Login(r.Username, r.Password).Wait(); err != nil {
		return r.explain("logging in as "+r.Username, err)
	}
	unseen, err := r.open(client)
	if err != nil {
		return err
	}
	for _, uid := range unseen {
		if err := r.read(ctx, client, uid); err != nil {
			return err
		}
	}
	client.Logout().Wait() // all is done; how the farewell goes is no matter
	return nil
}

// imapClient is a client and the connection below it.
type imapClient struct {
	*imapclient.Client
	conn *patient
}

func (r *imapReader) dial(ctx context.Context) (*imapClient, error) {
	address := r.Host
	if _, _, err := net.SplitHostPort(address); err != nil {
		address = net.JoinHostPort(r.Host, "993")
	}
	host, _, _ := net.SplitHostPort(address)
	config := new(tls.Config)
	if r.TLS != nil {
		config = r.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = host
	}
	config.NextProtos = []string{"imap"} // RFC 7301 against attacks across protocols
	dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: dialTimeout}, Config: config}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		err = fmt.Errorf("IMAP server %s: %w", address, err)
		if errors.As(err, new(*tls.CertificateVerificationError)) {
			return nil, errFinal{err}
		}
		return nil, err
	}
	p := newPatient(conn, cmp.Or(r.Patience, patience), maxAnswer)
	return &imapClient{imapclient.New(p, nil), p}, nil
}

// explain says what was not to be, in words that a terminal shows harmlessly; there
// are servers that repeat the password. A server's NO and BAD are final; but for those
// that it marks as passing (RFC 5530).
func (r *imapReader) explain(doing string, err error) error {
	said := err.Error()
	if r.Password != "" {
		said = strings.ReplaceAll(said, r.Password, "[password]")
	}
	for _, ours := range []error{errEndless, errNested} {
		if strings.HasSuffix(said, ours.Error()) { // the library's words for each level come before
			said = ours.Error()
		}
	}
	text := fmt.Errorf("IMAP server %s: %s: %s", r.Host, doing, oneLine(said))
	var refusal *imap.Error
	if errors.As(err, &refusal) && refusal.Code != imap.ResponseCodeUnavailable && refusal.Code != imap.ResponseCodeInUse && refusal.Type != imap.StatusResponseTypeBye {
		return errFinal{text}
	}
	return text
}

// open selects the folder and lists the mails that are to be read.
func (r *imapReader) open(client *imapClient) ([]imap.UID, error) {
	folder := r.Folder
	if folder == "" {
		folder = "INBOX"
	}
	selected, err := client.Select(folder, &imap.SelectOptions{ReadOnly: r.options.Keep}).Wait()
	if err != nil {
		return nil, r.explain("opening folder "+folder, err)
	}
	if selected.UIDValidity != r.validity || r.taken == nil {
		r.validity, r.taken = selected.UIDValidity, map[imap.UID]bool{}
	}
	found, err := client.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen, imap.FlagDeleted}}, nil).Wait()
	if err != nil {
		return nil, r.explain("searching "+folder, err)
	}
	return found.AllUIDs(), nil
}

// read reads a mail, has its verdicts taken and marks it.
func (r *imapReader) read(ctx context.Context, client *imapClient, uid imap.UID) error {
	if !r.taken[uid] {
		mail, err := r.fetch(client, uid)
		if err != nil {
			return r.explain(fmt.Sprintf("fetching mail %d", uid), err)
		}
		if mail == nil {
			return nil // another program deleted it
		}
		if err := r.tally.take(ctx, mail, r.options, r.sink); err != nil {
			return errFinal{err}
		}
		r.taken[uid] = true
	}
	if r.options.Keep {
		return nil
	}
	if err := r.mark(client, uid); err != nil {
		return r.explain(fmt.Sprintf("marking mail %d as read", uid), err)
	}
	return nil
}

// fetch gives a mail, one octet more than the limit at most; nil if there is none.
func (r *imapReader) fetch(client *imapClient, uid imap.UID) (mail []byte, err error) {
	limit := int64(r.options.limit()) + 1
	whole := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: limit}}
	command := client.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{whole}})
	defer func() { err = errors.Join(err, command.Close()) }()
	for message := command.Next(); message != nil; message = command.Next() {
		var body []byte
		same := false
		for item := message.Next(); item != nil; item = message.Next() {
			switch item := item.(type) {
			case imapclient.FetchItemDataUID:
				same = item.UID == uid
			case imapclient.FetchItemDataBodySection:
				if item.Literal == nil {
					continue
				}
				if body, err = client.text(item.Literal, limit); err != nil {
					return nil, err
				}
			}
		}
		if same && body != nil { // a server may tell of other mails in between
			mail = body
		}
	}
	return mail, nil
}

// text reads a mail's text, of which it gives so much at most.
func (c *imapClient) text(literal imap.LiteralReader, limit int64) (body []byte, err error) {
	size := literal.Size()
	err = c.conn.literal(func() error {
		if body, err = io.ReadAll(io.LimitReader(literal, min(size, limit))); err != nil || size <= limit {
			return err
		}
		_, err := io.CopyN(io.Discard, literal, size-limit)
		return err
	})
	return body, err
}

func (r *imapReader) mark(client *imapClient, uid imap.UID) error {
	if r.MoveTo != "" {
		_, err := client.Move(imap.UIDSetNum(uid), r.MoveTo).Wait()
		return err
	}
	return client.Store(imap.UIDSetNum(uid), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close()
}
