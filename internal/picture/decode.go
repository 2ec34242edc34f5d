package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"slices"

	"golang.org/x/image/webp"
)

// MaxPixels is the largest image that is decoded: that of a good camera, and of
// at most half a gigabyte of memory at the worst.
const MaxPixels = 32_000_000

// maxScans bounds the scans of a progressive JPEG. Each goes over all pixels, and
// an empty one takes a few bytes.
const maxScans = 100

// errFormat is of what is not an image, or of a kind that can't be read.
var errFormat = errors.New("not a JPEG, PNG, GIF or WebP image")

type format struct {
	magic  string // how its files begin; a ? is any byte
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

var formats = []format{
	{"\xff\xd8", jpeg.DecodeConfig, jpeg.Decode},
	{"\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
	{"GIF8?a", gif.DecodeConfig, gif.Decode}, // the first frame only
	{"RIFF????WEBPVP8", webp.DecodeConfig, webp.Decode},
}

// source is a decoded image. Its pixels are as the file has them, not turned.
type source struct {
	image image.Image
	size  image.Point
	turn  orientation
	lossy bool // it was a JPEG
}

// Pixels gives how many pixels the file's header promises. It decodes none, and
// fails as Make does.
func Pixels(file []byte) (int, error) {
	_, c, err := readHeader(file)
	return c.Width * c.Height, err
}

func decode(file []byte) (*source, error) {
	f, c, err := readHeader(file)
	if err != nil {
		return nil, err
	}
	img, err := f.decode(bytes.NewReader(file))
	if err != nil {
		return nil, damaged(err)
	}
	return &source{img, image.Pt(c.Width, c.Height), orientationOf(file), file[0] == 0xff}, nil
}

func readHeader(file []byte) (f format, c image.Config, err error) {
	i := slices.IndexFunc(formats, func(f format) bool { return begins(file, f.magic) })
	if i < 0 {
		return f, c, errFormat
	}
	f = formats[i]
	if c, err = f.config(bytes.NewReader(file)); err != nil {
		return f, c, damaged(err)
	}
	return f, c, check(c, file)
}

// check refuses what would take too much memory or time.
func check(c image.Config, file []byte) error {
	switch pixels := int64(c.Width) * int64(c.Height); {
	case c.Width < 1 || c.Height < 1:
		return errors.New("it has no pixels")
	case pixels > MaxPixels:
		return fmt.Errorf("%d x %d pixels (want at most %d million)", c.Width, c.Height, MaxPixels/1_000_000)
	}
	if file[0] == 0xff && bytes.Count(file, []byte{0xff, 0xda}) > maxScans {
		return fmt.Errorf("a JPEG of more than %d scans", maxScans)
	}
	return nil
}

func damaged(err error) error { return fmt.Errorf("damaged: %w", err) }

func begins(file []byte, magic string) bool {
	if len(file) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != file[i] {
			return false
		}
	}
	return true
}

// row writes the pixels of row y from x on into dst, an image of one row. Where a
// frame of an animation leaves the canvas free, they are transparent.
func (s *source) row(dst *image.RGBA, x, y int) {
	b := s.image.Bounds()
	at := image.Pt(x, y)
	if s.size != b.Size() { // a part of the canvas: a frame of a GIF
		clear(dst.Pix)
	} else {
		at = at.Add(b.Min)
	}
	draw.Draw(dst, dst.Bounds(), s.image, at, draw.Src)
}

// opaque reports whether no pixel is transparent.
func (s *source) opaque() bool {
	i, ok := s.image.(interface{ Opaque() bool })
	return s.size == s.image.Bounds().Size() && ok && i.Opaque()
}

// isArt reports whether an image is a drawing, a diagram, a screenshot or a logo
// rather than a photograph: most neighbours in it are of one colour.
func (s *source) isArt() bool {
	const rows = 64
	line := image.NewRGBA(image.Rect(0, 0, s.size.X, 1))
	equal, all := 0, 0
	for i := range min(rows, s.size.Y) {
		y := i * s.size.Y / min(rows, s.size.Y)
		s.row(line, 0, y)
		for x := 4; x < len(line.Pix); x += 4 {
			all++
			if [4]byte(line.Pix[x:x+4]) == [4]byte(line.Pix[x-4:x]) {
				equal++
			}
		}
	}
	return 2*equal >= all
}
