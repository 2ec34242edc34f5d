package main

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

var deskValues = regexp.MustCompile(`name="token" content="([^"]*)"|data-file="([^"]*)"|data-hash="([0-9a-f]{64})"`)

// edit does what the editors' desk does: it takes the token, the version of the
// edition's file and the hash from the page and sends them with a form. The
// status both is that of two who send it at the same moment: 200 for one of them.
func edit(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 3 || len(args)%2 == 0 {
		ts.Fatalf("usage: edit PAGE PATH STATUS [FIELD VALUE] …")
	}
	response, err := http.Get(args[0])
	ts.Check(err)
	page, err := io.ReadAll(response.Body)
	response.Body.Close()
	ts.Check(err)
	token, form := "", url.Values{}
	for _, m := range deskValues.FindAllStringSubmatch(string(page), -1) {
		switch {
		case m[1] != "":
			token = m[1]
		case m[2] != "":
			form.Set("file", m[2])
		default:
			form.Set("hash", m[3])
		}
	}
	for i := 3; i < len(args); i += 2 {
		form.Set(args[i], args[i+1])
	}
	post := func() (status, answer string) {
		request, err := http.NewRequest("POST", args[0]+args[1], strings.NewReader(form.Encode()))
		ts.Check(err)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("X-Desk-Token", token)
		response, err := http.DefaultClient.Do(request)
		ts.Check(err)
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		ts.Check(err)
		return strconv.Itoa(response.StatusCode), string(body)
	}
	if args[2] == "both" {
		var statuses [2]string
		var pressing sync.WaitGroup
		for i := range statuses {
			pressing.Go(func() { statuses[i], _ = post() })
		}
		pressing.Wait()
		if slices.Sort(statuses[:]); statuses != [2]string{"200", "409"} {
			ts.Fatalf("%s%s pressed twice at once answers %v, want 200 and 409", args[0], args[1], statuses)
		}
		return
	}
	if status, answer := post(); status != args[2] {
		ts.Fatalf("%s%s answers %s, want %s: %s", args[0], args[1], status, args[2], answer)
	}
}
