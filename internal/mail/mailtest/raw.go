package mailtest

import (
	"net"
	"testing"
)

// Raw runs a server of one's own making on a free port of 127.0.0.1 until the test ends:
// talk has one connection, which is closed behind it.
func Raw(t testing.TB, talk func(net.Conn)) (port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				talk(conn)
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}
