// Package dnstest runs a real DNS server on loopback inside a test, by UDP and
// TCP, which answers from a few lines of text.
package dnstest

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// Start serves zone until the test ends and gives the server's address,
// "127.0.0.1:5353". Each line of zone is a record: its name, its type, its data.
//
//	example.org      TXT v=spf1 mx -all
//	example.org      MX 10 mx.example.org
//	mx.example.org   A 192.0.2.1
//	192.0.2.1        PTR mx.example.org
//	broken.example   SERVFAIL
//
// A name that has no line does not exist. An answer that is longer than 512 octets
// is truncated by UDP (RFC 1035, 4.2.1).
func Start(t testing.TB, zone string) string {
	t.Helper()
	s := server{records: map[string][]record{}}
	for line := range strings.Lines(zone) {
		if err := s.add(line); err != nil {
			t.Fatal(err)
		}
	}
	l, u := listen(t)
	t.Cleanup(func() { l.Close(); u.Close() })
	go s.serveTCP(l)
	go s.serveUDP(u)
	return l.Addr().String()
}

// listen finds a port that is free for both protocols.
func listen(t testing.TB) (net.Listener, net.PacketConn) {
	t.Helper()
	var err error
	for range 20 {
		l, listenErr := net.Listen("tcp", "127.0.0.1:0")
		if listenErr != nil {
			t.Fatal(listenErr)
		}
		var u net.PacketConn
		if u, err = net.ListenPacket("udp", l.Addr().String()); err == nil {
			return l, u
		}
		l.Close()
	}
	t.Fatal(err)
	return nil, nil
}

type record struct {
	kind dnsmessage.Type
	body dnsmessage.ResourceBody // nil: SERVFAIL
}

type server struct{ records map[string][]record }

func (s *server) add(line string) error {
	fields := strings.Fields(line)
	if len(fields) == 0 {
		return nil
	}
	if len(fields) < 2 {
		return fmt.Errorf("%q: want a name, a type and data", line)
	}
	data := fields[2:]
	r, name := record{}, strings.ToLower(fields[0])+"."
	var err error
	switch kind := fields[1]; {
	case kind == "SERVFAIL":
	case kind == "TXT":
		r = record{dnsmessage.TypeTXT, &dnsmessage.TXTResource{TXT: cut(strings.Join(data, " "))}}
	case kind == "A" || kind == "AAAA":
		var ip netip.Addr
		if ip, err = netip.ParseAddr(data[0]); err == nil && ip.Is4() {
			r = record{dnsmessage.TypeA, &dnsmessage.AResource{A: ip.As4()}}
		} else if err == nil {
			r = record{dnsmessage.TypeAAAA, &dnsmessage.AAAAResource{AAAA: ip.As16()}}
		}
	case kind == "MX":
		var preference int
		preference, err = strconv.Atoi(data[0])
		r = record{dnsmessage.TypeMX, &dnsmessage.MXResource{Pref: uint16(preference), MX: dnsmessage.MustNewName(strings.TrimSuffix(data[1], ".") + ".")}}
	case kind == "PTR":
		name, err = reversed(fields[0])
		r = record{dnsmessage.TypePTR, &dnsmessage.PTRResource{PTR: dnsmessage.MustNewName(data[0] + ".")}}
	default:
		err = fmt.Errorf("%q: no type of record that is known here", kind)
	}
	s.records[name] = append(s.records[name], r)
	return err
}

// cut makes the strings of a TXT record, of 255 octets at most.
func cut(text string) (all []string) {
	for len(text) > 255 {
		all, text = append(all, text[:255]), text[255:]
	}
	return append(all, text)
}

// reversed gives the name below in-addr.arpa of an IPv4 address.
func reversed(text string) (string, error) {
	ip, err := netip.ParseAddr(text)
	if err != nil || !ip.Is4() {
		return "", fmt.Errorf("%q: want an IPv4 address", text)
	}
	b := ip.As4()
	return fmt.Sprintf("%d.%d.%d.%d.in-addr.arpa.", b[3], b[2], b[1], b[0]), nil
}

// answer makes the reply to a question; it is nil if that can't be read.
func (s *server) answer(question []byte, most int) []byte {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Header = dnsmessage.Header{ID: m.ID, Response: true, RecursionDesired: m.RecursionDesired, RecursionAvailable: true}
	m.Additionals = nil
	all, found := s.records[strings.ToLower(q.Name.String())]
	if !found {
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, r := range all {
		switch r.kind {
		case 0:
			m.RCode = dnsmessage.RCodeServerFailure
		case q.Type:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 60}, Body: r.body})
		}
	}
	packed, err := m.Pack()
	if err == nil && len(packed) > most {
		m.Truncated, m.Answers = true, nil
		packed, err = m.Pack()
	}
	if err != nil {
		return nil
	}
	return packed
}

func (s *server) serveUDP(c net.PacketConn) {
	b := make([]byte, 4096)
	for {
		n, from, err := c.ReadFrom(b)
		if err != nil {
			return
		}
		if reply := s.answer(b[:n], 512); reply != nil {
			_, _ = c.WriteTo(reply, from) // the client asks again
		}
	}
}

func (s *server) serveTCP(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			for {
				var length [2]byte
				if _, err := io.ReadFull(c, length[:]); err != nil {
					return
				}
				question := make([]byte, binary.BigEndian.Uint16(length[:]))
				if _, err := io.ReadFull(c, question); err != nil {
					return
				}
				reply := s.answer(question, 65535)
				if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...)); err != nil {
					return
				}
			}
		}()
	}
}
