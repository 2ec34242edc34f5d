// Package colour makes a site's accent colour readable, by the contrast that
// WCAG 2.2 asks for. The mail and the pages have grounds of their own; the sum is
// the same.
package colour

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
)

// Accent is the accent of a site that names none: a deep teal.
const Accent = "#0b6e75"

// least is the contrast that text must have (WCAG 2.2, criterion 1.4.3).
const least = 4.5

var form = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

// Valid reports whether text is a colour as #rrggbb.
func Valid(text string) bool { return form.MatchString(text) }

// Readable mixes a colour with end, step by step, until text in it can be read
// on ground. All are #rrggbb.
func Readable(colour, ground, end string) string {
	const steps = 50
	for i := range steps {
		if mixed := Mix(colour, end, float64(i)/steps); Contrast(mixed, ground) >= least {
			return mixed
		}
	}
	return end
}

// Mix gives the colour that is share of the way from a to b. All of a is a, to
// the letter. Both are #rrggbb.
func Mix(a, b string, share float64) string {
	if share == 0 {
		return a
	}
	x, y := channels(a), channels(b)
	for i := range x {
		x[i] += (y[i] - x[i]) * share
	}
	return fmt.Sprintf("#%02x%02x%02x", int(math.Round(x[0])), int(math.Round(x[1])), int(math.Round(x[2])))
}

// Contrast gives the contrast ratio of two colours, from 1 to 21 (WCAG 2.2,
// "contrast ratio").
func Contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance gives a colour's relative luminance, 0 to 1 (WCAG 2.2).
func luminance(colour string) float64 {
	rgb := channels(colour)
	for i, c := range rgb {
		if c /= 255; c <= 0.04045 {
			rgb[i] = c / 12.92
		} else {
			rgb[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*rgb[0] + 0.7152*rgb[1] + 0.0722*rgb[2]
}

// channels gives red, green and blue of a valid colour, 0 to 255.
func channels(colour string) (rgb [3]float64) {
	n, _ := strconv.ParseUint(colour[1:], 16, 32)
	return [3]float64{float64(n >> 16), float64(n >> 8 & 0xff), float64(n & 0xff)}
}
