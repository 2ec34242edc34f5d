package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/medigy/newsdesk/internal/picture"
)

// keptName names a picture in the index by all that it is made of.
func keptName(file []byte, b picture.Box) string {
	h := sha256.New()
	fmt.Fprintln(h, picture.Version, b.Width, b.Height, b.Bytes)
	h.Write(file)
	return "pictures/" + hex.EncodeToString(h.Sum(nil)[:16])
}

// keptHead begins a kept picture: type, width, height and the hash of the rest.
const keptHead = "newsdesk picture %s %d %d %x\n"

// keep keeps a picture. Without it the next run takes longer, so an error is of
// no interest.
func (p *pictures) keep(name string, made *picture.Picture) {
	if p.store == nil {
		return
	}
	p.store.Create(name, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, keptHead, made.Type, made.Width, made.Height, sha256.Sum256(made.Bytes))
		_, bodyErr := w.Write(made.Bytes)
		return errors.Join(err, bodyErr)
	})
}

// kept gives a kept picture, or nil if there is none or it is damaged.
func (p *pictures) kept(name string) *picture.Picture {
	if p.store == nil {
		return nil
	}
	text, err := p.store.ReadString(name)
	if err != nil {
		return nil
	}
	head, body, _ := strings.Cut(text, "\n")
	made := &picture.Picture{Bytes: []byte(body)}
	var sum []byte
	_, err = fmt.Sscanf(head+"\n", keptHead, &made.Type, &made.Width, &made.Height, &sum)
	if actual := sha256.Sum256(made.Bytes); err != nil || string(sum) != string(actual[:]) {
		return nil
	}
	return made
}
