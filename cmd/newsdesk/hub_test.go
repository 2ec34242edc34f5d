package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// testHub is a WebSub hub that does what a real one does when a publisher comes:
// it looks at the request, fetches the topic, and holds that the topic names this
// hub and itself.
type testHub struct {
	url string

	mu      sync.Mutex
	told    []string
	wrong   []error
	status  int
	headers []string
}

func startHub(ts *testscript.TestScript, _ bool, args []string) {
	h := &testHub{status: http.StatusNoContent}
	mux := http.NewServeMux()
	mux.Handle("POST /hub", h)
	mux.Handle("GET /", http.FileServer(http.Dir(ts.MkAbs(args[0]))))
	server := httptest.NewServer(mux)
	ts.Defer(server.Close)
	h.url = server.URL + "/hub"
	serversOf(ts).hub = h
	ts.Setenv("HUB", server.URL)
}

func hubSays(ts *testscript.TestScript, _ bool, args []string) {
	h := serversOf(ts).hub
	h.mu.Lock()
	defer h.mu.Unlock()
	status, err := strconv.Atoi(args[0])
	ts.Check(err)
	h.status, h.headers = status, args[1:]
}

func (h *testHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	topic := r.PostFormValue("hub.topic")
	var wrong error
	if r.PostFormValue("hub.mode") != "publish" || r.PostFormValue("hub.url") != topic || !strings.HasPrefix(r.UserAgent(), "newsdesk ") {
		wrong = fmt.Errorf("not a publisher's request: %v %v", r.Header, r.PostForm)
	} else {
		wrong = h.discover(topic)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if wrong != nil {
		h.wrong = append(h.wrong, wrong)
	}
	if h.status/100 == 2 {
		h.told = append(h.told, topic)
	}
	for i := 1; i < len(h.headers); i += 2 {
		w.Header().Set(h.headers[i-1], h.headers[i])
	}
	w.WriteHeader(h.status)
}

// discover fetches a topic and reads what it says of hub and self (WebSub, section
// 4): in the document, and in the Link header if there is one.
func (h *testHub) discover(topic string) error {
	response, err := http.Get(topic)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return errors.Join(err, fmt.Errorf("%s: %s", topic, response.Status))
	}
	read := xmlLinks
	if path.Ext(topic) == ".json" {
		read = jsonLinks
	}
	found, err := read(data)
	want := map[string]string{"hub": h.url, "self": topic}
	for rel, url := range want {
		if err != nil || found[rel] != url {
			return fmt.Errorf("%s: rel=%s is %q, want %q (%v)", topic, rel, found[rel], url, err)
		}
		if link := response.Header.Get("Link"); link != "" && !strings.Contains(link, "<"+url+`>; rel="`+rel+`"`) {
			return fmt.Errorf("%s: Link: %s, want rel=%s %s", topic, link, rel, url)
		}
	}
	return nil
}

func xmlLinks(data []byte) (map[string]string, error) {
	links := map[string]string{}
	for d := xml.NewDecoder(strings.NewReader(string(data))); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return links, nil
		}
		if err != nil {
			return nil, err
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "link" || start.Name.Space != "http://www.w3.org/2005/Atom" {
			continue
		}
		at := map[string]string{}
		for _, a := range start.Attr {
			at[a.Name.Local] = a.Value
		}
		if rel := at["rel"]; rel == "hub" || rel == "self" {
			links[rel] = at["href"]
		}
	}
}

func jsonLinks(data []byte) (map[string]string, error) {
	var feed struct {
		FeedURL string `json:"feed_url"`
		Hubs    []struct{ Type, URL string }
	}
	if err := json.Unmarshal(data, &feed); err != nil || len(feed.Hubs) != 1 || feed.Hubs[0].Type != "WebSub" {
		return nil, fmt.Errorf("hubs: %v %v", feed.Hubs, err)
	}
	return map[string]string{"hub": feed.Hubs[0].URL, "self": feed.FeedURL}, nil
}

// told waits, because serve tells in the background. What is told too much is
// found by the next one, if not by this.
func told(ts *testscript.TestScript, _ bool, args []string) {
	h := serversOf(ts).hub
	var want []string
	for _, name := range args {
		want = append(want, ts.Getenv("SITE")+name)
	}
	slices.Sort(want)
	var got []string
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		h.mu.Lock()
		got = slices.Sorted(slices.Values(h.told))
		h.mu.Unlock()
		if len(got) >= len(want) {
			break
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	ts.Check(errors.Join(h.wrong...))
	if !slices.Equal(got, want) {
		ts.Fatalf("the hub was told of %q, want %q", got, want)
	}
	h.told = nil
}
