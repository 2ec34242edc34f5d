package digest

import (
	"testing"

	"github.com/medigy/newsdesk/internal/colour"
)

// Whatever the accent, text in it can be read, and an accent that is good
// already stays as it is.
func TestAccent(t *testing.T) {
	for _, accent := range []string{"", "#000000", "#ffffff", "#ffff00", "#0000FF", "#7f7f7f", "#c8102e"} {
		theme, err := Theme{Accent: accent}.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		if c := colour.Contrast(theme.onLight(), lightGround); c < 4.5 {
			t.Errorf("accent %q is %s on paper: contrast %.2f", accent, theme.onLight(), c)
		}
		if c := colour.Contrast(theme.onDark(), darkGround); c < 4.5 {
			t.Errorf("accent %q is %s in dark mode: contrast %.2f", accent, theme.onDark(), c)
		}
	}
	if got := (Theme{Accent: colour.Accent}).onLight(); got != colour.Accent {
		t.Errorf("the default accent became %s on paper", got)
	}
}

func TestThemeErrors(t *testing.T) {
	for _, tt := range []struct {
		theme Theme
		want  string
	}{
		{Theme{Accent: "teal"}, `accent "teal" is not a colour (want six hexadecimal digits, such as #0b6e75)`},
		{Theme{Accent: "#0b6"}, `accent "#0b6" is not a colour (want six hexadecimal digits, such as #0b6e75)`},
		{Theme{Accent: "#0b6e75;x:y"}, `accent "#0b6e75;x:y" is not a colour (want six hexadecimal digits, such as #0b6e75)`},
		{Theme{Logo: "/logo.png"}, `logo "/logo.png" is not an absolute http or https URL`},
	} {
		if _, err := tt.theme.withDefaults(); err == nil || err.Error() != tt.want {
			t.Errorf("theme %+v: error %v\nwant %s", tt.theme, err, tt.want)
		}
	}
}
