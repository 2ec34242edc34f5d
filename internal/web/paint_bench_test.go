package web

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/corpusgen"
)

// startDesk builds newsdesk and runs its desk over 10,000 articles, as an editor
// does. It gives the folder of the articles and the desk's URL.
func startDesk(b *testing.B) (content, url string) {
	b.Helper()
	dir := b.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "newsdesk"), "github.com/medigy/newsdesk/cmd/newsdesk")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	content = filepath.Join(dir, "content")
	err := corpusgen.Generate(10000, 1, func(name string, data []byte) error {
		name = filepath.Join(content, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return err
		}
		return os.WriteFile(name, data, 0o666)
	})
	if err != nil {
		b.Fatal(err)
	}
	const config = "site: {title: Medigy News, url: https://www.medigy.com}\ncontent: {index: .newsdesk}\n"
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(config), 0o666); err != nil {
		b.Fatal(err)
	}
	desk := exec.Command(filepath.Join(dir, "newsdesk"), "digest", "preview", "--listen", "127.0.0.1:0", "--quiet")
	desk.Dir = dir
	out, err := desk.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := desk.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { desk.Process.Signal(os.Interrupt); desk.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return content, strings.TrimSpace(line)
}

// openBigDesk opens that desk in a browser.
func openBigDesk(b *testing.B) (page *tab, content, url string) {
	b.Helper()
	page = newTab(b)
	content, url = startDesk(b)
	page.size(1440, 900)
	page.do(chromedp.Navigate(url))
	page.await(`mail?.body?.innerText && choice.version > 0 && document.querySelector('.status').dataset.status === 'live'`)
	return page, content, url
}

// BenchmarkPaint measures until the server's first byte, until the browser has
// painted the page, and until the mail is in it.
func BenchmarkPaint(b *testing.B) {
	page, _, url := openBigDesk(b)
	var first, paint, mail float64
	for b.Loop() {
		page.do(chromedp.Navigate(url))
		page.await(`mail?.body?.innerText && performance.getEntriesByName('first-contentful-paint').length`)
		first += ask[float64](page, `performance.getEntriesByType('navigation')[0].responseStart`)
		paint += ask[float64](page, `performance.getEntriesByName('first-contentful-paint')[0].startTime`)
		mail += ask[float64](page, `(f => f.timeOrigin - performance.timeOrigin + f.getEntriesByType('navigation')[0].domInteractive)(frame.contentWindow.performance)`)
	}
	b.ReportMetric(first/float64(b.N), "ms-to-byte")
	b.ReportMetric(paint/float64(b.N), "ms-to-paint")
	b.ReportMetric(mail/float64(b.N), "ms-to-mail")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkRepaint measures from the moment at which an article's file is saved to
// that at which its new title is in the mail that is shown.
func BenchmarkRepaint(b *testing.B) {
	page, content, _ := openBigDesk(b)
	period, err := digest.Week.Parse(ask[string](page, `location.pathname.split('/').pop()`), time.UTC)
	if err != nil {
		b.Fatal(err)
	}
	const article = "---\ntitle: %s\ndate: %s\n---\nA body with enough words in it to make a summary.\n"
	published := period.End.Add(-time.Hour).Format(time.RFC3339)
	// The page notes when the frame that is shown first has a title.
	ask[bool](page, `(window.seen = {}, (function look() {
		const text = document.querySelector('.sheet iframe:not(.coming)')?.contentDocument?.body?.innerText || '';
		for (const [title] of text.matchAll(/Change number \d+/g)) window.seen[title] ??= Date.now();
		requestAnimationFrame(look);
	})(), true)`)
	var total, most int64
	for i := 0; b.Loop(); i++ {
		title := fmt.Sprintf("Change number %d", i)
		saved := time.Now().UnixMilli()
		if err := os.WriteFile(filepath.Join(content, "changed.md"), fmt.Appendf(nil, article, title, published), 0o666); err != nil {
			b.Fatal(err)
		}
		page.await(`window.seen['` + title + `']`)
		took := ask[int64](page, `window.seen['`+title+`']`) - saved
		total, most = total+took, max(most, took)
	}
	b.ReportMetric(float64(total)/float64(b.N), "ms-to-repaint")
	b.ReportMetric(float64(most), "ms-at-most")
	b.ReportMetric(0, "ns/op")
}
