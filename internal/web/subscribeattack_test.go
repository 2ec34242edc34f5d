package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// add puts an active subscriber into the database.
func (o *office) add(address string) audience.Subscriber {
	o.Helper()
	_, _, err := audience.Add(o.Context(), o.db, o.desk.Suppressor, audience.Signup{Address: address}, audience.Act{By: "test", Now: o.now()})
	if err != nil {
		o.Fatal(err)
	}
	return o.find(address)
}

func (o *office) token(s audience.Subscriber, p audience.Purpose) string {
	return o.tokens.Sign(s.ID, p)
}

// TestGetChangesNothing opens every page there is, as a link scanner does, with GET
// and HEAD and with what it finds.
func TestGetChangesNothing(t *testing.T) {
	o := open(t, storetest.SQLite(t), nil)
	o.subscribe("new@example.org")
	confirm := o.link(o.letters("new@example.org")[0], "confirm")
	s := o.add("jane@example.org")
	before := o.dump()
	for _, method := range []string{"GET", "HEAD"} {
		for _, path := range []string{
			confirm, "subscribe", "preferences/" + o.token(s, audience.Preferences), "pause/" + o.token(s, audience.Preferences), "unsubscribe/" + o.token(s, audience.Unsubscribe),
		} {
			for _, query := range []string{"", "?List-Unsubscribe=One-Click", "?do=leave", "?do=pause&weeks=2", "?email=a@example.org"} {
				if a := o.request(method, path+query, "", ""); a.StatusCode != 200 {
					t.Errorf("%s %s: %d", method, path+query, a.StatusCode)
				}
			}
		}
	}
	if after := o.dump(); after != before {
		t.Errorf("changed:\n%s\nto\n%s", before, after)
	}
}

// TestNewsletterHeaders holds what keeps tokens from leaking and pages from being framed.
func TestNewsletterHeaders(t *testing.T) {
	o := open(t, storetest.SQLite(t), nil)
	unsubscribe := "unsubscribe/" + o.token(o.add("jane@example.org"), audience.Unsubscribe)
	for _, path := range []string{"subscribe", unsubscribe, "confirm/none"} {
		h := o.get(path).Header
		for name, want := range map[string]string{
			"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "X-Content-Type-Options": "nosniff",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s: %q, want %q", path, name, h.Get(name), want)
			}
		}
		frames := "frame-ancestors 'none'"
		if path == "subscribe" {
			frames = "frame-ancestors https://www.medigy.com"
		}
		if csp := h.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'sha256-") || !strings.HasSuffix(csp, frames) {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
	if a := o.request("PUT", unsubscribe, "", ""); a.StatusCode != 405 || a.Header.Get("Allow") == "" {
		t.Errorf("PUT: %d", a.StatusCode)
	}
}

// TestAccessLogWithoutTokens: who may read the log must not be able to do what
// subscribers can.
func TestAccessLogWithoutTokens(t *testing.T) {
	o := open(t, storetest.SQLite(t), nil)
	s := o.add("jane@example.org")
	var log bytes.Buffer
	server, err := NewServer(ServerOptions{Now: o.now, Newsletter: o.page, Access: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	// As it is where subscribe.enabled became true while it served.
	changed, err := NewServer(ServerOptions{Now: o.now, Access: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	changed.Change(ServerOptions{Newsletter: o.page})
	for action, purpose := range map[string]audience.Purpose{
		"preferences": audience.Preferences, "pause": audience.Preferences, "unsubscribe": audience.Unsubscribe, "confirm": audience.Confirm,
	} {
		token := o.token(s, purpose)
		for _, method := range []string{"GET", "POST", "PUT"} {
			changed.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, o.page.URL+action+"/"+token, nil))
			server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, o.page.URL+action+"/"+token+"?token="+token, nil))
		}
		if strings.Contains(log.String(), token) || !strings.Contains(log.String(), "path=/newsletter/"+action+"/… ") {
			t.Errorf("the log of %s: %s", action, &log)
		}
	}
}

// TestOneClick is what mail programs and their servers send.
func TestOneClick(t *testing.T) {
	o := open(t, storetest.SQLite(t), nil)
	for i, test := range []struct{ name, kind, body string }{
		{"urlencoded", formType, "List-Unsubscribe=One-Click"},
		{"multipart", `multipart/form-data; boundary="b"`, "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"},
		{"nothing", "", ""},
	} {
		s := o.add(fmt.Sprintf("reader%d@example.org", i))
		path := "unsubscribe/" + o.token(s, audience.Unsubscribe)
		for range 2 {
			a := o.request("POST", path, test.kind, test.body, "Origin", "https://mail.example", "Sec-Fetch-Site", "cross-site")
			o.want(a, 200, "You are unsubscribed")
			if len(a.Header["Location"])+len(a.Header["Set-Cookie"]) > 0 {
				t.Errorf("%s: a redirect or a cookie", test.name)
			}
		}
		if s = o.find(s.Address); s.State != audience.Unsubscribed {
			t.Errorf("%s: %s", test.name, s.State)
		}
	}
}

// TestEnumeration asks with the addresses of people of every kind and compares the
// answers; and nobody gets a letter who should not.
func TestEnumeration(t *testing.T) {
	o := open(t, storetest.SQLite(t), nil)
	for i, state := range audience.States {
		s := o.add(string(state) + "@example.org")
		if state == audience.Erased {
			err := audience.Erase(t.Context(), o.db, o.desk.Suppressor, s.ID, audience.Act{By: "test", Now: o.now()})
			if err != nil {
				t.Fatal(i, err)
			}
			continue
		}
		if _, err := o.db.Exec(`UPDATE subscriber SET state = $1 WHERE id = $2`, string(state), s.ID); err != nil {
			t.Fatal(i, err)
		}
	}
	want := o.subscribe("unknown@example.org")
	for _, state := range audience.States {
		for range 2 {
			got := o.subscribe(string(state) + "@example.org")
			if got.StatusCode != want.StatusCode || got.body != want.body || fmt.Sprint(got.Header["Content-Length"]) != fmt.Sprint(want.Header["Content-Length"]) {
				t.Errorf("%s: the answer tells:\n%d\n%s", state, got.StatusCode, got.body)
			}
		}
	}
	subjects := map[audience.State]string{
		"unknown": "Confirm your subscription to Medigy News", audience.Pending: "Confirm your subscription to Medigy News",
		audience.Active: "You are subscribed to Medigy News already", audience.Paused: "You are subscribed to Medigy News already",
		audience.Unsubscribed: "Confirm your subscription to Medigy News", audience.Bounced: "Confirm your subscription to Medigy News",
		audience.Erased: "Confirm your subscription to Medigy News",
	}
	for _, state := range append([]audience.State{"unknown"}, audience.States...) {
		var got []string
		for _, l := range o.letters(string(state) + "@example.org") {
			got = append(got, l.Header.Get("Subject"))
		}
		if strings.Join(got, "|") != subjects[state] { // of two requests one letter, and who complained none
			t.Errorf("%s: letters %q, want %q", state, got, subjects[state])
		}
	}
}

// TestMailBombing asks for one address again and again.
func TestMailBombing(t *testing.T) {
	t.Parallel()
	o := open(t, storetest.SQLite(t), func(o *NewsletterOptions) { o.PerHour = 0 })
	o.add("reader@example.org")
	for range 26 {
		for _, address := range []string{"victim@example.org", "VICTIM@example.org", "reader@example.org"} {
			o.subscribe(address)
		}
		o.settled()
		o.sleep(59 * time.Minute)
	}
	count := o.mail.Count()
	if n := count["victim@example.org"] + count["VICTIM@example.org"]; n < 3 || n > 4 { // 25.6 hours
		t.Errorf("%d letters to confirm, want 3 a day", n)
	}
	if n := count["reader@example.org"]; n < 1 || n > 2 {
		t.Errorf("%d letters to a subscriber, want one a day", n)
	}
}

// TestBackAtOnce subscribes, leaves and subscribes again within the hour: only letters
// that nobody answered count against an address. It moves in the reader's language.
func TestBackAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, address string) {
		o := open(t, address, nil)
		for n := range 4 { // more than a day's letters to one who does not answer
			o.want(o.subscribe("jane@example.org"), 200, "Look into your inbox")
			o.settled()
			var asked []letter
			for _, l := range o.letters("jane@example.org") {
				if strings.HasPrefix(l.Header.Get("Subject"), "Confirm ") {
					asked = append(asked, l)
				}
			}
			if len(asked) != n+1 {
				t.Fatalf("time %d: %d letters to confirm", n, len(asked))
			}
			o.want(o.subscribe("jane@example.org"), 200, "Look into your inbox") // this one counts, and brings none
			o.want(o.post(o.link(asked[n], "confirm"), nil), 200, "subscribed")
			o.want(o.post("unsubscribe/"+o.token(o.find("jane@example.org"), audience.Unsubscribe), nil), 200, "You are unsubscribed")
		}
		s := o.add("otto@example.org")
		if err := audience.Choose(t.Context(), o.db, s.ID, audience.Choice{Language: "de"}, audience.Act{Now: o.now()}); err != nil {
			t.Fatal(err)
		}
		o.want(o.post("preferences/"+o.token(s, audience.Preferences)+"?lang=fr", url.Values{"do": {"move"}, "email": {"new@example.org"}}), 200, "")
		if l := o.letters("new@example.org"); len(l) != 1 || l[0].Header.Get("Content-Language") != "de" {
			t.Errorf("the letter about the new address: %+v", l)
		}
	})
}

// TestMailboxBombing asks for the same mailbox under ever other names: with tags, and
// with the dots that Gmail does not read.
func TestMailboxBombing(t *testing.T) {
	o := open(t, storetest.SQLite(t), func(o *NewsletterOptions) { o.PerHour = 0 })
	for i := range 40 {
		o.want(o.subscribe(fmt.Sprintf("victim+%d@example.org", i)), 200, "Look into your inbox")
		o.want(o.subscribe(fmt.Sprintf("Other+%d@Example.org", i/4)), 200, "Look into your inbox")
		dotted := []byte("g")
		for bit, c := range []byte("reader") {
			if i>>bit&1 > 0 {
				dotted = append(dotted, '.')
			}
			dotted = append(dotted, c)
		}
		o.want(o.subscribe(string(dotted)+[]string{"@gmail.com", "@googlemail.com"}[i%2]), 200, "Look into your inbox")
	}
	o.settled()
	letters := map[string]int{}
	for address, n := range o.mail.Count() {
		letters[address[:1]] += n
	}
	for _, mailbox := range []string{"v", "O", "g"} {
		if letters[mailbox] != 10 {
			t.Errorf("%d letters to mailbox %s…, want 10 a day", letters[mailbox], mailbox)
		}
	}
}

// TestHungUp is a mail program that does not wait for the answer to its one-click
// POST: the request's context has ended.
func TestHungUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, address string) {
		o := open(t, address, nil)
		s := o.add("jane@example.org")
		ctx, hangUp := context.WithCancel(t.Context())
		hangUp()
		r := httptest.NewRequestWithContext(ctx, "POST", o.page.URL+"unsubscribe/"+o.token(s, audience.Unsubscribe), strings.NewReader("List-Unsubscribe=One-Click"))
		r.Header.Set("Content-Type", formType)
		w := httptest.NewRecorder()
		o.serve(w, r)
		if s = o.find(s.Address); w.Code != 200 || s.State != audience.Unsubscribed {
			t.Errorf("answer %d, state %s", w.Code, s.State)
		}
	})
}

// TestForm is what programs fill in, and what other sites send.
func TestForm(t *testing.T) {
	o := open(t, storetest.SQLite(t), nil)
	stamp := func(ago time.Duration) string { return o.tokens.SignAt(0, audience.Form, o.now().Add(-ago)) }
	form := func(pairs ...string) string {
		v := url.Values{"email": {"jane@example.org"}, "shown": {stamp(5 * time.Second)}}
		for i := 0; i < len(pairs); i += 2 {
			v[pairs[i]] = []string{pairs[i+1]}
		}
		return v.Encode()
	}
	long := strings.Repeat("a", 20<<10)
	for _, test := range []struct {
		name, kind, body string
		header           []string
		status           int
		text             string
	}{
		{"honeypot", formType, form("website", "https://spam.example"), nil, 200, "Look into your inbox"},
		{"too fast", formType, form("shown", stamp(0)), nil, 422, "once more"},
		{"too old", formType, form("shown", stamp(48*time.Hour)), nil, 422, "once more"},
		{"from the future", formType, form("shown", stamp(-time.Hour)), nil, 422, "once more"},
		{"stamp of another kind", formType, form("shown", o.tokens.SignAt(0, audience.Confirm, o.now().Add(-time.Minute))), nil, 422, "once more"},
		{"another site", formType, form(), []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403, "another site"},
		{"another site, old browser", formType, form(), []string{"Origin", "https://evil.example"}, 403, "another site"},
		{"a site beside it", formType, form(), []string{"Origin", "null", "Sec-Fetch-Site", "same-site"}, 403, "another site"},
		{"another site's script", "application/json", `{"email":"jane@example.org"}`, []string{"Origin", "https://evil.example"}, 403, `"error"`},
		{"two addresses", formType, form("email", "a@example.org,b@example.org"), nil, 422, "Please check the address"},
		{"a name in the address", formType, form("email", "Jane <jane@example.org>"), nil, 422, "Please check the address"},
		{"a header in the address", formType, form("email", "jane@example.org\r\nBcc: all@example.org"), nil, 422, "Please check the address"},
		{"a long address", formType, form("email", strings.Repeat("a", 300)+"@example.org"), nil, 422, "Please check the address"},
		{"a long name", formType, form("name", strings.Repeat("a", 300)), nil, 422, "too long"},
		{"markup", formType, form("email", `"><script>alert(1)</script>@example.org`), nil, 422, `value=""><script>alert`}, // unescaped by the test
		{"a topic that is none", formType, form("topics", "x' OR 1=1 --"), nil, 400, "One of the choices does not exist here"},
		{"a language that is none", formType, form("language", "xx"), nil, 400, "One of the choices does not exist here"},
		{"too long", formType, "email=" + long, nil, 413, "did not arrive whole"},
		{"too long JSON", "application/json", `{"email":"` + long, nil, 413, "did not arrive whole"},
		{"too long multipart", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\n" + long, nil, 413, "did not arrive whole"},
		{"no JSON", "application/json", `{"email":`, nil, 400, "did not arrive whole"},
		{"JSON of another shape", "application/json", `{"email":["a"]}`, nil, 400, "did not arrive whole"},
		{"escapes", formType, "email=%zz", nil, 400, "did not arrive whole"},
		{"another kind", "text/plain", "email=jane@example.org", nil, 415, "did not arrive whole"},
		{"no kind", "", "email=jane@example.org", nil, 415, "did not arrive whole"},
	} {
		a := o.request("POST", "subscribe", test.kind, test.body, test.header...)
		t.Log(test.name)
		o.want(a, test.status, test.text)
		if strings.Contains(a.body, "<script") {
			t.Errorf("%s: markup comes back", test.name)
		}
	}
	o.settled()
	if n := len(o.mail.Messages()); n != 0 {
		t.Errorf("%d letters were sent", n)
	}

	// A site that may, by its form and by its script.
	const partner = "https://www.medigy.com"
	o.want(o.post("subscribe", url.Values{"email": {"a@example.org"}}, "Origin", partner, "Sec-Fetch-Site", "cross-site"), 200, "Look into your inbox")
	a := o.request("POST", "subscribe", "application/json; charset=utf-8", `{"email":"b@example.org","name":"B\r\nBcc: x@example.org","topics":["ai"]}`, "Origin", partner)
	o.want(a, 202, `"status":"confirm"`)
	if a.Header.Get("Access-Control-Allow-Origin") != partner {
		t.Errorf("CORS: %v", a.Header)
	}
	a = o.request("OPTIONS", "subscribe", "", "", "Origin", partner, "Access-Control-Request-Method", "POST")
	if a.StatusCode != 204 || a.Header.Get("Access-Control-Allow-Origin") != partner {
		t.Errorf("preflight: %d %v", a.StatusCode, a.Header)
	}
	if a = o.request("OPTIONS", "subscribe", "", "", "Origin", "https://evil.example"); a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("preflight of another site: %v", a.Header)
	}
	mails := o.letters("b@example.org")
	if len(mails) != 1 || mails[0].Header.Get("Bcc") != "" || strings.Contains(mails[0].text, "Bcc") {
		t.Fatalf("letters: %v", mails)
	}
	o.want(o.post(o.link(mails[0], "confirm"), nil), 200, "You are subscribed")
	if s := o.find("b@example.org"); s.Name != "B Bcc: x@example.org" {
		t.Errorf("name %q", s.Name)
	}
}

// TestTokensOfOthers guesses, alters and misuses tokens.
func TestTokensOfOthers(t *testing.T) {
	o := open(t, storetest.SQLite(t), nil)
	s := o.add("jane@example.org")
	o.subscribe("new@example.org")
	confirm := o.link(o.letters("new@example.org")[0], "confirm")
	confirm = confirm[strings.LastIndex(confirm, "/")+1:]
	unsubscribe, preferences := o.token(s, audience.Unsubscribe), o.token(s, audience.Preferences)
	before := o.dump()
	tokens := []string{"", "x", "sample", "..", "%00", "%2e%2e%2f", "' OR 1=1 --", strings.Repeat("A", 23), strings.Repeat("A", 5000), unsubscribe + "=", unsubscribe[1:], confirm[:30]}
	for i := range unsubscribe {
		altered := []byte(unsubscribe)
		altered[i] ^= 1
		tokens = append(tokens, string(altered))
	}
	raw, _ := base64.RawURLEncoding.DecodeString(unsubscribe)
	raw[0]++ // the next subscriber
	tokens = append(tokens, base64.RawURLEncoding.EncodeToString(raw))
	for _, action := range []string{"unsubscribe", "preferences", "pause", "confirm"} {
		own := map[string]string{"unsubscribe": unsubscribe, "confirm": confirm, "preferences": preferences, "pause": preferences}
		for _, token := range append(tokens, unsubscribe, preferences, confirm) {
			if token == own[action] {
				continue
			}
			for _, method := range []string{"GET", "POST"} {
				a := o.request(method, action+"/"+url.PathEscape(token), formType, "do=leave")
				// A path without a token is the feeds' part, which is not built here.
				if token != "" && a.StatusCode != http.StatusNotFound && a.StatusCode != http.StatusServiceUnavailable {
					t.Errorf("%s %s/%s: %d", method, action, token, a.StatusCode)
				}
			}
		}
	}
	o.sleep(8 * 24 * time.Hour)
	o.want(o.get("confirm/"+confirm), 410, "older than a week")
	o.want(o.post("confirm/"+confirm, nil), 410, "older than a week")
	if after := o.dump(); after != before {
		t.Errorf("changed:\n%s\nto\n%s", before, after)
	}
}

// TestTakenAddress moves a subscription to an address that another one gets
// meanwhile.
func TestTakenAddress(t *testing.T) {
	o := open(t, storetest.SQLite(t), nil)
	jane, path := o.add("jane@example.org"), ""
	path = "preferences/" + o.token(jane, audience.Preferences)
	const sent = "We have sent a mail to the new address"
	other := o.add("other@example.org")
	o.want(o.post(path, url.Values{"do": {"move"}, "email": {other.Address}}), 200, sent) // she does not learn it
	o.want(o.post(path, url.Values{"do": {"move"}, "email": {"late@example.org"}}), 200, sent)
	link := o.link(o.letters("late@example.org")[0], "confirm")
	o.add("late@example.org")
	o.want(o.post(link, nil), 409, "has a subscription already")
	if got := o.find("jane@example.org"); got.ID != jane.ID || len(o.letters(other.Address)) != 0 {
		t.Errorf("moved, or told: %+v", got)
	}
}

// TestMoveToPast moves a subscription to an address that has left. The answers are
// those of any other address, and links of mails that went to it before still end
// what comes there.
func TestMoveToPast(t *testing.T) {
	o := open(t, storetest.SQLite(t), nil)
	jane, past := o.add("jane@example.org"), o.add("past@example.org")
	old := "unsubscribe/" + o.token(past, audience.Unsubscribe)
	o.want(o.post(old, nil), 200, "You are unsubscribed")
	a := o.post("preferences/"+o.token(jane, audience.Preferences), url.Values{"do": {"move"}, "email": {"past@example.org"}})
	b := o.post("preferences/"+o.token(jane, audience.Preferences), url.Values{"do": {"move"}, "email": {"new@example.org"}})
	if a.body != b.body || a.StatusCode != 200 {
		t.Errorf("the answer tells of the address: %d", a.StatusCode)
	}
	mails := o.letters("past@example.org")
	o.want(o.post(o.link(mails[len(mails)-1], "confirm"), nil), 200, "Your new address is in use")
	if s := o.find("past@example.org"); s.ID != jane.ID || s.State != audience.Active {
		t.Errorf("who has the address: %+v", s)
	}
	o.want(o.post(old, nil), 200, "You are unsubscribed")
	if s := o.find("past@example.org"); s.ID != jane.ID || s.State != audience.Unsubscribed {
		t.Errorf("after an old mail's link: %+v", s)
	}
}

func TestRateLimit(t *testing.T) {
	l, now := newRateLimit(3), time.Unix(1700000000, 0)
	allow := func(text string, want int) {
		t.Helper()
		n := 0
		for range 10 {
			if wait, ok := l.allow(netip.MustParseAddr(text), now); ok {
				n++
			} else if wait <= 0 || wait > 20*time.Minute {
				t.Errorf("%s: wait %v", text, wait)
			}
		}
		if n != want {
			t.Errorf("%s: %d, want %d", text, n, want)
		}
	}
	allow("192.0.2.7", 3)
	allow("192.0.2.200", 0)
	allow("192.0.3.7", 3)
	allow("2001:db8:1:2::1", 3)
	allow("2001:db8:1:ff::1", 0)
	allow("2001:db8:2::1", 3)
	now = now.Add(20 * time.Minute)
	allow("192.0.2.7", 1)
	now = now.Add(24 * time.Hour)
	allow("192.0.2.7", 3)
	now = now.AddDate(-1, 0, 0) // the clock was wrong for a while: nobody waits for a year
	allow("192.0.2.7", 0)
	now = now.Add(20 * time.Minute)
	allow("192.0.2.7", 1)

	o := open(t, storetest.SQLite(t), func(o *NewsletterOptions) { o.PerHour = 2 })
	for i, status := range []int{200, 200, 429} {
		if a := o.subscribe(fmt.Sprintf("a%d@example.org", i)); a.StatusCode != status || (status == 429) != (a.Header.Get("Retry-After") != "") {
			t.Errorf("sign-up %d: %d", i, a.StatusCode)
		}
	}
	path := "unsubscribe/" + o.token(o.add("jane@example.org"), audience.Unsubscribe)
	for range 5 { // one mail program's servers unsubscribe many
		o.want(o.post(path, nil), 200, "You are unsubscribed")
	}
}

// TestMalformed sends 10,000 requests that are wrong in some way: no answer is a
// fault of ours.
func TestMalformed(t *testing.T) {
	t.Parallel()
	o := open(t, storetest.SQLite(t), func(o *NewsletterOptions) { o.PerHour = 0 })
	s := o.add("jane@example.org")
	good := []string{"subscribe", "confirm/" + o.tokens.SignAt(1, audience.Confirm, o.now()), "preferences/" + o.token(s, audience.Preferences)}
	kinds := []string{"", formType, "application/json", "multipart/form-data", "multipart/form-data; boundary=x", "text/html", ";;;", "application/json; charset=\xff"}
	pieces := []string{"email=", "%", "&", "=", ";", "do=pause", "do=choose", "&until=9999-99-99", "&weeks=-1", "&weeks=99999999999999999999", "topics=\x00", "{", "}", `"email":`, "[", "\"", "--x\r\n", "Content-Disposition: form-data; name=email\r\n\r\n", "a@b.c", "\xff\xfe", "\r\n", "é", "name=" + strings.Repeat("n", 500), "language=en", "\u202e"}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 10000 {
		var body strings.Builder
		for range r.IntN(8) {
			body.WriteString(pieces[r.IntN(len(pieces))])
		}
		path := good[r.IntN(len(good))]
		if r.IntN(4) == 0 {
			path = path[:r.IntN(len(path))] + pieces[r.IntN(len(pieces))]
		}
		request := httptest.NewRequest([]string{"GET", "POST", "POST", "HEAD", "OPTIONS", "DELETE"}[r.IntN(6)], "/newsletter/", strings.NewReader(body.String()))
		request.URL.Path = "/newsletter/" + path
		request.Header["Content-Type"] = []string{kinds[r.IntN(len(kinds))]}
		request.Header["Origin"] = []string{[]string{"", "null", "https://www.medigy.com", "\x00"}[r.IntN(4)]}
		if !o.page.Answers(request.URL.Path) {
			continue
		}
		w := httptest.NewRecorder()
		o.page.serve(w, request, netip.Addr{})
		if w.Code >= 500 {
			t.Fatalf("request %d: %s %q %q %q: %d", i, request.Method, request.URL.Path, request.Header, body.String(), w.Code)
		}
	}
	if s := o.find("jane@example.org"); s.State != audience.Active && s.State != audience.Paused {
		t.Errorf("she is %s", s.State)
	}
}
