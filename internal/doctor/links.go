package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// links asks for the page by which readers leave, with a token that is nobody's:
// nobody is unsubscribed.
func (e *Exam) links(ctx context.Context) {
	if e.Base == "" {
		return // header tells that there is none
	}
	if !e.Ask {
		e.tell("links", Note, "links-unasked", "whether "+e.Base+" answers was not asked", "ask with --links")
		return
	}
	address := strings.TrimSuffix(e.Base, "/") + "/unsubscribe/sample"
	response, err := e.get(ctx, address)
	if err != nil {
		if inner, ok := errors.AsType[*url.Error](err); ok {
			err = inner.Err
		}
		e.tell("links", Error, "links-unreachable", fmt.Sprintf("%s does not answer: %v", address, err), "readers can't leave, so they complain: serve it, or set digest.subscriptions_url")
		return
	}
	response.Body.Close()
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil && e.clock == nil {
		e.clock = &clockReading{response.Request.URL.Host, date, e.Now()}
	}
	switch {
	case response.StatusCode >= 500:
		e.tell("links", Error, "links-fails", fmt.Sprintf("%s answers with %s", address, response.Status), "mend it: readers can't leave")
	case response.StatusCode == http.StatusNotFound:
		e.tell("links", Warning, "links-404", address+" is not there (404)", "right if the site says so of tokens that it does not know; else serve it there")
	default:
		e.tell("links", OK, "links", fmt.Sprintf("%s answers (%d); that a POST there unsubscribes is yours to try", address, response.StatusCode), "")
	}
}

func (e *Exam) get(ctx context.Context, address string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", e.Agent)
	client := http.Client{Timeout: patience}
	return client.Do(request)
}

// clockReading is what another machine's clock said at a moment of ours.
type clockReading struct {
	whose       string
	theirs, own time.Time
}

// compareClock tells how far this machine's clock is from another's. Dates of mail
// that are in the future or old make filters suspicious; certificates, signatures
// and leases go by the clock, too. Both clocks tell whole seconds.
func (e *Exam) compareClock() {
	if e.clock == nil {
		e.tell("clock", Note, "clock-unknown", "nobody told the time, so the clock could not be compared", "see that this machine's clock is kept (timedatectl); --links asks your site")
		return
	}
	off := e.clock.own.Sub(e.clock.theirs).Round(time.Second)
	text := fmt.Sprintf("this machine's clock is %v off that of %s", off.Abs(), e.clock.whose)
	switch {
	case off.Abs() > 5*time.Minute:
		e.tell("clock", Error, "clock-off", text, "set it, and keep it by NTP (timedatectl set-ntp true)")
	case off.Abs() > 30*time.Second:
		e.tell("clock", Warning, "clock-off", text, "keep it by NTP (timedatectl set-ntp true)")
	default:
		e.tell("clock", OK, "clock", "it agrees with that of "+e.clock.whose, "")
	}
}
