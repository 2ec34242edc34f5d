package web

import (
	"net/http"
	"strings"
)

// missing answers for a name that is not there, or no more: a person at a browser
// gets a page that leads on, a program a sentence.
func missing(w http.ResponseWriter, r *http.Request, status int, text string) (int, int64) {
	w.Header()["Vary"] = varyAccept
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return plain(w, r, status, text)
	}
	page := strings.NewReplacer("STATUS", http.StatusText(status), "TEXT", text).Replace(missingPage)
	return writeText(w, r, status, htmlType, page)
}

// missingPage needs no template, and works before the first build. Its colours are
// those of templates/partials/page-style.html. What is at / is the list of feeds,
// or, where a proxy gives this server only a folder, the site.
const missingPage = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>STATUS</title>
<style>
:root { color-scheme: light dark; --paper: #fdfcfa; --ink: #1c1e22; }
@media (prefers-color-scheme: dark) { :root { --paper: #16181d; --ink: #e8e6e3; } }
body { max-width: 592px; margin: 0 auto; padding: 64px 24px; background: var(--paper); color: var(--ink); font: 16px/24px -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
h1 { margin: 0 0 16px; font-size: 32px; line-height: 40px; letter-spacing: -.015em; }
p { margin: 0 0 8px; }
a { display: inline-block; padding: 10px 0; color: inherit; text-underline-offset: 3px; }
</style>
</head>
<body>
<main>
<h1>STATUS</h1>
<p>TEXT</p>
<p><a href="/">To the front page</a></p>
</main>
</body>
</html>
`
