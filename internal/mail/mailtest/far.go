package mailtest

import (
	"io"
	"net"
	"strconv"
	"testing"
	"time"
)

// Far puts a round trip between us and the server at host and port: what the server
// sends arrives so much later, however much it is. What we send arrives at once, which
// we can't tell from half of it each way, and which spares the machine the copying.
// It gives the port on 127.0.0.1 to connect to instead.
func Far(tb testing.TB, host string, port int, roundTrip time.Duration) int {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { l.Close() })
	go Delay(l, net.JoinHostPort(host, strconv.Itoa(port)), roundTrip)
	return l.Addr().(*net.TCPAddr).Port
}

// Delay does what Far does for the connections of l, until it is closed: for a
// benchmark that gives it a process of its own.
func Delay(l net.Listener, address string, roundTrip time.Duration) {
	for {
		near, err := l.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", address)
		if err != nil {
			near.Close()
			continue
		}
		go func() {
			defer server.Close()
			io.Copy(server, near) // by splice(2) on Linux
		}()
		go delay(near, server, roundTrip)
	}
}

// delay copies src to dst, each read's bytes after d.
func delay(dst io.WriteCloser, src io.Reader, d time.Duration) {
	type piece struct {
		data []byte
		due  time.Time
	}
	way := make(chan piece, 1000)
	go func() {
		defer dst.Close()
		for p := range way {
			time.Sleep(time.Until(p.due))
			dst.Write(p.data)
		}
	}()
	defer close(way)
	for {
		buffer := make([]byte, 4<<10)
		n, err := src.Read(buffer)
		if n > 0 {
			way <- piece{buffer[:n], time.Now().Add(d)}
		}
		if err != nil {
			return
		}
	}
}
