package corpusgen

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
)

// placeholder makes a JPEG of 1200 by 630 pixels: a band of one colour on
// another.
func placeholder(r *rand.Rand) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 1200, 630))
	draw.Draw(img, img.Bounds(), image.NewUniform(colour(r)), image.Point{}, draw.Src)
	top := r.IntN(400)
	draw.Draw(img, image.Rect(0, top, 1200, top+200), image.NewUniform(colour(r)), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

func colour(r *rand.Rand) color.Color {
	return color.RGBA{R: uint8(r.IntN(256)), G: uint8(r.IntN(256)), B: uint8(r.IntN(256)), A: 255}
}
