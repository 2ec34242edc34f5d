package main

import (
	"fmt"
	"net"
	"os"
	"strconv"
)

// firstSocket is the file descriptor of the first socket that systemd passes.
const firstSocket = 3

// activated gives the socket that systemd listens on for the process pid
// (sd_listen_fds(3)), or nil if there is none: LISTEN_PID says for whom it is,
// LISTEN_FDS how many there are, from the descriptor first on.
func activated(getenv func(string) string, pid int, first uintptr) (net.Listener, error) {
	if getenv("LISTEN_PID") != strconv.Itoa(pid) {
		return nil, nil
	}
	if n := getenv("LISTEN_FDS"); n != "1" {
		return nil, fmt.Errorf("systemd passes %s sockets (want one ListenStream= in the .socket unit)", n)
	}
	f := os.NewFile(first, "LISTEN_FDS")
	if f == nil {
		return nil, fmt.Errorf("systemd's socket, file descriptor %d, is not there", first)
	}
	defer f.Close() // the listener has a copy
	l, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("systemd's socket: %w (want ListenStream= in the .socket unit)", err)
	}
	return l, nil
}
