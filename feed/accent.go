package feed

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

const defaultAccent = "#0b5c66"

// The page's panels, light and dark, on which the accent has least contrast.
// templates/partials/page-style.html has the same values.
var (
	lightPanel = rgb{0xf5, 0xf2, 0xec}
	darkPanel  = rgb{0x1e, 0x21, 0x27}
)

// rgb is a colour in sRGB, each part from 0 to 255.
type rgb [3]float64

// accents returns the colour for the light and for the dark page, changed no more
// than WCAG 2.2 criterion 1.4.3 wants (contrast 4.5:1). A colour that is not
// written as #rrggbb is the default one.
func accents(hex string) (light, dark string) {
	c, ok := parseColour(hex)
	if !ok {
		c, _ = parseColour(defaultAccent)
	}
	return c.towards(rgb{0, 0, 0}, lightPanel).String(), c.towards(rgb{255, 255, 255}, darkPanel).String()
}

func parseColour(hex string) (rgb, bool) {
	digits, ok := strings.CutPrefix(hex, "#")
	n, err := strconv.ParseUint(digits, 16, 24)
	if !ok || err != nil || len(digits) != 6 {
		return rgb{}, false
	}
	return rgb{float64(n >> 16), float64(n >> 8 & 0xff), float64(n & 0xff)}, true
}

// String gives the colour as #rrggbb.
func (c rgb) String() string {
	return fmt.Sprintf("#%02x%02x%02x", uint8(c[0]+0.5), uint8(c[1]+0.5), uint8(c[2]+0.5))
}

// towards mixes the colour with end until it can be read on panel.
func (c rgb) towards(end, panel rgb) rgb {
	mixed := c
	for share := 0.0; share <= 1; share += 0.05 {
		for i := range mixed {
			mixed[i] = c[i]*(1-share) + end[i]*share
		}
		if contrast(mixed, panel) >= 5 { // 4.5, and room for rounding
			break
		}
	}
	return mixed
}

// contrast is WCAG's contrast ratio, from 1 to 21.
func contrast(a, b rgb) float64 {
	l, m := a.luminance(), b.luminance()
	return (max(l, m) + 0.05) / (min(l, m) + 0.05)
}

func (c rgb) luminance() float64 {
	var linear rgb
	for i, v := range c {
		if v /= 255; v <= 0.04045 {
			linear[i] = v / 12.92
		} else {
			linear[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*linear[0] + 0.7152*linear[1] + 0.0722*linear[2]
}
