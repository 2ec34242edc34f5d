package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"
)

// The files of these tests are made here: what they show is known to the pixel.

// photo is what a camera sees: slopes of light, and noise.
func photo(w, h int) *image.RGBA {
	r := rand.New(rand.NewPCG(1, 2))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			noise := r.IntN(24)
			img.SetRGBA(x, y, color.RGBA{uint8(x*200/w + noise), uint8(y*200/h + noise), uint8((x+y)*100/(w+h) + noise), 255})
		}
	}
	return img
}

// cutout is a photograph whose left half is transparent.
func cutout(w, h int) *image.RGBA {
	img := photo(w, h)
	draw.Draw(img, image.Rect(0, 0, w/2, h), image.Transparent, image.Point{}, draw.Src)
	return img
}

// lines is a diagram: some strokes on paper of one colour.
func lines(w, h int, paper color.Color) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(paper), image.Point{}, draw.Src)
	for i := range 10 {
		stroke := image.NewUniform(color.RGBA{uint8(20 * i), 60, 120, 255})
		draw.Draw(img, image.Rect(0, i*h/10, w, i*h/10+3), stroke, image.Point{}, draw.Src)
		draw.Draw(img, image.Rect(i*w/10, 0, i*w/10+3, h), stroke, image.Point{}, draw.Src)
	}
	return img
}

// noise is the worst there is for JPEG.
func noise(w, h int) *image.RGBA {
	r := rand.New(rand.NewPCG(3, 4))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.Uint32()) | uint8(i%4/3*255)
	}
	return img
}

// corners is a white image whose corner is black and whose upper edge is red.
func corners(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(0, 0, w, h/4), image.NewUniform(color.RGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(0, 0, w/4, h/4), image.Black, image.Point{}, draw.Src)
	return img
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withOrientation puts an EXIF block into a JPEG, after another segment.
func withOrientation(file []byte, o uint16, order binary.AppendByteOrder) []byte {
	tiff := []byte("II*\x00")
	if order.AppendUint16(nil, 1)[0] == 0 {
		tiff = []byte("MM\x00*")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, tag := range []uint16{0x010f, 0x0112} {
		tiff = order.AppendUint16(tiff, tag)
		tiff = order.AppendUint16(tiff, 3) // SHORT
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, o)
		tiff = order.AppendUint16(tiff, 0)
	}
	tiff = append(tiff, "GPS: 38.9N 77.0W"...)
	exif := append([]byte("Exif\x00\x00"), tiff...)
	segments := []byte("\xff\xd8\xff\xfe\x00\x07Hello\xff\xff\xe1")
	segments = binary.BigEndian.AppendUint16(segments, uint16(2+len(exif)))
	return append(append(segments, exif...), file[2:]...)
}

// animated is a GIF of a canvas whose first frame is a part of it.
func animated(t testing.TB, w, h int) []byte {
	t.Helper()
	palette := color.Palette{color.Transparent, color.RGBA{0, 0, 255, 255}, color.Black}
	first := image.NewPaletted(image.Rect(w/4, h/4, w*3/4, h*3/4), palette)
	draw.Draw(first, first.Rect, image.NewUniform(palette[1]), image.Point{}, draw.Src)
	second := image.NewPaletted(image.Rect(0, 0, w, h), palette)
	draw.Draw(second, second.Rect, image.Black, image.Point{}, draw.Src)
	var b bytes.Buffer
	g := &gif.GIF{Image: []*image.Paletted{first, second}, Delay: []int{10, 10}, Config: image.Config{ColorModel: palette, Width: w, Height: h}}
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb is a PNG of a few bytes whose header promises very many pixels.
func bomb(w, h uint32) []byte {
	header := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	header = append(binary.BigEndian.AppendUint32(header, h), 8, 6, 0, 0, 0)
	file := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), header...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(header))
}
