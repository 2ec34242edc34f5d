package main

import (
	"net"
	"os"
	"syscall"
	"testing"
)

func TestActivated(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, test := range []struct {
		pid, fds string
		ours     bool
		wrong    bool
	}{
		{"", "", false, false},
		{"8", "1", false, false}, // for another process
		{"7", "1", true, false},
		{"7", "2", false, true},
		{"7", "", false, true},
	} {
		environment := map[string]string{"LISTEN_PID": test.pid, "LISTEN_FDS": test.fds}
		fd, err := syscall.Dup(int(f.Fd())) // which is closed with what it is made into
		if err != nil {
			t.Fatal(err)
		}
		got, err := activated(func(name string) string { return environment[name] }, 7, uintptr(fd))
		if (got != nil) != test.ours || (err != nil) != test.wrong {
			t.Errorf("%+v gives %v, %v", test, got, err)
		}
		if got == nil {
			syscall.Close(fd)
			continue
		}
		if got.Addr().String() != l.Addr().String() {
			t.Errorf("it listens on %s, want %s", got.Addr(), l.Addr())
		}
		got.Close()
	}
	file, err := os.Open("activation.go")
	if err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Dup(int(file.Fd()))
	file.Close()
	if err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{"LISTEN_PID": "7", "LISTEN_FDS": "1"}
	if _, err := activated(func(name string) string { return environment[name] }, 7, uintptr(fd)); err == nil {
		t.Error("a file is taken for a socket")
	}
}
