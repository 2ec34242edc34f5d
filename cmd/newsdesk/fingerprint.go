package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// fingerprint is that of a configuration and of what it names that a program reads when
// it begins to work by it: passwords, keys, templates. Of one that is wrong it is that
// of the file alone.
type fingerprint string

// printedConfig loads the configuration, and gives what it is known by.
func (a *app) printedConfig() (*Config, fingerprint, error) {
	sum := sha256.New()
	file, _ := readLimited(a.flags.config, maxConfig) // first: what is written meanwhile is a change
	sum.Write(file)
	c, err := a.config()
	if err == nil {
		for _, name := range printedNames(c) {
			filepath.WalkDir(name, func(name string, d fs.DirEntry, err error) error {
				if err != nil || !d.IsDir() {
					hashFile(sum, name)
				}
				return nil // whoever needs it tells
			})
		}
	}
	return c, fingerprint(hex.EncodeToString(sum.Sum(nil))), err
}

// printedNames are the files and folders whose content is in a fingerprint, beside the
// configuration's.
func printedNames(c *Config) []string {
	names := secretFiles(c)
	if c.Look.Templates != "" {
		names = append(names, c.Look.Templates)
	}
	return names
}

// hashFile adds a file, or that it can't be read.
func hashFile(sum io.Writer, name string) {
	text, err := os.ReadFile(name)
	of := sha256.Sum256(text)
	io.WriteString(sum, name)
	if err == nil {
		sum.Write(of[:])
	}
}

// secretFiles are the files of passwords and keys.
func secretFiles(c *Config) (names []string) {
	all := []string{c.SMTP.PasswordFile, c.Bounces.IMAPPasswordFile, c.Bounces.WebhookFile}
	for _, r := range c.SMTP.Relays {
		all = append(all, r.PasswordFile)
	}
	for _, k := range c.SMTP.DKIM {
		all = append(all, k.KeyFile)
	}
	for _, name := range all {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}
