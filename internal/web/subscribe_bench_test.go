package web

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// BenchmarkNewsletter measures the answers that change something, over 32
// connections on one machine, with SQLite that syncs each commit. The letters that
// they lead to are sent meanwhile.
//
//	go test ./internal/web -run '^$' -bench Newsletter -benchtime 5000x
func BenchmarkNewsletter(b *testing.B) {
	b.Run("subscribe", func(b *testing.B) {
		o := openBench(b)
		o.measure(b, func(i int) string {
			body := fmt.Sprintf(`{"email":"reader%d@example.org"}`, i)
			return fmt.Sprintf("POST /newsletter/subscribe HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		})
	})
	b.Run("confirm", func(b *testing.B) {
		o := openBench(b)
		at := time.Now()
		o.fill(b, `INSERT INTO signup (id, address, name, topics, language, digests, origin, consent, created)
			VALUES ($1, $2, '', '', '', '', '192.0.2.7', 'Send it.', $3)`, at)
		o.measure(b, func(i int) string { return bare("confirm", o.tokens.SignAt(int64(i+1), audience.Confirm, at)) })
	})
	b.Run("unsubscribe", func(b *testing.B) {
		o := openBench(b)
		o.fill(b, `INSERT INTO subscriber (id, address, address_key, name, state, created, changed) VALUES ($1, $2, $2, '', 'active', $3, $3)`, time.Now())
		o.measure(b, func(i int) string { return bare("unsubscribe", o.tokens.Sign(int64(i+1), audience.Unsubscribe)) })
	})
}

func bare(action, token string) string {
	return "POST /newsletter/" + action + "/" + token + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
}

func openBench(b *testing.B) *office {
	return open(b, storetest.SQLite(b), func(o *NewsletterOptions) { o.PerHour = 0 })
}

// fill puts a row for each round into the database.
func (o *office) fill(b *testing.B, insert string, at time.Time) {
	err := o.db.Do(b.Context(), func(ctx context.Context, tx *sql.Tx) error {
		for i := range b.N {
			if _, err := tx.ExecContext(ctx, insert, i+1, fmt.Sprintf("reader%d@example.org", i), at.Unix()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// measure sends b.N requests and reports how many a second were answered, and in
// what time 99 of 100.
func (o *office) measure(b *testing.B, request func(int) string) {
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var clients sync.WaitGroup
	b.ResetTimer()
	for range 32 {
		clients.Go(func() {
			conn, err := net.Dial("tcp", o.site.Listener.Addr().String())
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			r := bufio.NewReader(conn)
			for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
				started := time.Now()
				io.WriteString(conn, request(i))
				response, err := http.ReadResponse(r, nil)
				if err != nil || response.StatusCode >= 300 {
					b.Errorf("request %d: %v %v", i, response, err)
					return
				}
				io.Copy(io.Discard, response.Body)
				took[i] = time.Since(started)
			}
		})
	}
	clients.Wait()
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "answers/s")
	b.ReportMetric(float64(took[b.N*99/100])/1e6, "p99-ms")
	b.ReportMetric(float64(took[b.N/2])/1e6, "median-ms")
}
