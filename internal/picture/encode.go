package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"sort"
)

// qualities of JPEG, the best first. Above it bytes grow and nobody sees it at
// two pixels to one of the page; below the last, everybody sees it.
// The good ones at the beginning differ in bytes and hardly to the eye.
var qualities = []int{82, 76, 70, 64, 58, 52, 46, 40}

const good = 3

// least is how wide or high a picture may be and still not be made smaller for
// the sake of its bytes.
const least = 64

// goal says how an image is to be encoded.
type goal struct {
	most   int // bytes
	aim    int // bytes that are enough: no quality is spent on more
	favour int // how many times as long as the JPEG a PNG may be
}

// encode writes an image as the format that suits it. A photograph becomes a
// JPEG. Art and what is transparent become a PNG, unless that is too long: a
// photograph of a white wall is taken for art, and so told.
func encode(img *image.RGBA, g goal) *Picture {
	transparent := !img.Opaque()
	if g.favour > 0 || transparent {
		p := &Picture{"image/png", img.Rect.Dx(), img.Rect.Dy(), encodePNG(img)}
		if len(p.Bytes) <= g.most && (transparent || len(p.Bytes) <= g.favour*len(encodeJPEG(img, qualities[0]))) {
			return p
		}
	}
	if transparent {
		img = onWhite(img)
	}
	for {
		data := smallJPEG(img, g)
		size := img.Rect.Size()
		if len(data) <= g.most || max(size.X, size.Y) <= least {
			return &Picture{"image/jpeg", size.X, size.Y, data}
		}
		img = resample(rowsOf(img), img.Rect, image.Pt(max(1, size.X*3/4), max(1, size.Y*3/4)))
	}
}

func rowsOf(img *image.RGBA) func(dst *image.RGBA, x, y int) {
	return func(dst *image.RGBA, x, y int) { copy(dst.Pix, img.Pix[img.PixOffset(x, y):]) }
}

// smallJPEG gives the best JPEG that is short enough, or the worst.
func smallJPEG(img *image.RGBA, g goal) (data []byte) {
	for _, quality := range qualities[:good] {
		if data = encodeJPEG(img, quality); len(data) <= g.aim {
			break
		}
	}
	if len(data) <= g.most {
		return data
	}
	poor := qualities[good:]
	i := sort.Search(len(poor)-1, func(i int) bool { return len(encodeJPEG(img, poor[i])) <= g.most })
	return encodeJPEG(img, poor[i])
}

func encodeJPEG(img *image.RGBA, quality int) []byte {
	var simple image.Image = img
	if grey := asGrey(img); grey != nil {
		simple = grey
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, simple, &jpeg.Options{Quality: quality}); err != nil {
		panic(err) // a buffer takes everything, and the image is small enough
	}
	return b.Bytes()
}

func encodePNG(img *image.RGBA) []byte {
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	if err := e.Encode(&b, simplest(img)); err != nil {
		panic(err) // as above
	}
	return b.Bytes()
}

// onWhite lays a transparent image on white paper.
func onWhite(img *image.RGBA) *image.RGBA {
	out := image.NewRGBA(img.Rect)
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, img, img.Rect.Min, draw.Over)
	return out
}

// simplest gives an image in the simplest form that holds it: greys, or else
// few colours, or else as it is.
func simplest(img *image.RGBA) image.Image {
	if grey := asGrey(img); grey != nil {
		return grey
	}
	if few := asFew(img); few != nil {
		return few
	}
	return img
}

func asGrey(img *image.RGBA) *image.Gray {
	out := image.NewGray(img.Rect)
	for i := range out.Pix {
		p := img.Pix[4*i : 4*i+4]
		if p[0] != p[1] || p[1] != p[2] || p[3] != 255 {
			return nil
		}
		out.Pix[i] = p[0]
	}
	return out
}

// asFew gives an image with a palette, in the order in which its colours
// appear, or nil if there are more than 256.
func asFew(img *image.RGBA) *image.Paletted {
	out := image.NewPaletted(img.Rect, nil)
	index := map[[4]byte]uint8{}
	for i := range out.Pix {
		p := [4]byte(img.Pix[4*i : 4*i+4])
		at, known := index[p]
		if !known {
			if len(index) == 256 {
				return nil
			}
			at = uint8(len(index))
			index[p] = at
			out.Palette = append(out.Palette, color.RGBA{p[0], p[1], p[2], p[3]})
		}
		out.Pix[i] = at
	}
	return out
}
