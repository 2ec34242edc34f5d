package picture

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lead and story are half the boxes of the digest, so that the tests are quick.
var (
	lead  = Box{600, 300, 50_000}
	story = Box{280, 187, 15_000}
)

func TestMake(t *testing.T) {
	transparent := lines(400, 200, color.Transparent)
	for _, tt := range []struct {
		name          string
		file          []byte
		box           Box
		mediaType     string
		width, height int
	}{
		{"a photograph is cropped a little", asJPEG(t, photo(600, 315)), lead, "image/jpeg", 600, 300},
		{"and for a story", asJPEG(t, photo(600, 315)), story, "image/jpeg", 280, 187},
		{"a photograph as PNG", asPNG(t, photo(750, 500)), lead, "image/jpeg", 600, 300},
		{"16:9", asJPEG(t, photo(800, 450)), lead, "image/jpeg", 600, 300},
		{"4:3 would lose a third", asJPEG(t, photo(800, 600)), lead, "image/jpeg", 600, 450},
		{"a portrait stays whole", asJPEG(t, photo(300, 600)), lead, "image/jpeg", 300, 600},
		{"and fits", asJPEG(t, photo(300, 600)), story, "image/jpeg", 140, 280},
		{"a small one is not enlarged", asJPEG(t, photo(150, 100)), lead, "image/jpeg", 150, 75},
		{"the banner", asJPEG(t, photo(50, 2500)), story, "image/jpeg", 6, 280},
		{"a line of pixels", asPNG(t, photo(2000, 1)), story, "image/jpeg", 280, 1},
		{"one pixel", asPNG(t, lines(1, 1, color.White)), story, "image/png", 1, 1},
		{"a diagram", asPNG(t, lines(600, 315, color.White)), story, "image/png", 280, 187},
		{"a logo stays whole", asPNG(t, lines(600, 315, color.Transparent)), story, "image/png", 280, 147},
		{"but for a margin", asPNG(t, lines(600, 315, color.Transparent)), lead, "image/png", 600, 300},
		{"a diagram as JPEG", asJPEG(t, lines(600, 300, color.White)), lead, "image/jpeg", 600, 300},
		{"transparent", asPNG(t, transparent), lead, "image/png", 400, 200},
		{"too long for a PNG", asPNG(t, cutout(400, 200)), Box{600, 300, 15_000}, "image/jpeg", 400, 200},
		{"an animation", animated(t, 400, 200), lead, "image/png", 400, 200},
		{"noise", asPNG(t, noise(400, 200)), Box{400, 200, 25_000}, "image/jpeg", 300, 150},
		{"hardly any bytes", asJPEG(t, noise(200, 100)), Box{1200, 600, 100}, "image/jpeg", 63, 31},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Make(tt.file, tt.box)
			if err != nil {
				t.Fatal(err)
			}
			if p.Type != tt.mediaType || p.Width != tt.width || p.Height != tt.height {
				t.Errorf("got %s of %d x %d, want %s of %d x %d", p.Type, p.Width, p.Height, tt.mediaType, tt.width, tt.height)
			}
			if len(p.Bytes) > tt.box.Bytes && max(p.Width, p.Height) > least {
				t.Errorf("%d bytes, want at most %d", len(p.Bytes), tt.box.Bytes)
			}
			if img := show(t, p); img.Bounds() != image.Rect(0, 0, p.Width, p.Height) {
				t.Errorf("the file has %v", img.Bounds())
			}
		})
	}
}

func show(t testing.TB, p *Picture) image.Image {
	t.Helper()
	img, format, err := image.Decode(bytes.NewReader(p.Bytes))
	if err != nil || "image/"+format != p.Type {
		t.Fatalf("%s: %v", format, err)
	}
	return img
}

// However the camera was held, the black corner is above and left, and nothing
// of the camera's is left.
func TestOrientation(t *testing.T) {
	held := map[uint16]func(x, y, w, h int) (int, int){
		1: func(x, y, w, h int) (int, int) { return x, y },
		2: func(x, y, w, h int) (int, int) { return w - 1 - x, y },
		3: func(x, y, w, h int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y, w, h int) (int, int) { return x, h - 1 - y },
		5: func(x, y, w, h int) (int, int) { return y, x },
		6: func(x, y, w, h int) (int, int) { return y, w - 1 - x },
		7: func(x, y, w, h int) (int, int) { return h - 1 - y, w - 1 - x },
		8: func(x, y, w, h int) (int, int) { return h - 1 - y, x },
	}
	const w, h = 400, 200 // upright
	upright := corners(w, h)
	for o, in := range held {
		file := image.NewRGBA(image.Rect(0, 0, w, h))
		if o >= 5 {
			file = image.NewRGBA(image.Rect(0, 0, h, w))
		}
		for y := range h {
			for x := range w {
				fx, fy := in(x, y, w, h)
				file.Set(fx, fy, upright.At(x, y))
			}
		}
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			p, err := Make(withOrientation(asJPEG(t, file), o, order), lead)
			if err != nil {
				t.Fatal(err)
			}
			if p.Width != w || p.Height != h {
				t.Errorf("orientation %d: %d x %d", o, p.Width, p.Height)
			}
			for at, want := range map[image.Point]color.RGBA{
				{20, 10}: {0, 0, 0, 255}, {300, 10}: {255, 0, 0, 255}, {20, 190}: {255, 255, 255, 255}, {390, 190}: {255, 255, 255, 255},
			} {
				if got := show(t, p).At(at.X, at.Y); !near(got, want) {
					t.Errorf("orientation %d: %v at %v, want %v", o, got, at, want)
				}
			}
			if bytes.Contains(p.Bytes, []byte("GPS")) || bytes.Contains(p.Bytes, []byte("Exif")) {
				t.Errorf("orientation %d: the metadata is still there", o)
			}
		}
	}
}

func near(a, b color.Color) bool {
	ar, ag, ab, aa := a.RGBA()
	br, bg, bb, ba := b.RGBA()
	for _, d := range []int{int(ar) - int(br), int(ag) - int(bg), int(ab) - int(bb), int(aa) - int(ba)} {
		if d < -12<<8 || d > 12<<8 {
			return false
		}
	}
	return true
}

// Other EXIF blocks than a sound one change nothing and break nothing.
func TestBadOrientation(t *testing.T) {
	file := asJPEG(t, corners(40, 20))
	for name, bad := range map[string][]byte{
		"none":    withOrientation(file, 0, binary.LittleEndian),
		"unknown": withOrientation(file, 9, binary.BigEndian),
		"short":   append([]byte("\xff\xd8\xff\xe1\x00\x09Exif\x00\x00I"), file[2:]...),
		"away":    append([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\xff\xff\xff\xff"), file[2:]...),
	} {
		if p, err := Make(bad, lead); err != nil || p.Width != 40 || p.Height != 20 {
			t.Errorf("%s: %v %v", name, p, err)
		}
	}
}

func TestColours(t *testing.T) {
	grey := image.NewGray(image.Rect(0, 0, 64, 32))
	cmyk := image.NewCMYK(grey.Rect)
	for i := range grey.Pix {
		grey.Pix[i] = uint8(i * 7)
		copy(cmyk.Pix[4*i:], []byte{255, 0, 0, 0}) // cyan
	}
	p, err := Make(asJPEG(t, grey), lead)
	if _, ok := show(t, p).(*image.Gray); err != nil || !ok {
		t.Errorf("grey became %T, %v", show(t, p), err)
	}
	p, err = Make(asPNG(t, cmyk), lead)
	if got := show(t, p).At(3, 3); err != nil || !near(got, color.RGBA{0, 255, 255, 255}) {
		t.Errorf("cyan became %v, %v", got, err)
	}
	// A JPEG in CMYK, as printers deliver it: Adobe's, its values inverted.
	file, err := os.ReadFile(filepath.Join("testdata", "cmyk.jpeg"))
	if err != nil {
		t.Fatal(err)
	}
	p, err = Make(file, lead)
	if err != nil || p.Type != "image/jpeg" && p.Type != "image/png" {
		t.Fatal(p, err)
	}
	if got := show(t, p).At(8, 8); !near(got, color.RGBA{0, 0, 255, 255}) {
		t.Errorf("blue became %v", got)
	}
}

// Where the first frame of an animation leaves the canvas free, it is transparent.
func TestAnimation(t *testing.T) {
	p, err := Make(animated(t, 400, 200), lead)
	if err != nil {
		t.Fatal(err)
	}
	img := show(t, p)
	if _, _, _, a := img.At(5, 5).RGBA(); a != 0 || !near(img.At(200, 100), color.RGBA{0, 0, 255, 255}) {
		t.Errorf("%v beside the frame, %v in it", img.At(5, 5), img.At(200, 100))
	}
}

// What is transparent lies on white paper in a JPEG.
func TestOnWhite(t *testing.T) {
	p, err := Make(asPNG(t, cutout(400, 200)), Box{600, 300, 15_000})
	if err != nil || p.Type != "image/jpeg" || !near(show(t, p).At(40, 20), color.White) {
		t.Errorf("%v, %v", show(t, p).At(40, 20), err)
	}
}

func TestWebP(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("testdata", "story.webp"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := Make(file, story)
	if err != nil || p.Width != 150 || p.Height != 100 {
		t.Fatal(p, err)
	}
}

func TestErrors(t *testing.T) {
	jpeg, png := asJPEG(t, photo(200, 100)), asPNG(t, photo(200, 100))
	scans := append([]byte(nil), jpeg...)
	for range 200 {
		scans = append(scans, 0xff, 0xda)
	}
	for _, tt := range []struct {
		name string
		file []byte
		want string
	}{
		{"nothing", nil, "not a JPEG, PNG, GIF or WebP image"},
		{"text", []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), "not a JPEG, PNG, GIF or WebP image"},
		{"AVIF", []byte("\x00\x00\x00\x20ftypavif\x00\x00\x00\x00"), "not a JPEG, PNG, GIF or WebP image"},
		{"half a JPEG", jpeg[:len(jpeg)/2], "damaged: "},
		{"half a PNG", png[:len(png)/2], "damaged: "},
		{"a header alone", jpeg[:20], "damaged: "},
		{"a bomb", bomb(10_000, 10_000), "10000 x 10000 pixels (want at most 32 million)"},
		{"a small bomb", bomb(1<<27, 1), "pixels (want at most 32 million)"},
		{"scans", scans, "a JPEG of more than 100 scans"},
	} {
		p, err := Make(tt.file, lead)
		if err == nil || !strings.Contains(err.Error(), tt.want) || p != nil {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	if n, err := Pixels(jpeg); n != 20_000 || err != nil {
		t.Errorf("Pixels: %d, %v", n, err)
	}
	if _, err := Make(jpeg, Box{}); err == nil {
		t.Error("a box without room is fine")
	}
}

// The same bytes on any machine. When this fails and the change is wanted, or a
// new Go encodes otherwise, Version has to grow.
func TestGolden(t *testing.T) {
	webp, err := os.ReadFile(filepath.Join("testdata", "story.webp"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, file := range [][]byte{asJPEG(t, photo(600, 315)), asPNG(t, photo(499, 388)), asPNG(t, lines(400, 200, color.Transparent)), asJPEG(t, lines(600, 315, color.White)), webp} {
		for _, box := range []Box{lead, story} {
			p, err := Make(file, box)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(p.Bytes)
			if !strings.Contains(p.Name(), "-"+hex.EncodeToString(sum[:10])+".") {
				t.Errorf("%s is not named by what is in it", p.Name())
			}
			got = append(got, p.Name())
		}
	}
	const want = `
600-b1e4dc89a582ce00c823.jpg
280-717d951848ae4a17212d.jpg
499-34b147e31ca4cc9263ab.jpg
280-c437fe133c29a6aed05b.jpg
400-bd57807704d2affecca3.png
280-8749d3cda5d0c17e810f.png
600-d0886a2489e47054660f.jpg
280-6c66a62b6ed49c98ee6f.jpg
150-182bab3a33994363538d.jpg
150-ce7e4d0548430dff4d0a.jpg`
	if "\n"+strings.Join(got, "\n") != want {
		t.Errorf("version %d gave %s\nnow it is\n%s", Version, want, strings.Join(got, "\n"))
	}
}

// A picture of one colour stays of that colour to the pixel, at any size: weights
// add up to one, and no row is left out.
func TestTaps(t *testing.T) {
	for _, from := range []int{1, 2, 3, 5, 64, 99, 100, 630, 1201, 5000} {
		for to := 1; to <= min(from, 700); to += 1 + to/7 {
			last := 0
			for i, tap := range taps(from, to) {
				sum := int32(0)
				for _, w := range tap.weights {
					sum += w
				}
				if sum != one || tap.first < last || tap.first+len(tap.weights) > from {
					t.Fatalf("%d of %d to %d: first %d after %d, %d weights, sum %d", i, from, to, tap.first, last, len(tap.weights), sum)
				}
				last = tap.first
			}
		}
	}
	img := lines(321, 123, color.RGBA{10, 200, 30, 255})
	flat := image.NewUniform(color.RGBA{10, 200, 30, 255})
	for y := range 123 {
		for x := range 321 {
			img.Set(x, y, flat.C)
		}
	}
	out := resample(rowsOf(img), img.Rect, image.Pt(77, 50))
	for i := 0; i < len(out.Pix); i += 4 {
		if [4]byte(out.Pix[i:i+4]) != [4]byte{10, 200, 30, 255} {
			t.Fatalf("%v at %d", out.Pix[i:i+4], i/4)
		}
	}
}

func FuzzMake(f *testing.F) {
	for _, file := range [][]byte{
		withOrientation(asJPEG(f, corners(40, 20)), 6, binary.BigEndian), asPNG(f, lines(30, 20, color.Transparent)),
		asPNG(f, photo(20, 20)), animated(f, 40, 20), bomb(60_000, 60_000),
	} {
		f.Add(file)
	}
	if webp, err := os.ReadFile(filepath.Join("testdata", "story.webp")); err == nil {
		f.Add(webp)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if n, err := Pixels(file); err == nil && n > 1<<20 {
			return // too large to be quick
		}
		p, err := Make(file, Box{60, 40, 2000})
		if err != nil {
			return
		}
		if p.Width < 1 || p.Height < 1 || p.Width > 60 || p.Height > 60 {
			t.Errorf("%d x %d", p.Width, p.Height)
		}
		show(t, p)
	})
}

func BenchmarkMake(b *testing.B) {
	for _, bb := range []struct {
		name string
		file []byte
		box  Box
	}{
		{"1200x630 lead", asJPEG(b, photo(1200, 630)), Box{1200, 600, 200 << 10}},
		{"1200x630 story", asJPEG(b, photo(1200, 630)), Box{560, 373, 60 << 10}},
		{"diagram story", asPNG(b, lines(1200, 630, color.White)), Box{560, 373, 60 << 10}},
		{"24 megapixels lead", asJPEG(b, photo(6000, 4000)), Box{1200, 600, 200 << 10}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Make(bb.file, bb.box); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
