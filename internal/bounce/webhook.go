package bounce

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Webhook takes bounces and complaints from a provider over HTTP. docs/webhooks.md
// says what it sends: a JSON object whose events each become a Verdict, signed in the
// field Newsdesk-Signature.
type Webhook struct {
	Sink    Sink
	Secrets [][]byte // that may have signed; none lets nobody in
	Now     func() time.Time
	Keys    *Keys       // verify the tokens of events; may be nil
	Failed  func(error) // is told what the sink could not take; may be nil
}

const (
	maxEvents  = 1000
	maxRequest = 1 << 20 // octets

	// window is how far a signature's time may be from the clock's. Within it a
	// request may come twice: its events have the same IDs.
	window = 5 * time.Minute
)

// event is one of a request's.
type event struct {
	ID         string `json:"id"`
	Kind       Kind   `json:"type"`
	Address    string `json:"address"`
	Token      string `json:"token"`
	Link       string `json:"unsubscribe_token"`
	Code       string `json:"code"`
	Reply      int    `json:"reply"`
	Diagnostic string `json:"diagnostic"`
	MessageID  string `json:"message_id"`
	Feedback   string `json:"feedback"`
}

// ServeHTTP answers 204 when the sink has taken all events. 400, 401, 405 and 413 are
// the sender's fault, and nothing was taken; after 503 it is to send the same again.
func (h *Webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "want POST", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		status := http.StatusBadRequest
		if errors.As(err, new(*http.MaxBytesError)) {
			status = http.StatusRequestEntityTooLarge
		}
		http.Error(w, "the request cannot be read (want at most 1 MiB)", status)
		return
	}
	if !h.signed(r.Header.Get("Newsdesk-Signature"), body) {
		http.Error(w, "the signature is missing, wrong or too old", http.StatusUnauthorized)
		return
	}
	verdicts, err := h.verdicts(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := h.take(r.Context(), verdicts); err != nil {
		if h.Failed != nil {
			h.Failed(err)
		}
		http.Error(w, "not taken; send it again later", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (h *Webhook) take(ctx context.Context, verdicts []Verdict) error {
	for _, v := range verdicts {
		if err := h.Sink.Take(ctx, v); err != nil {
			return err
		}
	}
	return nil
}

// signed verifies "t=SECONDS,v1=HEX,…": HMAC-SHA256 of "SECONDS.BODY". A sender that
// changes its secret may give several v1.
func (h *Webhook) signed(field string, body []byte) bool {
	var at string
	var given [][]byte
	for item := range strings.SplitSeq(field, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(item), "=")
		switch name {
		case "t":
			at = value
		case "v1":
			if mac, err := hex.DecodeString(value); err == nil && len(given) < 4 {
				given = append(given, mac)
			}
		}
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || h.Now().Sub(time.Unix(seconds, 0)).Abs() > window {
		return false
	}
	good := false
	for _, secret := range h.Secrets {
		want := signature(secret, at, body)
		for _, mac := range given {
			good = hmac.Equal(mac, want) || good
		}
	}
	return good
}

func signature(secret []byte, at string, body []byte) []byte {
	m := hmac.New(sha256.New, secret)
	fmt.Fprintf(m, "%s.", at)
	m.Write(body)
	return m.Sum(nil)
}

// Sign gives the value of Newsdesk-Signature for a body that is sent at a time.
func Sign(secret, body []byte, at time.Time) string {
	t := strconv.FormatInt(at.Unix(), 10)
	return "t=" + t + ",v1=" + hex.EncodeToString(signature(secret, t, body))
}

// verdicts reads a request; the error is for its sender. What it does not know of an
// object it leaves out, so that the shape can grow.
func (h *Webhook) verdicts(body []byte) ([]Verdict, error) {
	var request struct {
		Events []event `json:"events"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, fmt.Errorf("not the JSON of docs/webhooks.md: %v", err)
	}
	if n := len(request.Events); n == 0 || n > maxEvents {
		return nil, fmt.Errorf("%d events (want 1 to %d)", n, maxEvents)
	}
	verdicts := make([]Verdict, 0, len(request.Events))
	for i, e := range request.Events {
		v, err := h.verdict(e)
		if err != nil {
			return nil, fmt.Errorf("events[%d]: %w", i, err)
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, nil
}

func (h *Webhook) verdict(e event) (Verdict, error) {
	v := Verdict{
		Kind: e.Kind, Address: findAddress(e.Address), Link: e.Link, Reply: e.Reply, Diagnostic: oneLine(e.Diagnostic),
		MessageID: oneLine(e.MessageID), Feedback: oneLine(e.Feedback),
	}
	v.Code, _ = statusCodes(e.Code, "")
	switch {
	case e.ID == "" || len(e.ID) > 200:
		return v, fmt.Errorf("id: want 1 to 200 octets")
	case !slices.Contains([]Kind{Hard, Soft, Complaint, Unsubscribe}, e.Kind):
		return v, fmt.Errorf("type: %q (want hard, soft, complaint, unsubscribe)", e.Kind)
	case e.Address != "" && v.Address != e.Address && !strings.EqualFold(v.Address, e.Address):
		return v, fmt.Errorf("address: %q (want name@example.org)", e.Address)
	case e.Address == "" && e.Token == "" && e.Link == "":
		return v, errors.New("want an address, a token or an unsubscribe_token")
	case e.Link != "" && !plainToken(e.Link):
		return v, errors.New("unsubscribe_token: want letters, digits, - and _")
	}
	if e.Token != "" {
		if h.Keys == nil {
			return v, errors.New("token: there are no keys to verify it")
		}
		t, err := h.Keys.Verify(ForBounce, e.Token)
		if err != nil {
			return v, fmt.Errorf("token: %w", err)
		}
		v.Subscriber, v.Edition = t.Subscriber, t.Edition
	}
	sum := sha256.Sum256([]byte(e.ID))
	v.ID = "webhook." + hex.EncodeToString(sum[:16])
	return v, nil
}

func plainToken(s string) bool {
	return len(s) <= 128 && !strings.ContainsFunc(s, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_')
	})
}
