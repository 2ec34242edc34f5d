package colour

import (
	"math"
	"testing"
)

// The known ends of WCAG's scale, and greys between them.
func TestContrast(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want float64
	}{
		{"#000000", "#ffffff", 21},
		{"#ffffff", "#ffffff", 1},
		{"#777777", "#ffffff", 4.48},
		{"#767676", "#ffffff", 4.54},
	} {
		if got := Contrast(tt.a, tt.b); math.Abs(got-tt.want) > 0.01 {
			t.Errorf("Contrast(%s, %s) = %.2f, want %.2f", tt.a, tt.b, got, tt.want)
		}
	}
}

// Whatever the colour, text in it can be read; one that is good already stays.
func TestReadable(t *testing.T) {
	for _, tt := range []struct{ colour, light, dark string }{
		{Accent, Accent, ""},
		{"#0B5C66", "#0B5C66", ""},
		{"#ffffff", "", "#ffffff"},
		{"#000000", "#000000", ""},
		{"#ffcc00", "", "#ffcc00"},
		{"#7f7f7f", "", ""},
		{"#c8102e", "", ""},
	} {
		for _, page := range []struct{ ground, end, want string }{{"#f5f2ec", "#000000", tt.light}, {"#1f2228", "#ffffff", tt.dark}} {
			got := Readable(tt.colour, page.ground, page.end)
			if c := Contrast(got, page.ground); c < 4.5 {
				t.Errorf("%s on %s is %s, contrast %.2f", tt.colour, page.ground, got, c)
			}
			if page.want != "" && got != page.want {
				t.Errorf("%s on %s is %s, want %s", tt.colour, page.ground, got, page.want)
			}
		}
	}
}

func TestValid(t *testing.T) {
	for text, want := range map[string]bool{Accent: true, "#0B6E75": true, "red": false, "#12345g": false, "#123": false, "0b6e75": false, "": false} {
		if got := Valid(text); got != want {
			t.Errorf("Valid(%q) = %v", text, got)
		}
	}
}
