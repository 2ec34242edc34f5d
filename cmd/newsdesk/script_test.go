package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/medigy/newsdesk/internal/dnstest"
	"github.com/medigy/newsdesk/internal/mail/mailtest"
	"github.com/medigy/newsdesk/internal/store/storetest"
	"github.com/medigy/newsdesk/internal/web/browsertest"
)

func TestMain(m *testing.M) {
	testscript.Main(allTests{m}, map[string]func(){"newsdesk": main})
}

// allTests are those of scripts, and those that need a browser.
type allTests struct{ *testing.M }

func (t allTests) Run() int { return browsertest.Run(t.M) }

// TestScript runs the scripts of testdata/script: each shows what a person at
// the keyboard types, sees and gets. In them,
//
//	smtpd [-auth USER PASSWORD] [-refuse ADDRESS] …   starts a mail server at $SMTP_PORT
//	received N                                        fails unless it has N messages, each to another address
//	received -all N                                   fails unless it has N messages
//	dnsd FILE                                         starts a DNS server at $DNS with the records in a file (dnstest)
//	sed FILE OLD NEW                                  replaces text in a file
//	s3d BUCKET                                        starts a server that speaks S3 at $S3, with a bucket
//	hubd DIR                                          starts a WebSub hub at $HUB/hub, and serves DIR at $HUB/
//	hubsays STATUS [HEADER VALUE]                     is what the hub answers from then on
//	told [URL] …                                      waits until the hub was told of these below $SITE, and no others, since the last told
//	freeport                                          sets $FREE_PORT
//	get URL TEXT                                      waits for a page with TEXT
//	edit PAGE PATH STATUS [FIELD VALUE] …             sends a form as the desk's PAGE does, and wants the answer's status
//	postjson URL JSON TEXT                            posts, and fails unless the answer has TEXT
//	waitfor [-gone] FILE TEXT                         waits until a file has TEXT, or no longer
//	image FILE WIDTH HEIGHT                           draws a picture, as PNG
//	pictures DIR N                                    fails unless it has N, each named by its bytes
//	damage DIR                                        changes a byte in each of its files
//	postgres                                          sets NEWSDESK_DATABASE_URL to an empty database on a real server
//	stop                                              sends SIGTERM to what runs in the background
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Values["t"], e.Values["servers"] = t, new(servers)
			sample, err := os.Getwd()
			e.Setenv("SAMPLE", sample+"/../..")
			e.Setenv("NEWSDESK_CONTENT_INDEX", e.WorkDir+"/.newsdesk") // not in the sample
			return err
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"smtpd": startSMTP, "dnsd": startDNS, "s3d": startS3, "received": received, "sed": replaceText, "get": getPage, "edit": edit, "postjson": postJSON, "hubd": startHub, "hubsays": hubSays, "told": told, "freeport": freePort, "stop": stop, "waitfor": waitFor,
			"image": drawImage, "pictures": pictureFiles, "damage": damage, "postgres": startPostgres,
			"fill": fillIn,
		},
	})
}

func startSMTP(ts *testscript.TestScript, _ bool, args []string) {
	o := mailtest.Options{}
	var refused []string
	for len(args) > 0 {
		switch {
		case args[0] == "-auth" && len(args) > 2:
			o.Username, o.Password, args = args[1], args[2], args[3:]
		case args[0] == "-refuse" && len(args) > 1:
			refused, args = append(refused, args[1]), args[2:]
		default:
			ts.Fatalf("smtpd: what is %q?", args[0])
		}
	}
	o.Rcpt = func(to string, _ int) error {
		if slices.Contains(refused, to) {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
		}
		return nil
	}
	server := mailtest.Start(ts.Value("t").(testing.TB), o)
	ts.Setenv("SMTP_PORT", strconv.Itoa(server.Port))
	ts.Setenv("NEWSDESK_SMTP_PORT", strconv.Itoa(server.Port))
	serversOf(ts).mail = server
}

func startDNS(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv("DNS", dnstest.Start(ts.Value("t").(testing.TB), ts.ReadFile(args[0])))
}

// drawImage draws slopes of light with some grain, which photographs have.
func drawImage(ts *testscript.TestScript, _ bool, args []string) {
	w, wErr := strconv.Atoi(args[1])
	h, hErr := strconv.Atoi(args[2])
	ts.Check(errors.Join(wErr, hErr))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		x, y := i%w, i/w
		img.SetRGBA(x, y, color.RGBA{uint8(x*240/w + x*y%16), uint8(y*240/h + x*y%13), uint8(128 + x*y%11), 255})
	}
	var b bytes.Buffer
	ts.Check(png.Encode(&b, img))
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[0])), 0o755))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o644))
}

func pictureFiles(ts *testscript.TestScript, _ bool, args []string) {
	files, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	for _, file := range files {
		sum := sha256.Sum256([]byte(ts.ReadFile(args[0] + "/" + file.Name())))
		if !strings.Contains(file.Name(), "-"+hex.EncodeToString(sum[:10])+".") {
			ts.Fatalf("%s is not named by its bytes", file.Name())
		}
	}
	if strconv.Itoa(len(files)) != args[1] {
		ts.Fatalf("there are %d", len(files))
	}
}

func damage(ts *testscript.TestScript, _ bool, args []string) {
	files, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	for _, file := range files {
		name := filepath.Join(ts.MkAbs(args[0]), file.Name())
		data, err := os.ReadFile(name)
		ts.Check(err)
		data[len(data)/2]++
		ts.Check(os.WriteFile(name, data, 0o644))
	}
}

// startS3 starts a server that speaks S3. Everybody may read from it, and write.
func startS3(ts *testscript.TestScript, _ bool, args []string) {
	backend := s3mem.New()
	ts.Check(backend.CreateBucket(args[0]))
	server := httptest.NewServer(gofakes3.New(backend).Server())
	ts.Defer(server.Close)
	ts.Setenv("S3", server.URL)
}

func startPostgres(ts *testscript.TestScript, _ bool, _ []string) {
	if !storetest.Has() {
		ts.Value("t").(testing.TB).Log("no PostgreSQL: the script goes on with SQLite")
		return
	}
	ts.Setenv("NEWSDESK_DATABASE_URL", storetest.Postgres(ts.Value("t").(testing.TB)))
}

// servers are those of one script: scripts run side by side.
type servers struct {
	mail *mailtest.Server
	hub  *testHub
}

func serversOf(ts *testscript.TestScript) *servers { return ts.Value("servers").(*servers) }

func received(ts *testscript.TestScript, neg bool, args []string) {
	if args[0] == "-all" {
		if n := len(serversOf(ts).mail.Messages()); strconv.Itoa(n) != args[1] {
			ts.Fatalf("%d messages arrived, want %s", n, args[1])
		}
		return
	}
	count := serversOf(ts).mail.Count()
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	for to, n := range count {
		if n != 1 {
			ts.Fatalf("%s got %d messages", to, n)
		}
	}
	if len(count) != want {
		ts.Fatalf("%d messages arrived, want %d", len(count), want)
	}
	for _, text := range args[1:] {
		for _, m := range serversOf(ts).mail.Messages() {
			if strings.Contains(string(m.Data), text) == neg {
				ts.Fatalf("in the message to %s: %q", m.To, text)
			}
		}
	}
}

func replaceText(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], args[2])), 0o644))
}

// fillIn writes a file with the line of another where it has VALUE.
func fillIn(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.ReplaceAll(ts.ReadFile(args[0]), "VALUE", strings.TrimSpace(ts.ReadFile(args[1])))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text), 0o644))
}

func freePort(ts *testscript.TestScript, _ bool, _ []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv("FREE_PORT", strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	ts.Check(l.Close())
}

// stop asks every background command to end as an operator does.
func stop(ts *testscript.TestScript, _ bool, _ []string) {
	for _, command := range ts.BackgroundCmds() {
		ts.Check(command.Process.Signal(syscall.SIGTERM))
	}
}

// getPage waits for a page, because a server that was just started may not be
// there yet, and a change may not be seen yet.
func getPage(ts *testscript.TestScript, _ bool, args []string) {
	var problem error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if problem = fetch(args[0], args[1]); problem == nil {
			return
		}
	}
	ts.Fatalf("%v", problem)
}

func postJSON(ts *testscript.TestScript, _ bool, args []string) {
	response, err := http.Post(args[0], "application/json", strings.NewReader(args[1]))
	ts.Check(err)
	defer response.Body.Close()
	var b strings.Builder
	ts.Check(response.Write(&b))
	if !strings.Contains(b.String(), args[2]) {
		ts.Fatalf("%s has no %q:\n%s", args[0], args[2], b.String())
	}
}

// waitFor waits for what a command in the background writes.
func waitFor(ts *testscript.TestScript, _ bool, args []string) {
	gone := args[0] == "-gone"
	if gone {
		args = args[1:]
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if data, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && strings.Contains(string(data), args[1]) != gone {
			return
		}
	}
	ts.Fatalf("%s: %q did not come or go", args[0], args[1])
}

func fetch(url, want string) error {
	response, err := http.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var b strings.Builder
	if err := response.Write(&b); err != nil {
		return err
	}
	if !strings.Contains(b.String(), want) {
		return fmt.Errorf("%s has no %q", url, want)
	}
	return nil
}
