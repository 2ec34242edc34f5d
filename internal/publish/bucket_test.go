package publish

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
)

// The client waits once more after its last try; the tests need not.
func TestMain(m *testing.M) {
	minio.DefaultRetryUnit = time.Millisecond
	os.Exit(m.Run())
}

// A server that is busy is asked again; what it did not say in time is no loss.
func TestTemporaryErrors(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter){
		"busy":    func(w http.ResponseWriter) { refuse(w, http.StatusServiceUnavailable, "SlowDown") },
		"many":    func(w http.ResponseWriter) { w.WriteHeader(http.StatusTooManyRequests) },
		"gateway": func(w http.ResponseWriter) { http.Error(w, "<html>Bad gateway", http.StatusBadGateway) },
		"cut off": func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
	} {
		var mu sync.Mutex
		seen := map[string]int{}
		b := startS3(t, func(w http.ResponseWriter, r *http.Request) bool {
			mu.Lock()
			seen[r.Method+r.URL.Path]++
			first := seen[r.Method+r.URL.Path] == 1
			mu.Unlock()
			if first {
				answer(w)
			}
			return first
		})
		r, err := Run(context.Background(), site("rss.xml=1 index.html=1"), b, options)
		if err != nil || len(r.Put) != 3 {
			t.Errorf("%s: %s, %v", name, told(r), err)
		}
	}
}

// The body of a request is the file, with its MD5 among what is signed.
func TestPlainBody(t *testing.T) {
	var wrong sync.Map
	b := startS3(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut {
			if hash, signed := r.Header.Get("X-Amz-Content-Sha256"), r.Header.Get("Authorization"); strings.HasPrefix(hash, "STREAMING-") || !strings.Contains(signed, ";content-md5;") && !strings.Contains(signed, "=content-md5;") {
				wrong.Store(r.URL.Path, hash+" "+signed)
			}
		}
		return false
	})
	if _, err := Run(context.Background(), site("rss.xml=1 index.html=1"), b, options); err != nil {
		t.Fatal(err)
	}
	wrong.Range(func(name, said any) bool {
		t.Errorf("%v: %v", name, said)
		return true
	})
}

// What goes wrong for good names the object and what to do.
func TestErrors(t *testing.T) {
	for _, test := range []struct {
		code   string
		status int
		tries  int
		want   string
	}{
		{"AccessDenied", http.StatusForbidden, 1, "the key needs s3:"},
		{"SignatureDoesNotMatch", http.StatusForbidden, 1, "AWS_SECRET_ACCESS_KEY"},
		{"NoSuchBucket", http.StatusNotFound, 1, "make the bucket"},
		{"EntityTooLarge", http.StatusBadRequest, 1, "EntityTooLarge said so"},
		{"SlowDown", http.StatusServiceUnavailable, tries, "8 tries"},
	} {
		asked := 0
		b := startS3(t, func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/rss.xml") {
				asked++
				refuse(w, test.status, test.code)
				return true
			}
			return false
		})
		r, err := Run(context.Background(), site("rss.xml=1 index.html=1"), b, options)
		if err == nil || !strings.Contains(err.Error(), "s3://news/feeds/rss.xml: ") || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want one about s3://news/feeds/rss.xml with %q", test.code, err, test.want)
		}
		if asked != test.tries || strings.Contains(told(r), "index.html") {
			t.Errorf("%s: %d tries, want %d; done: %s", test.code, asked, test.tries, told(r))
		}
	}
}

func TestNoServer(t *testing.T) {
	for endpoint, want := range map[string]string{
		"http://127.0.0.1:1":              "connection refused",
		"https://nowhere.invalid":         "look at the endpoint",
		"https://nowhere.invalid?x=y#key": "want endpoint=",
	} {
		l, err := ParseURL("s3://news/feeds?region=auto&endpoint=" + strings.NewReplacer("?", "%3F", "#", "%23").Replace(endpoint))
		if err == nil {
			b, openErr := openBucket(l, Credentials{ID: "id", Secret: "top-secret"})
			if openErr != nil {
				t.Fatal(openErr)
			}
			b.sleep = startS3(t, nil).sleep
			_, err = Run(context.Background(), site("rss.xml=1"), b, options)
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "top-secret") {
			t.Errorf("%s: %v, want %q", endpoint, err, want)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	b := startS3(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut {
			cancel()
		}
		return false
	})
	if _, err := Run(ctx, site("rss.xml=1"), b, options); err == nil || ctx.Err() == nil {
		t.Errorf("error %v, want one", err)
	}
}

// A bucket of more objects than one answer lists.
func TestManyObjects(t *testing.T) {
	b := startS3(t, nil)
	var files strings.Builder
	files.WriteString("rss.xml=1")
	for i := range 1500 {
		fmt.Fprintf(&files, " topic/%04d/rss.xml=%d", i, i)
	}
	for _, want := range []string{"+", "=1502"} {
		r, err := Run(context.Background(), site(files.String()), b, options)
		if err != nil || !strings.HasPrefix(told(r), want) {
			t.Fatalf("%.200s, %v; want %s", told(r), err, want)
		}
	}
}

func TestCredentials(t *testing.T) {
	l := &Location{Bucket: "news"}
	file := filepath.Join(t.TempDir(), "credentials")
	if err := os.WriteFile(file, []byte("[feeds]\naws_access_key_id = id\naws_secret_access_key = secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []Credentials{{ID: "id", Secret: "secret"}, {File: file, Profile: "feeds"}} {
		if _, err := l.Open(c); err != nil {
			t.Errorf("%v: %v", c, err)
		}
	}
	for _, c := range []Credentials{{}, {ID: "id"}, {File: "testdata/none"}, {File: file}} {
		if _, err := l.Open(c); err == nil || !strings.Contains(err.Error(), "credentials") {
			t.Errorf("%v: %v, want an error", c, err)
		}
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s said so</Message></Error>", code, code)
}
