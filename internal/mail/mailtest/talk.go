package mailtest

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
)

// talk is one connection.
type talk struct {
	*Faulty
	conn  net.Conn
	r     *bufio.Reader
	ahead []string // lines that were read already

	message Message
	begun   bool // MAIL was accepted
	closed  bool
}

func (t *talk) run() {
	t.answer("CONNECT", "220 faulty.example ESMTP")
	for !t.closed {
		line, err := t.line()
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		t.command(strings.ToUpper(verb), rest)
	}
}

func (t *talk) command(verb, rest string) {
	switch verb {
	case "EHLO", "HELO":
		t.answer("EHLO", "250-"+strings.Join(append([]string{"faulty.example"}, t.Capabilities...), "\n250-"))
	case "STARTTLS":
		t.answer(verb, "220 go ahead")
		t.conn = tls.Server(t.conn, t.TLS)
		t.r = bufio.NewReader(t.conn)
	case "AUTH":
		t.answer(verb, "235 2.7.0 welcome")
	case "MAIL":
		t.message = Message{From: path(rest)}
		usual := "250 2.1.0 sender"
		if t.begun {
			usual = "503 5.5.1 nested MAIL"
		}
		t.begun = t.answer(verb, usual) || t.begun
	case "RCPT":
		t.rcpt(path(rest))
	case "DATA":
		t.data()
	case "BDAT":
		t.chunk(rest)
	case "RSET":
		t.begun = !t.answer(verb, "250 2.0.0 forgotten") && t.begun
	case "QUIT":
		t.answer(verb, "221 2.0.0 bye")
		t.closed = true
	default:
		t.answer(verb, "500 5.5.2 what is "+verb)
	}
}

func (t *talk) rcpt(to string) {
	usual := "250 2.1.5 recipient"
	if !t.begun {
		usual = "503 5.5.1 no sender"
	}
	t.message.To = to
	if !t.answer("RCPT", usual) {
		t.message.To = ""
		t.message.User = to // for faults after the refusal
	}
}

func (t *talk) data() {
	usual := "354 go ahead"
	if !t.begun || t.message.To == "" {
		usual = "554 5.5.1 no valid recipients"
	}
	if !t.answer("DATA", usual) {
		return
	}
	if fault := t.fault("BODY", t.recipient()); fault.Drop {
		t.r.ReadByte()
		t.write(fault.Reply, false)
		t.close()
		return
	}
	for {
		line, err := t.r.ReadString('\n')
		if err != nil {
			t.closed = true
			return
		}
		if line == ".\r\n" {
			break
		}
		t.message.Data = append(t.message.Data, strings.TrimPrefix(line, ".")...)
	}
	t.note(".")
	t.end(".")
}

// chunk reads what BDAT announced, whatever comes of it (RFC 3030, 2).
func (t *talk) chunk(rest string) {
	size, last, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(size)
	if err != nil {
		t.answer("BDAT", "501 5.5.4 size")
		return
	}
	chunk := make([]byte, n)
	if _, err := io.ReadFull(t.r, chunk); err != nil {
		t.closed = true
		return
	}
	t.message.Data = append(t.message.Data, chunk...)
	switch {
	case !t.begun || t.message.To == "":
		t.answer("BDAT", "503 5.5.1 no valid recipients")
	case last == "":
		t.answer("BDAT", "250 2.0.0 octets")
	default:
		t.end("LAST")
	}
}

// end takes or refuses the whole message.
func (t *talk) end(at string) {
	message := t.message
	t.begun, t.message = false, Message{User: t.recipient()}
	fault := t.fault(at, message.To+message.User)
	usual := "250 2.0.0 queued"
	if message.To == "" {
		usual = "554 5.5.1 no valid recipients"
	}
	accepted := message.To != "" && (fault.Accept || fault.Reply == "" && !fault.Drop || strings.HasPrefix(fault.Reply, "2"))
	if accepted {
		t.mu.Lock()
		t.messages = append(t.messages, message)
		t.mu.Unlock()
	}
	t.act(fault, usual)
}

func (t *talk) recipient() string {
	if t.message.To != "" {
		return t.message.To
	}
	return t.message.User
}

// answer says usual, or what a fault says, and reports whether it was a yes.
func (t *talk) answer(at, usual string) bool {
	return t.act(t.fault(at, t.recipient()), usual)
}

func (t *talk) act(f *Fault, usual string) bool {
	if f.Wait != nil {
		<-f.Wait
	}
	for f.Until != "" && (len(t.ahead) == 0 || !strings.HasPrefix(t.ahead[len(t.ahead)-1], f.Until)) {
		line, err := t.r.ReadString('\n')
		if err != nil {
			t.closed = true
			return false
		}
		t.ahead = append(t.ahead, line)
	}
	if t.r.Buffered() > 0 && !slices.Contains(t.Capabilities, "PIPELINING") {
		line, _ := t.r.Peek(t.r.Buffered())
		t.mu.Lock()
		t.early = append(t.early, string(line))
		t.mu.Unlock()
	}
	reply := usual
	if f.Reply != "" || f.Drop {
		reply = f.Reply
	}
	t.write(reply, f.Split)
	if f.Drop || strings.HasPrefix(reply, "421") {
		t.close()
	}
	return strings.HasPrefix(reply, "2") || strings.HasPrefix(reply, "3")
}

// write sends a reply. Of one of several lines, the last line's hyphen after
// the code becomes a space if all lines have one.
func (t *talk) write(reply string, split bool) {
	if reply == "" {
		return
	}
	lines := strings.Split(reply, "\n")
	if last := &lines[len(lines)-1]; len(*last) > 3 && (*last)[3] == '-' {
		*last = (*last)[:3] + " " + (*last)[4:]
	}
	b := []byte(strings.Join(lines, "\r\n") + "\r\n")
	if !split {
		t.conn.Write(b)
		return
	}
	for i := range b {
		t.conn.Write(b[i : i+1])
	}
}

func (t *talk) close() {
	t.closed = true
	t.conn.Close()
}

func (t *talk) line() (string, error) {
	var line string
	var err error
	if len(t.ahead) > 0 {
		line, t.ahead = t.ahead[0], t.ahead[1:]
	} else if line, err = t.r.ReadString('\n'); err != nil {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	t.note(line)
	return line, nil
}

func (t *talk) note(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.commands = append(t.commands, line)
}

// path gives what stands in the angle brackets of MAIL and RCPT.
func path(s string) string {
	_, s, _ = strings.Cut(s, "<")
	s, _, _ = strings.Cut(s, ">")
	return s
}
