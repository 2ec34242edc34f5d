package bounce

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestWebhook(t *testing.T) {
	now := time.Date(2021, 10, 4, 9, 0, 0, 0, time.UTC)
	secret, keys := []byte("s3cret"), testKeys(t, "k")
	token := keys.Sign(ForBounce, Token{7, 42})
	const good = `{"events":[{"id":"e1","type":"hard","address":"ada@Mail.Example","code":"5.1.1","reply":550,"diagnostic":"User\r\nunknown","new":1}]}`
	for name, test := range map[string]struct {
		method, body, signature string
		fail                    error
		status                  int
		want                    string
	}{
		"good":            {body: good, status: 204, want: `{"kind":"hard","address":"ada@mail.example","code":"5.1.1","reply":550,"diagnostic":"User unknown"}`},
		"token":           {body: `{"events":[{"id":"e","type":"complaint","token":"` + token + `","feedback":"abuse"}]}`, status: 204, want: `{"kind":"complaint","subscriber":42,"edition":7,"feedback":"abuse"}`},
		"link":            {body: `{"events":[{"id":"e","type":"unsubscribe","unsubscribe_token":"Ab-c_1"}]}`, status: 204, want: `{"kind":"unsubscribe","link":"Ab-c_1"}`},
		"a second secret": {body: good, signature: Sign([]byte("newer"), []byte(good), now), status: 204, want: `{"kind":"hard","address":"ada@mail.example","code":"5.1.1","reply":550,"diagnostic":"User unknown"}`},
		"GET":             {method: "GET", status: 405},
		"no signature":    {body: good, signature: "-", status: 401},
		"wrong secret":    {body: good, signature: Sign([]byte("guess"), []byte(good), now), status: 401},
		"other body":      {body: good, signature: Sign(secret, []byte(good+" "), now), status: 401},
		"old":             {body: good, signature: Sign(secret, []byte(good), now.Add(-window-time.Second)), status: 401},
		"from the future": {body: good, signature: Sign(secret, []byte(good), now.Add(window+time.Second)), status: 401},
		"altered time":    {body: good, signature: strings.Replace(Sign(secret, []byte(good), now.Add(-time.Hour)), "t=", "t=1633338000,x=", 1), status: 401},
		"huge time":       {body: good, signature: "t=9223372036854775807,v1=00", status: 401},
		"too long":        {body: strings.Repeat(" ", maxRequest+1), status: 413},
		"not JSON":        {body: `{`, status: 400},
		"no events":       {body: `{"events":[]}`, status: 400},
		"no ID":           {body: `{"events":[{"type":"hard","address":"a@b.example"}]}`, status: 400},
		"nobody":          {body: `{"events":[{"id":"e","type":"hard"}]}`, status: 400},
		"bad type":        {body: `{"events":[{"id":"e","type":"delivered","address":"a@b.example"}]}`, status: 400},
		"bad address":     {body: `{"events":[{"id":"e","type":"hard","address":"a@b.example, c@d.example"}]}`, status: 400},
		"forged token":    {body: `{"events":[{"id":"1","type":"hard","address":"a@b.example"},{"id":"e","type":"hard","token":"aaaa"}]}`, status: 400},
		"sink fails":      {body: good, fail: errSink, status: 503},
	} {
		t.Run(name, func(t *testing.T) {
			l := &list{fail: test.fail}
			h := &Webhook{Sink: l, Secrets: [][]byte{secret, []byte("newer")}, Now: func() time.Time { return now }, Keys: keys}
			if test.method == "" {
				test.method = "POST"
			}
			if test.signature == "" {
				test.signature = Sign(secret, []byte(test.body), now)
			}
			r := httptest.NewRequest(test.method, "/webhook/bounce", strings.NewReader(test.body))
			r.Header.Set("Newsdesk-Signature", test.signature)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if got := strings.TrimSpace(show(t, l.verdicts)); w.Code != test.status || got != test.want {
				t.Errorf("%d %s%s, want %d %s", w.Code, w.Body, got, test.status, test.want)
			}
		})
	}
}

// TestWebhookAgain holds that a request that comes twice is taken once, by its IDs.
func TestWebhookAgain(t *testing.T) {
	l := new(list)
	now := time.Unix(1633338000, 0)
	h := &Webhook{Sink: l, Secrets: [][]byte{[]byte("s")}, Now: func() time.Time { return now }}
	const body = `{"events":[{"id":"e1","type":"soft","address":"a@b.example"},{"id":"e2","type":"soft","address":"a@b.example"}]}`
	for range 2 {
		r := httptest.NewRequest(http.MethodPost, "/webhook/bounce", strings.NewReader(body))
		r.Header.Set("Newsdesk-Signature", Sign([]byte("s"), []byte(body), now))
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != http.StatusNoContent {
			t.Fatal(w.Code, w.Body)
		}
	}
	if len(l.verdicts) != 2 || l.repeated != 2 {
		t.Errorf("%d verdicts, %d repeated", len(l.verdicts), l.repeated)
	}
}

func FuzzWebhook(f *testing.F) {
	f.Add([]byte(`{"events":[{"id":"e","type":"hard","address":"a@b.example"}]}`))
	h := &Webhook{}
	f.Fuzz(func(t *testing.T, body []byte) {
		verdicts, err := h.verdicts(body)
		if err == nil && len(verdicts) == 0 {
			t.Error("neither verdicts nor an error")
		}
	})
}
