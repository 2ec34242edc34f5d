package picture

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation is how a camera was held: 1 to 8 as EXIF 2.32, 4.6.4 numbers it, by
// where the first row and the first column of the file belong.
type orientation int

// upright is of files that say nothing.
const upright orientation = 1

// sideways reports whether rows are columns.
func (o orientation) sideways() bool { return o >= 5 }

// apply turns an image upright.
func (o orientation) apply(img *image.RGBA) *image.RGBA {
	if o == upright {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	right, below := w-1, h-1
	if o.sideways() {
		w, h = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			from := [...]image.Point{
				2: {right - x, y}, 3: {right - x, below - y}, 4: {x, below - y},
				5: {y, x}, 6: {y, below - x}, 7: {right - y, below - x}, 8: {right - y, x},
			}[o]
			copy(out.Pix[out.PixOffset(x, y):][:4], img.Pix[img.PixOffset(from.X, from.Y):])
		}
	}
	return out
}

// orientationOf reads a JPEG's EXIF block as far as it takes. Of anything
// unexpected it makes upright.
func orientationOf(file []byte) orientation {
	if !begins(file, "\xff\xd8") {
		return upright
	}
	// Segments follow each other: marker, length of the rest, rest (ITU T.81,
	// B.1.1.4), until the first scan.
	for rest := file[2:]; len(rest) >= 4 && rest[0] == 0xff && rest[1] != 0xda; {
		if rest[1] == 0xff { // fill
			rest = rest[1:]
			continue
		}
		length := 2 + int(binary.BigEndian.Uint16(rest[2:]))
		if length < 4 || length > len(rest) {
			break
		}
		if exif, ok := bytes.CutPrefix(rest[4:length], []byte("Exif\x00\x00")); ok && rest[1] == 0xe1 {
			return readOrientation(exif)
		}
		rest = rest[length:]
	}
	return upright
}

// readOrientation finds the tag 0x0112 in the first directory of a TIFF header:
// byte order, 42, offset of the directory; in that, a count and entries of 12
// bytes: tag, type, count, value.
func readOrientation(tiff []byte) orientation {
	if len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return upright
	}
	directory := tiff[at:]
	count := int(order.Uint16(directory))
	for directory = directory[2:]; count > 0 && len(directory) >= 12; count-- {
		if order.Uint16(directory) == 0x0112 {
			if o := orientation(order.Uint16(directory[8:])); o >= 1 && o <= 8 {
				return o
			}
			break
		}
		directory = directory[12:]
	}
	return upright
}
