package feed

import "github.com/medigy/newsdesk/internal/colour"

// The page's panels, light and dark, on which the accent has least contrast.
// templates/partials/page-style.html has the same values.
const (
	lightPanel = "#f5f2ec"
	darkPanel  = "#1e2127"
)

// accents returns the accent for the light and for the dark page, changed no
// more than reading it wants. What is no colour is the default accent.
func accents(accent string) (light, dark string) {
	if !colour.Valid(accent) {
		accent = colour.Accent
	}
	return colour.Readable(accent, lightPanel, "#000000"), colour.Readable(accent, darkPanel, "#ffffff")
}
