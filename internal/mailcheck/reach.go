package mailcheck

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Reach says how links are asked for.
type Reach struct {
	Agent   string        // User-Agent; says who asks
	Timeout time.Duration // of each link, with its redirects; 10 s if 0

	// Allow says that an address may be connected to; nil refuses those of private
	// networks and of this machine, so that a link in an article can't reach a
	// service of the network that newsdesk runs in, also not by a name that
	// resolves there or by a redirect.
	Allow func(net.IP) bool
}

// hosts is how many hosts are asked at once. Each gets one request at a time.
const hosts = 8

// Links asks for every link and image of the HTML once and gives a finding for each
// that does not answer or answers with an error. Mail.Marks are not asked for.
func (r Reach) Links(ctx context.Context, m Mail) []Finding {
	byHost := make(map[string][]*node)
	var order []string
	seen := make(map[string]bool)
	for a := range parseHTML(m.HTML).elements("a", "img") {
		address := linkOf(a)
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || seen[address] || slices.Contains(m.Marks, address) {
			continue
		}
		seen[address] = true
		if byHost[u.Host] == nil {
			order = append(order, u.Host)
		}
		byHost[u.Host] = append(byHost[u.Host], a)
	}
	client := r.client()
	defer client.CloseIdleConnections()
	results := make([][]Finding, len(order))
	var wait sync.WaitGroup
	turns := make(chan struct{}, hosts)
	for i, host := range order {
		wait.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			for _, a := range byHost[host] {
				if f := r.ask(ctx, client, a); f != nil {
					results[i] = append(results[i], *f)
				}
			}
		})
	}
	wait.Wait()
	return slices.Concat(results...)
}

func linkOf(n *node) string {
	if n.tag == "img" {
		return strings.TrimSpace(n.attrs["src"])
	}
	return strings.TrimSpace(n.attrs["href"])
}

// errPrivate says that a name leads into the own network.
var errPrivate = errors.New("is in a private network")

func (r Reach) client() *http.Client {
	allow := r.Allow
	if allow == nil {
		allow = func(ip net.IP) bool { return !private(ip.String()) }
	}
	dialer := net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return err
		}
		if ip := net.ParseIP(host); ip == nil || !allow(ip) {
			return errPrivate
		}
		return nil
	}}
	timeout := r.Timeout
	if timeout == 0 {
		timeout = 10 * time.Second
	}
	return &http.Client{
		Timeout:   timeout,
		Transport: &http.Transport{DialContext: dialer.DialContext, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > 5 {
				return errors.New("more than 5 redirects")
			}
			return nil
		},
	}
}

// ask gives a finding if the link does not lead to a page. A server that does
// not answer HEAD is asked with GET, of which little is read.
func (r Reach) ask(ctx context.Context, client *http.Client, a *node) *Finding {
	var status int
	var err error
	for _, method := range []string{http.MethodHead, http.MethodGet} {
		if status, err = r.request(ctx, client, method, linkOf(a)); err == nil && status < 400 || errors.Is(err, errPrivate) {
			break
		}
	}
	f := Finding{Severity: Warning, Kind: "link-unreachable", Part: HTML, Line: a.line, Element: a.selector()}
	address := brief(linkOf(a), 80)
	switch {
	case err != nil:
		if inner, ok := errors.AsType[*url.Error](err); ok {
			err = inner.Err
		}
		if inner, ok := errors.AsType[*net.OpError](err); ok {
			err = inner.Err
		}
		f.Text = fmt.Sprintf("%s does not answer: %v", address, err)
	case status == http.StatusNotFound || status == http.StatusGone:
		f.Severity = Error
		f.Text = fmt.Sprintf("%s is not there (%d)", address, status)
	case status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusTooManyRequests:
		f.Severity, f.Kind = Note, "link-guarded"
		f.Text = fmt.Sprintf("%s does not let programs in (%d): look yourself", address, status)
	case status >= 400:
		f.Text = fmt.Sprintf("%s answers with %d %s", address, status, http.StatusText(status))
	default:
		return nil
	}
	return &f
}

func (r Reach) request(ctx context.Context, client *http.Client, method, address string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("User-Agent", r.Agent)
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.CopyN(io.Discard, response.Body, 1<<10)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return response.StatusCode, err
}
