package picture

import "image"

// Weights and sums are fixed-point numbers: a weight has 14 bits behind the
// point, a row that has been shrunk 6, a sum of such rows both.
const (
	weightBits = 14
	rowBits    = 6
	one        = 1 << weightBits
)

// tap says of which pixels of the source, from the first on, one pixel of the
// result is made. The weights add up to one.
type tap struct {
	first   int
	weights []int32
}

// taps gives the taps along one side: Catmull and Rom's cubic, which keeps edges
// sharp, stretched so that every pixel of the source counts.
func taps(from, to int) []tap {
	all := make([]tap, to)
	for i := range all {
		all[i] = newTap(i, int64(from), int64(to))
	}
	return all
}

// newTap works in 1/65536 of a pixel of the source. Pixels lie at their middles.
func newTap(i int, from, to int64) tap {
	if from == to {
		return tap{i, []int32{one}}
	}
	middle := ((2*int64(i) + 1) * from << 16) / (2 * to)
	reach := 2*from/to + 2
	first, last := max(0, middle>>16-reach), min(from-1, middle>>16+reach)
	var kernel []int64
	var sum int64
	for j := first; j <= last; j++ {
		k := catmullRom(max(middle-(j<<16+1<<15), j<<16+1<<15-middle) * to / from)
		kernel = append(kernel, k)
		sum += k
	}
	t := tap{int(first), make([]int32, len(kernel))}
	left, largest := int32(one), 0
	for j, k := range kernel {
		t.weights[j] = int32(k << weightBits / sum)
		left -= t.weights[j]
		if k > kernel[largest] {
			largest = j
		}
	}
	t.weights[largest] += left
	return t.trimmed()
}

// trimmed is t without the zeros at its ends.
func (t tap) trimmed() tap {
	for len(t.weights) > 1 && t.weights[0] == 0 {
		t.first, t.weights = t.first+1, t.weights[1:]
	}
	for n := len(t.weights) - 1; n > 0 && t.weights[n] == 0; n-- {
		t.weights = t.weights[:n]
	}
	return t
}

// catmullRom gives the kernel at distance t, both times 65536.
func catmullRom(t int64) int64 {
	const unit = 1 << 16
	t2 := t * t >> 16
	t3 := t2 * t >> 16
	switch {
	case t < unit:
		return (3*t3-5*t2)/2 + unit
	case t < 2*unit:
		return (-t3+5*t2)/2 - 4*t + 2*unit
	}
	return 0
}

// resample shrinks the part crop of an image to size. It asks for each row of it
// once, from top to bottom, so that only the image itself and the result are in
// memory.
func resample(row func(dst *image.RGBA, x, y int), crop image.Rectangle, size image.Point) *image.RGBA {
	across, down := taps(crop.Dx(), size.X), taps(crop.Dy(), size.Y)
	line := image.NewRGBA(image.Rect(0, 0, crop.Dx(), 1))
	shrunk := make([]int32, 4*size.X)
	out := image.NewRGBA(image.Rectangle{Max: size})
	sums := map[int][]int32{} // of the rows of out that are begun
	var free [][]int32
	begun := 0
	for y := range crop.Dy() {
		row(line, crop.Min.X, crop.Min.Y+y)
		shrinkRow(shrunk, line.Pix, across)
		for ; begun < size.Y && down[begun].first <= y; begun++ {
			sum := make([]int32, len(shrunk))
			if n := len(free); n > 0 {
				sum, free = free[n-1], free[:n-1]
				clear(sum)
			}
			sums[begun] = sum
		}
		for i, sum := range sums {
			t := down[i]
			if y >= t.first && y-t.first < len(t.weights) {
				add(sum, shrunk, t.weights[y-t.first])
			}
			if y == t.first+len(t.weights)-1 {
				round(out.Pix[i*out.Stride:], sum)
				delete(sums, i)
				free = append(free, sum)
			}
		}
	}
	return out
}

// shrinkRow makes a row of RGBA shorter.
func shrinkRow(dst []int32, row []byte, across []tap) {
	for i, t := range across {
		var r, g, b, a int32
		pixels := row[4*t.first:]
		for j, w := range t.weights {
			p := pixels[4*j : 4*j+4 : 4*j+4]
			r += w * int32(p[0])
			g += w * int32(p[1])
			b += w * int32(p[2])
			a += w * int32(p[3])
		}
		const shift = weightBits - rowBits
		d := dst[4*i : 4*i+4 : 4*i+4]
		d[0], d[1], d[2], d[3] = r>>shift, g>>shift, b>>shift, a>>shift
	}
}

func add(sum, row []int32, weight int32) {
	row = row[:len(sum)]
	for i := range sum {
		sum[i] += weight * row[i]
	}
}

// round writes a row of the result. The cubic overshoots at edges: values are
// clipped, and no premultiplied colour is above its alpha.
func round(dst []byte, sum []int32) {
	const bits = weightBits + rowBits
	for i := 0; i < len(sum); i += 4 {
		alpha := min(255, max(0, (sum[i+3]+1<<(bits-1))>>bits))
		for c := range 3 {
			dst[i+c] = byte(min(alpha, max(0, (sum[i+c]+1<<(bits-1))>>bits)))
		}
		dst[i+3] = byte(alpha)
	}
}
