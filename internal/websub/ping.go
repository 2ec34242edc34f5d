package websub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// A topic is tried so often, with a pause before the second try that doubles with
// each.
const (
	tries = 4
	pause = time.Second
)

// agent names newsdesk to hubs.
const agent = "newsdesk (WebSub publisher; +https://github.com/medigy/newsdesk)"

// maxAnswer is how much of a hub's answer is read, in bytes.
const maxAnswer = 4 << 10

// maxWait is the longest Retry-After that is believed.
const maxWait = 24 * time.Hour

// failure is why a hub has not accepted a topic.
type failure struct {
	text  string
	later bool          // the same request may succeed later
	wait  time.Duration // asked for by the hub
}

func (f *failure) Error() string { return f.text }

// pinger asks one hub.
type pinger struct {
	Options
	hub    string
	client http.Client
}

func newPinger(o Options, hub string) *pinger {
	// A redirect may lead anywhere, into the own network, too; and most make a GET
	// of a POST.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &pinger{Options: o, hub: hub, client: http.Client{Transport: o.Transport, CheckRedirect: stay}}
}

// ping tells the hub of a topic, and again if that may help.
func (p *pinger) ping(ctx context.Context, topic string) *failure {
	wait := pause
	for n := 1; ; n++ {
		f := p.try(ctx, topic)
		switch {
		case f == nil || !f.later || ctx.Err() != nil:
			return f
		case n == tries:
			f.text += fmt.Sprintf(" (%d tries)", n)
			return f
		case f.wait > p.Patience:
			f.text += fmt.Sprintf(" (it asks to be left alone for %v)", f.wait)
			return f
		}
		if err := p.Sleep(ctx, max(p.Jitter(wait), f.wait)); err != nil {
			return f
		}
		wait *= 2
	}
}

// try sends one request. hub.url is the topic for hubs of PubSubHubbub, hub.topic
// for those that go by WebSub's words; each ignores the other.
func (p *pinger) try(ctx context.Context, topic string) *failure {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	form := url.Values{"hub.mode": {"publish"}, "hub.url": {topic}, "hub.topic": {topic}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.hub, strings.NewReader(form.Encode()))
	if err != nil {
		return &failure{text: err.Error()}
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("User-Agent", agent)
	response, err := p.client.Do(request)
	if err != nil {
		return p.unanswered(ctx, err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer)) // the status says it all
	return p.answered(response, body)
}

// unanswered is that no answer came.
func (p *pinger) unanswered(ctx context.Context, err error) *failure {
	if about, ok := errors.AsType[*url.Error](err); ok {
		err = about.Err // without the hub, which the caller tells
	}
	text := err.Error()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		text = fmt.Sprintf("no answer in %v", p.Timeout)
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		text = "interrupted"
	}
	return &failure{text: text, later: true}
}

// answered reads an answer; nil is that the hub accepts.
func (p *pinger) answered(r *http.Response, body []byte) *failure {
	if r.StatusCode/100 == 2 {
		return nil
	}
	f := &failure{text: cmp.Or(strings.TrimSpace(printable(r.Status)), strconv.Itoa(r.StatusCode))}
	switch {
	case r.StatusCode/100 == 3:
		f.text += ", to " + strconv.Quote(printable(r.Header.Get("Location"))) + " (redirects are not followed: if the hub has moved there, put that into feeds.hubs)"
		return f
	case r.StatusCode >= 500, r.StatusCode == http.StatusRequestTimeout, r.StatusCode == http.StatusTooManyRequests:
		f.later, f.wait = true, retryAfter(r.Header.Get("Retry-After"), p.Now)
	}
	if says := printable(string(body)); says != "" {
		f.text += ": " + strconv.Quote(says)
	}
	return f
}

// retryAfter reads the header of that name (RFC 9110 section 10.2.3): seconds or a
// time. It is 0 if there is none that can be read.
func retryAfter(text string, now func() time.Time) time.Duration {
	var d time.Duration
	if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		d = time.Duration(n) * time.Second
	} else if t, err := http.ParseTime(text); err == nil {
		d = t.Sub(now())
	}
	return min(max(d, 0), maxWait)
}

// printable is the first line of what a hub says, for a terminal.
func printable(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	line = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) && r != unicode.ReplacementChar {
			return r
		}
		return -1
	}, line)
	const most = 120
	if r := []rune(line); len(r) > most {
		line = string(r[:most]) + "…"
	}
	return line
}
