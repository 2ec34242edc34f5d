package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/medigy/newsdesk/"

// mayImport is the direction of dependencies: which of our packages each
// package may import, and which libraries live in it alone. atomicfile, colour and
// watch are about nothing of newsdesk's and may be used anywhere.
var mayImport = map[string][]string{
	"corpus":                   {},
	"templates":                {},
	"internal/atomicfile":      {},
	"internal/colour":          {},
	"internal/watch":           {},
	"internal/bounce":          {},
	"internal/dnstest":         {},
	"internal/doctor":          {"internal/mail"},
	"internal/feedcheck":       {},
	"internal/mail":            {},
	"internal/mailcheck":       {},
	"internal/mediatype":       {},
	"internal/picture":         {},
	"internal/publish":         {"internal/mediatype"},
	"internal/mail/mailtest":   {},
	"internal/store":           {},
	"internal/store/storetest": {"internal/store"},
	"internal/websub":          {},
	"internal/web/browsertest": {},
	"internal/words":           {},
	"feed":                     {"corpus", "internal/words"},
	"digest":                   {"corpus", "internal/words", "templates"},
	"internal/editionfile":     {"digest"},
	"internal/audience":        {"internal/store"},
	"internal/delivery":        {"internal/store", "internal/audience", "internal/mail", "digest"},
	"internal/numbers":         {"internal/store", "internal/audience", "internal/outbox", "digest"},
	"internal/work":            {"internal/store", "internal/delivery"},
	"internal/outbox":          {"internal/store", "internal/mail"},
	"internal/signup":          {"internal/store", "internal/audience", "internal/mail", "internal/outbox", "internal/words"},
	"internal/web":             {"corpus", "feed", "digest", "internal/editionfile", "internal/mailcheck", "internal/audience", "internal/signup", "internal/delivery", "internal/numbers", "internal/mediatype", "internal/words", "templates"},
}

var livesIn = map[string]string{
	"gopkg.in/yaml.v3":                    "corpus digest internal/editionfile cmd/newsdesk",
	"github.com/pelletier/go-toml/v2":     "corpus",
	"github.com/yuin/goldmark":            "corpus digest",
	"github.com/microcosm-cc/bluemonday":  "corpus",
	"github.com/gorilla/feeds":            "feed",
	"github.com/wneessen/go-mail":         "internal/mail",
	"modernc.org/sqlite":                  "internal/store",
	"github.com/jackc/pgx/v5":             "internal/store internal/store/storetest",
	"github.com/pressly/goose/v3":         "internal/store",
	"github.com/fsnotify/fsnotify":        "internal/watch",
	"github.com/andybalholm/brotli":       "internal/web",
	"github.com/klauspost/compress":       "internal/web",
	"github.com/prometheus/client_golang": "internal/web",
	"github.com/emersion/go-imap/v2":      "internal/bounce",
	"github.com/minio/minio-go/v7":        "internal/publish",
	"github.com/tdewolff/parse/v2":        "internal/mailcheck",
	"github.com/riverqueue/river":         "internal/work",
	"github.com/robfig/cron/v3":           "internal/work",
	"github.com/chromedp/chromedp":        "internal/web/browsertest",
	"github.com/spf13/cobra":              "cmd/newsdesk",
	"github.com/spf13/viper":              "cmd/newsdesk",
}

// TestImports holds the import table of the design.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "../../...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(pkg.ImportPath, module)
		seen[name] = true
		for _, imported := range pkg.Imports {
			checkImport(t, name, imported)
		}
	}
	for name := range mayImport {
		if !seen[name] {
			t.Errorf("there is no package %s", name)
		}
	}
}

func checkImport(t *testing.T, pkg, imported string) {
	for library, home := range livesIn {
		if (imported == library || strings.HasPrefix(imported, library+"/")) && !slices.Contains(strings.Fields(home), pkg) {
			t.Errorf("%s imports %s, which lives in %s only", pkg, library, home)
		}
	}
	ours, ok := strings.CutPrefix(imported, module)
	allowed, listed := mayImport[pkg]
	if !ok || ours == "internal/atomicfile" || ours == "internal/colour" || ours == "internal/watch" || pkg == "cmd/newsdesk" || strings.HasPrefix(pkg, "internal/corpusgen") {
		return
	}
	if !listed || !slices.Contains(allowed, ours) {
		t.Errorf("%s must not import %s", pkg, ours)
	}
}
