package websub

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// hub answers publishers with what the script of a topic says, one entry a
// request, and from then on with 204.
type hub struct {
	*httptest.Server
	mu     sync.Mutex
	script map[string][]func(w http.ResponseWriter, r *http.Request)
	asked  map[string]int
	agents map[string]bool
}

type answer = func(w http.ResponseWriter, r *http.Request)

func newHub(t *testing.T) *hub {
	h := &hub{script: map[string][]answer{}, asked: map[string]int{}, agents: map[string]bool{}}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	topic := r.PostFormValue("hub.topic")
	if r.Method != "POST" || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.URL.RawQuery != "" ||
		r.PostFormValue("hub.mode") != "publish" || r.PostFormValue("hub.url") != topic || len(r.PostForm) != 3 {
		http.Error(w, "not a publisher's request: "+fmt.Sprint(r.Method, r.Header, r.PostForm), http.StatusBadRequest)
		return
	}
	h.mu.Lock()
	h.asked[topic]++
	h.agents[r.UserAgent()] = true
	script := h.script[topic]
	if len(script) > 0 {
		h.script[topic] = script[1:]
	}
	h.mu.Unlock()
	if len(script) > 0 {
		script[0](w, r)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func status(code int, header ...string) answer {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		http.Error(w, "no\x1b[31m!\nmore", code)
	}
}

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// clock is one that sleeping moves on.
type clock struct {
	mu    sync.Mutex
	slept []time.Duration
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slept = append(c.slept, d)
	return ctx.Err()
}

var now = time.Date(2021, 10, 1, 12, 0, 0, 0, time.UTC)

func options(c *clock, hubs ...string) Options {
	return Options{
		Hubs: hubs, Timeout: time.Minute,
		Now: func() time.Time { return now }, Sleep: c.sleep, Jitter: func(d time.Duration) time.Duration { return d + 1 },
	}
}

func topics(contents ...string) (list []Topic) {
	for i, content := range contents {
		list = append(list, Topic{fmt.Sprintf("https://news.example/%d.xml", i), Hash([]byte(content))})
	}
	return list
}

func repeat(a answer, n int) []answer { return slices.Repeat([]answer{a}, n) }

// Each way in which a hub fails, and what comes of it.
func TestFailures(t *testing.T) {
	const one = "https://news.example/0.xml"
	for name, test := range map[string]struct {
		script []answer
		slept  []time.Duration
		want   string // "" if it is accepted
		later  bool
		wait   time.Duration
		asked  int
	}{
		"accepted":          {asked: 1},
		"busy, then not":    {script: repeat(status(500), 2), slept: []time.Duration{1e9 + 1, 2e9 + 1}, asked: 3},
		"always busy":       {script: repeat(status(503), 9), slept: []time.Duration{1e9 + 1, 2e9 + 1, 4e9 + 1}, want: `503 Service Unavailable: "no[31m!" (4 tries)`, later: true, asked: 4},
		"too many requests": {script: repeat(status(429, "Retry-After", "7"), 1), slept: []time.Duration{7e9}, asked: 2},
		"at a time":         {script: repeat(status(503, "Retry-After", "Fri, 01 Oct 2021 12:00:09 GMT"), 1), slept: []time.Duration{9e9}, asked: 2},
		"long gone":         {script: repeat(status(503, "Retry-After", "Fri, 01 Oct 2020 12:00:09 GMT"), 1), slept: []time.Duration{1e9 + 1}, asked: 2},
		"not a time":        {script: repeat(status(503, "Retry-After", "soon"), 1), slept: []time.Duration{1e9 + 1}, asked: 2},
		"in an hour":        {script: repeat(status(429, "Retry-After", "3600"), 1), want: `429 Too Many Requests: "no[31m!" (it asks to be left alone for 1h0m0s)`, later: true, wait: time.Hour, asked: 1},
		"timeout":           {script: repeat(status(408), 1), slept: []time.Duration{1e9 + 1}, asked: 2},
		"unknown topic":     {script: repeat(status(404), 9), want: `404 Not Found: "no[31m!"`, asked: 1},
		"elsewhere":         {script: repeat(status(307, "Location", "http://169.254.169.254/"), 9), want: `307 Temporary Redirect, to "http://169.254.169.254/" (redirects are not followed: if the hub has moved there, put that into feeds.hubs)`, asked: 1},
	} {
		t.Run(name, func(t *testing.T) {
			h, c := newHub(t), new(clock)
			h.script[one] = test.script
			record := Record{t.TempDir(), "websub.json"}
			results, err := Run(t.Context(), topics("a"), record, options(c, h.URL))
			if err != nil {
				t.Fatal(err)
			}
			r := results[0]
			got := ""
			if r.Err != nil {
				got = r.Err.Error()
			}
			if got != test.want || r.Later != test.later || r.Wait != test.wait || (r.Left() == 0) != (test.want == "") {
				t.Errorf("%+v\nwant %q, later %v, wait %v", r, test.want, test.later, test.wait)
			}
			if diff := cmp.Diff(test.slept, c.slept); diff != "" {
				t.Errorf("pauses: -want +got:\n%s", diff)
			}
			if h.asked[one] != test.asked {
				t.Errorf("asked %d times, want %d", h.asked[one], test.asked)
			}
			for agent := range h.agents {
				if !strings.HasPrefix(agent, "newsdesk ") {
					t.Errorf("User-Agent: %q", agent)
				}
			}
			// What was not accepted is made up for by the next run, and nothing else.
			h.script, h.asked = nil, map[string]int{}
			if _, err := Run(t.Context(), topics("a"), record, options(c, h.URL)); err != nil || (h.asked[one] == 1) != (test.want != "") {
				t.Errorf("the next run: %v, asked %d times", err, h.asked[one])
			}
		})
	}
}

// A hub that does not answer costs the time of a few tries, whatever there is to
// tell it; one that is not there, less.
func TestDown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := "http://" + l.Addr().String()
	l.Close()
	good, hanging := newHub(t), newHub(t)
	many := topics(slices.Repeat([]string{"a"}, 50)...)
	for _, topic := range many {
		hanging.script[topic.URL] = repeat(hang, 9)
	}
	o := options(new(clock), refusing, hanging.URL, good.URL)
	o.Timeout = 30 * time.Millisecond
	results, err := Run(t.Context(), many, Record{t.TempDir(), "websub.json"}, o)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"connection refused (4 tries)", "no answer in 30ms (4 tries)"} {
		r := results[i]
		if r.Err == nil || !strings.HasSuffix(r.Err.Error(), want) || strings.Contains(r.Err.Error(), "Post ") || !r.Later || r.Failed == 0 || r.Failed > workers || r.Left() != 50 {
			t.Errorf("%+v, want %s, for a few topics", r, want)
		}
	}
	if r := results[2]; len(r.Told) != 50 || r.Err != nil {
		t.Errorf("the hub that is well: %+v", r)
	}
	if got := Again(results); got != again {
		t.Errorf("again after %v, want %v", got, again)
	}
	if got := Again([]Result{{Later: true, Wait: time.Hour}, {Err: errors.New("404")}}); got != time.Hour {
		t.Errorf("again after %v, want what the hub asks for", got)
	}
	if got := Again([]Result{{Err: errors.New("404")}}); got != 0 {
		t.Errorf("again after %v, want never", got)
	}
}

// What refuses a few topics, and accepts none, is likely no hub; one that refuses
// one is.
func TestRefused(t *testing.T) {
	h, none := newHub(t), newHub(t)
	many := topics(slices.Repeat([]string{"a"}, 50)...)
	h.script[many[7].URL] = repeat(status(403), 1)
	for _, topic := range many {
		none.script[topic.URL] = repeat(status(404), 9)
	}
	results, err := Run(t.Context(), many, Record{t.TempDir(), "websub.json"}, options(new(clock), h.URL, none.URL))
	if err != nil {
		t.Fatal(err)
	}
	if r := results[0]; len(r.Told) != 49 || r.Failed != 1 || r.Later || slices.Contains(r.Told, many[7].URL) || !slices.IsSorted(r.Told[:7]) {
		t.Errorf("%+v, want all but one told", r)
	}
	if r := results[1]; len(r.Told) > 0 || r.Failed < enough || r.Failed > enough+workers {
		t.Errorf("%+v, want that a few topics are asked about", r)
	}
}

// Exactly what changed is told, and a dry run tells nothing.
func TestChangedAlone(t *testing.T) {
	h, other := newHub(t), newHub(t)
	record := Record{filepath.Join(t.TempDir(), "new"), "websub.json"}
	o := options(new(clock), h.URL)
	o.DryRun = true
	results, err := Run(t.Context(), topics("a", "b"), record, o)
	if err != nil || len(results[0].Due) != 2 || len(results[0].Told) != 0 || len(h.asked) > 0 {
		t.Errorf("a dry run: %+v %v, asked %v", results, err, h.asked)
	}
	if _, err := os.Stat(record.Folder); err == nil {
		t.Error("a dry run makes the folder")
	}
	o.DryRun = false
	for _, step := range []struct {
		hubs   []string
		topics []Topic
		want   map[string]int // since the start
	}{
		{[]string{h.URL}, topics("a", "b"), map[string]int{"https://news.example/0.xml": 1, "https://news.example/1.xml": 1}},
		{[]string{h.URL}, topics("a", "b"), map[string]int{"https://news.example/0.xml": 1, "https://news.example/1.xml": 1}},
		{[]string{h.URL}, topics("a", "B", "c"), map[string]int{"https://news.example/0.xml": 1, "https://news.example/1.xml": 2, "https://news.example/2.xml": 1}},
		{[]string{h.URL, other.URL}, topics("a", "B"), map[string]int{"https://news.example/0.xml": 1, "https://news.example/1.xml": 2, "https://news.example/2.xml": 1}},
		{[]string{h.URL}, topics("a", "b", "c"), map[string]int{"https://news.example/0.xml": 1, "https://news.example/1.xml": 3, "https://news.example/2.xml": 1}},
	} {
		o.Hubs = step.hubs
		if _, err := Run(t.Context(), step.topics, record, o); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(step.want, h.asked); diff != "" {
			t.Errorf("asked: -want +got:\n%s", diff)
		}
	}
	if len(other.asked) != 2 {
		t.Errorf("the new hub was told of %v, want two", other.asked)
	}
}

// A record that is damaged, or cannot be written, costs requests and stops
// nothing; it is told.
func TestBadRecord(t *testing.T) {
	h := newHub(t)
	record := Record{t.TempDir(), "websub.json"}
	name := filepath.Join(record.Folder, record.File)
	if err := os.WriteFile(name, []byte(`{"hubs": [`), 0o644); err != nil {
		t.Fatal(err)
	}
	results, err := Run(t.Context(), topics("a"), record, options(new(clock), h.URL))
	if err == nil || !strings.Contains(err.Error(), "websub.json is damaged") || len(results[0].Told) != 1 {
		t.Errorf("%v, %+v", err, results)
	}
	if results, err = Run(t.Context(), topics("a"), record, options(new(clock), h.URL)); err != nil || len(results[0].Due) > 0 {
		t.Errorf("the next run: %v, %+v", err, results)
	}
	results, err = Run(t.Context(), topics("a"), Record{name, "websub.json"}, options(new(clock), h.URL))
	if err == nil || !strings.Contains(err.Error(), "cannot be recorded") || len(results[0].Told) != 1 {
		t.Errorf("a folder that is a file: %v, %+v", err, results)
	}
}

// Two programs that tell hubs at the same time do not lose each other's record.
func TestTwoAtOnce(t *testing.T) {
	record := Record{t.TempDir(), "websub.json"}
	var hubs []string
	for range 4 {
		hubs = append(hubs, newHub(t).URL)
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			mine := []Topic{{fmt.Sprintf("https://news.example/%d/", i), "h"}}
			if _, err := Run(t.Context(), mine, record, options(new(clock), hubs...)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	recorded, err := record.read()
	for _, hub := range hubs {
		if err != nil || len(recorded[hub]) != 8 {
			t.Errorf("%s: %d recorded, %v; want 8", hub, len(recorded[hub]), err)
		}
	}
}

// An interrupted run does not wait.
func TestInterrupted(t *testing.T) {
	h := newHub(t)
	list := topics("a")
	h.script[list[0].URL] = repeat(status(500), 9)
	ctx, stop := context.WithCancel(t.Context())
	o := options(new(clock), h.URL)
	o.Sleep = func(ctx context.Context, _ time.Duration) error { stop(); return ctx.Err() }
	results, err := Run(ctx, list, Record{t.TempDir(), "websub.json"}, o)
	if r := results[0]; err != nil || h.asked[list[0].URL] != 1 || !r.Later || r.Left() != 1 {
		t.Errorf("%+v %v, asked %v", r, err, h.asked)
	}
}

// TestHubsWords is a hub that speaks no HTTP but to whoever reads the log: what it
// says can be shown on a terminal.
func TestHubsWords(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	answers := []string{"HTTP/1.1 200 OK\r\n\x1b]0;owned\x07\u009b2J\u202e\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: \x1b]0;owned\r\n\r\n", "HTTP/1.1 2\x1b[2J OK\r\n\r\n", "\x1b[2J"}
	go func() {
		for i := 0; ; i++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			bufio.NewReader(conn).ReadString('\n')
			io.WriteString(conn, answers[i%len(answers)])
			conn.Close()
		}
	}()
	o := Options{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute, Now: time.Now}.withDefaults()
	p := newPinger(o, "http://"+l.Addr().String())
	for _, answer := range answers {
		f := p.try(t.Context(), "https://news.example/rss.xml")
		if f == nil || strings.ContainsAny(f.Error(), "\x1b\x07\u009b\u202e") {
			t.Errorf("%q: %q", answer, f)
		}
	}
}
