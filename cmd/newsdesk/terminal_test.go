package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestHarmless: what servers, mails and file names say can be shown by every way of
// telling something, and does nothing to the terminal.
func TestHarmless(t *testing.T) {
	const evil = "a\x1b]0;owned\x07\x1b[2J\u009b31m\rb\u202e\u2066c\x7f"
	var out bytes.Buffer
	a := &app{stdout: &out, stderr: &out}
	a.note("%s", evil)
	a.warn("%s", evil)
	a.tellError(errors.New(evil + "\n\tsecond line"))
	a.tellError(usage("%s", evil))
	a.tellError(configError{evil})
	printRows(&out, []row{{"name", "", evil}})
	if text := out.String(); strings.ContainsAny(text, "\x1b\x07\u009b\r\u202e\u2066\x7f") || strings.Count(text, "b\ufffd\ufffdc\ufffd") != 6 || !strings.Contains(text, "\n\tsecond line\n") {
		t.Errorf("%q", text)
	}
}
