package main

import (
	"fmt"
	"os"
	"strings"
)

// secret gives a password itself or the first line of its file, which key names.
func secret(key, value, file string) (string, error) {
	if file == "" {
		return value, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(line), nil
}
