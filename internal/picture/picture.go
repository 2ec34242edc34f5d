// Package picture makes images fit for mail: small in pixels and in bytes, in a
// format that every mail client shows, upright, and with nothing in it that the
// photographer's camera knew.
//
//	file ─decode─▶ pixels ─crop, shrink, turn─▶ pixels ─encode─▶ Picture
//
// JPEG, PNG, GIF and WebP are read; JPEG and PNG come out. Of an animation the
// first frame is left: Outlook for Windows shows no other, a mail is calm, and
// motion that cannot be stopped keeps some people from reading what is beside
// it (WCAG 2.2.2). Colours are taken for sRGB: a colour profile is dropped with
// all other metadata.
//
// The same file and box give the same bytes on any machine. That is why nothing
// here computes in floating point, which compilers may round in several ways (Go
// fuses multiplication and addition on some processors and not on others), and
// why golang.org/x/image/draw, which does, is not used.
//
// Files are untrusted. What a header says of its size is judged before pixels
// are decoded.
package picture

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
)

// Version grows when the same file and box give other bytes than before:
// TestGolden tells. What was kept of another version is made again.
const Version = 1

// Box is the room that a picture has.
type Box struct {
	// Width and Height are pixels of the file: for sharp screens twice those
	// of the page. An image of nearly this shape is cropped to it. Any other
	// is left whole; it fits into a square of Width then.
	Width, Height int

	// Bytes is how long the file may be. Quality goes first, then size.
	Bytes int
}

// Picture is an image made for mail.
type Picture struct {
	Type          string // "image/jpeg" or "image/png"
	Width, Height int    // pixels
	Bytes         []byte
}

// Make makes a picture of an image file. It is never larger, in pixels, than the
// image. The error says what is wrong with the file: "not a JPEG, PNG, GIF or
// WebP image", "damaged: unexpected EOF".
func Make(file []byte, b Box) (*Picture, error) {
	if b.Width < 1 || b.Height < 1 {
		return nil, fmt.Errorf("a box of %d x %d pixels", b.Width, b.Height)
	}
	s, err := decode(file)
	if err != nil {
		return nil, err
	}
	if s.turn.sideways() {
		b.Width, b.Height = b.Height, b.Width
	}
	crop, size := fit(s.size, b, s.opaque())
	pixels := s.turn.apply(resample(s.row, crop, size))
	g := goal{most: b.Bytes, aim: b.Bytes}
	if s.isArt() {
		g.favour = 2
	}
	if s.lossy { // what it has lost does not come back in a longer file
		g.aim, g.favour = len(file), g.favour/2
	}
	return encode(pixels, g), nil
}

// Name gives the picture's file name, which is another for other bytes:
// "1200-3f1c….jpg". Such a file never changes and can be kept for ever; feed
// publish tells caches so by the hash at the name's end.
func (p *Picture) Name() string {
	extension := ".jpg"
	if p.Type == "image/png" {
		extension = ".png"
	}
	sum := sha256.Sum256(p.Bytes)
	return fmt.Sprintf("%d-%s%s", p.Width, hex.EncodeToString(sum[:10]), extension)
}

// fit gives the part of an image that is shown and the size it is shown in. The
// part is the middle: an image is cropped if that costs less than a third of it.
// A transparent one, which is a logo or was cut out along its edge, is cropped
// only if it costs next to nothing.
func fit(size image.Point, b Box, opaque bool) (crop image.Rectangle, shown image.Point) {
	w, h := int64(size.X), int64(size.Y)
	bw, bh := int64(b.Width), int64(b.Height)
	cw, ch := min(w, max(1, (h*bw+bh/2)/bh)), min(h, max(1, (w*bh+bw/2)/bw))
	lost := w*h - cw*ch
	if cropped := 3*lost < w*h && (opaque || 16*lost < w*h); !cropped {
		cw, ch = w, h
		bw = max(bw, bh)
		bh = bw
	}
	x, y := int(w-cw)/2, int(h-ch)/2
	crop = image.Rect(x, y, x+int(cw), y+int(ch))
	switch { // shrink by the side that needs it most; never enlarge
	case cw <= bw && ch <= bh:
		return crop, crop.Size()
	case cw*bh >= ch*bw:
		return crop, image.Pt(int(bw), int(max(1, (ch*bw+cw/2)/cw)))
	default:
		return crop, image.Pt(int(max(1, (cw*bh+ch/2)/ch)), int(bh))
	}
}
