package numbers

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
	"github.com/medigy/newsdesk/templates"
)

// TestPages looks at the pages over a database, without one, and of an edition that
// does not exist.
func TestPages(t *testing.T) {
	address := storetest.SQLite(t)
	pages, err := NewPages(PageOptions{
		Templates: templates.FS(nil), Site: "News <of> us", Accent: "#0b6e75",
		Now:  func() time.Time { return at("2021-10-05 12:00") },
		Open: func(ctx context.Context) (*store.DB, error) { return store.OpenRead(ctx, address) },
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /numbers", pages)
	mux.Handle("GET /numbers/{digest}/{period}", pages)
	get := func(path string, status int, want ...string) string {
		t.Helper()
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		body := w.Body.String()
		if w.Code != status || !strings.Contains(w.Header().Get("Content-Security-Policy"), "style-src 'sha256-") {
			t.Errorf("%s: status %d, %v", path, w.Code, w.Header())
		}
		for _, text := range want {
			if !strings.Contains(body, text) {
				t.Errorf("%s has no %q\n%s", path, text, body)
			}
		}
		if regexp.MustCompile(`@|<script|style="|<of>`).MatchString(strings.ReplaceAll(body, "@media", "")) {
			t.Errorf("%s has what must not be there\n%s", path, body)
		}
		wellFormed(t, body)
		return body
	}
	get("/numbers", 200, "There is no database.")
	d := open(t, address)
	get("/numbers", 200, "No edition was sent yet.", "News &lt;of&gt; us")
	d.freeze("2021-W38", "done", "x@example.org accepted 0 250 0 1")
	d.freeze("2021-W39", "sending", "ada@gmail.com accepted 0 250 0 1", "bob@gmail.com failed 1 550 70 1 550 <bob@gmail.com> & unknown", "c@gmail.com pending 0 0 0 0")
	pages.overview = nil // a new process
	get("/numbers", 200, `<a href="/numbers/weekly/2021-W39">27 September – 3 October 2021</a>`, "sending", "Active subscribers")
	get("/numbers/weekly/2021-W39", 200, "News of 2021-W39", "gmail.com", "550 &lt;…&gt; &amp; unknown", "Pending", `href="/edition/weekly/2021-W39"`)
	get("/numbers/weekly/2021-W40", 404, "nothing was sent yet")

	r, err := NewReport(t.Context(), d.db, "weekly", "2021-W39", at("2021-10-05 12:00"))
	d.must(err)
	r.Now = r.Now.In(time.FixedZone("EDT", -4*3600))
	if got := newReportPage(r, head{}).Frozen; !strings.HasSuffix(got, " EDT") {
		t.Errorf("frozen %s, and the site's zone is EDT", got)
	}
	file, err := pages.Report(r)
	d.must(err)
	wellFormed(t, string(file))
	if strings.Contains(string(file), "href=") {
		t.Error("a file has links")
	}
	d.exec(`DROP TABLE edition_numbers`)
	get("/numbers", 200, "An older newsdesk made the database.")
	pages.o.Open = func(context.Context) (*store.DB, error) {
		return nil, errors.Join(errors.New("broken"), fs.ErrPermission)
	}
	get("/numbers", 503, "broken")
}

// wellFormed reads a page as XML, which it is but for the names of HTML's empty
// elements.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Errorf("%v\n%s", err, page)
			return
		}
	}
}

func TestScale(t *testing.T) {
	for highest, want := range map[float64]float64{0: 2, 1: 1, 3: 3, 7: 8, 101: 120, 12345: 16000, 0.43: 0.5, 999_999: 1e6} {
		if got := scale([]float64{0, highest}); got < want*0.999 || got > want*1.001 {
			t.Errorf("scale(%v) = %v, want %v", highest, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for share, want := range map[float64]string{0: "0 %", 1: "100 %", 0.99999: "99.99 %", 0.5: "50.0 %", 0.0123: "1.23 %", 0.0004: "0.040 %"} {
		if got := percent(share); got != want {
			t.Errorf("percent(%v) = %q, want %q", share, got, want)
		}
	}
	for seconds, want := range map[int64]string{0: "–", 59: "59 s", 119: "119 s", 600: "10 min", 7200: "2 h", 9000: "2 h 30 min"} {
		if got := lasting(seconds); got != want {
			t.Errorf("lasting(%d) = %q, want %q", seconds, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567"} {
		if got := whole(n); got != want {
			t.Errorf("whole(%d) = %q, want %q", n, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0", 800: "800", 1600: "1.6k", 12000: "12k", 1e6: "1M", 0.3: "0.3"} {
		if got := short(v); got != want {
			t.Errorf("short(%v) = %q, want %q", v, got, want)
		}
	}
}

// TestMovement draws an imported list: cut off only beside weeks that it would hide.
func TestMovement(t *testing.T) {
	for name, test := range map[string]struct {
		others int
		top    string
		cut    bool
	}{"alone": {0, "+2k", false}, "beside others": {3, "+30", true}} {
		days := make([]Span, 70)
		for i := range days {
			days[i] = Span{Start: at("2021-01-04 00:00").AddDate(0, 0, i), Events: Events{New: test.others}}
		}
		days[40].New = 2000
		c := movementChart(Weeks(days))
		if c.Y[0] != test.top || strings.Contains(c.Note, "cut off") != test.cut {
			t.Errorf("%s: up to %s, %s", name, c.Y[0], c.Note)
		}
	}
}

// TestCharts draws what is hard to draw: nothing, one value, many.
func TestCharts(t *testing.T) {
	for _, n := range []int{0, 1, 7, 364} {
		days := make([]Span, n)
		for i := range days {
			days[i] = Span{Start: at("2021-01-01 00:00").AddDate(0, 0, i), Active: i, Events: Events{New: i, Unsubscribed: 2}}
		}
		for _, c := range []chart{activeChart(Weeks(days)), movementChart(Weeks(days))} {
			if len(c.Table.Rows) != n/7 || len(c.Columns) != n/7 {
				t.Errorf("%d days: %d rows, %d columns", n, len(c.Table.Rows), len(c.Columns))
			}
			for _, s := range c.Shapes {
				if strings.Contains(s.Path, "NaN") || strings.Contains(s.Path, "Inf") {
					t.Errorf("%d days: %s", n, s.Path)
				}
			}
		}
	}
	d := &Details{First: 1, Last: 10 * 24 * 3600, Minutes: []Minute{{0, 5}, {10 * 24 * 3600, 1}}}
	if c := paceChart(d, time.UTC); len(c.Columns) > maxPace || len(c.Table.Rows) != 2 || c.Note != "messages in 6 h" {
		t.Errorf("ten days: %d columns, %+v, %s", len(c.Columns), c.Table, c.Note)
	}
	if d.Until(.8) != 59 || d.Until(1) != 10*24*3600-1 {
		t.Errorf("until %d, %d", d.Until(.8), d.Until(1))
	}
}
