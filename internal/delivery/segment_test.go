package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/mail/mailtest"
	"github.com/medigy/newsdesk/internal/store"
)

// segmented is a desk whose readers chose something: reader 0 what is first in
// choices, and so on.
func segmented(t *testing.T, server *mailtest.Server, choices ...audience.Choice) *desk {
	t.Helper()
	d := newDesk(t, 0, server)
	for i, c := range choices {
		if err := choose(t.Context(), d.db, reader(i), c); err != nil {
			t.Fatal(err)
		}
	}
	d.options.Part = part
	return d
}

func choose(ctx context.Context, db *store.DB, address string, c audience.Choice) error {
	hashes, err := audience.OpenSuppressor(ctx, db, strings.NewReader(strings.Repeat("x", 1000)))
	if err != nil {
		return err
	}
	_, _, err = audience.Add(ctx, db, hashes, audience.Signup{Address: address, Choice: c}, act)
	return err
}

// part is a Part of testIssue: there is something for topics a and b, and about
// everything in English.
func part(s digest.Selection) (*digest.Issue, error) {
	i := testIssue()
	switch {
	case slices.Contains(s.Topics, "a"):
		i.Subject = "Only a"
	case slices.Contains(s.Topics, "b"):
		i.Subject = "Only b"
	case len(s.Topics) > 0 || s.Language != "" && s.Language != "en":
		return nil, fmt.Errorf("part: %w", digest.ErrEmpty)
	}
	return i, nil
}

func topics(all ...string) audience.Choice { return audience.Choice{Topics: all} }

// TestSegments: everybody gets what she chose, once.
func TestSegments(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	d := segmented(t, server, topics("b"), topics(), topics("none"), topics("a", "x"), topics("b"), topics("a"),
		audience.Choice{Language: "en"}, audience.Choice{Language: "sw"})
	if s, err := DryRun(t.Context(), d.db, d.issue, d.options); err != nil || counted(s) != "8: 2 skipped 6 pending" {
		t.Errorf("dry run: %s, error %v", counted(s), err)
	}
	for i, want := range []string{"8: 6 accepted 2 skipped", "8: 6 already 2 skipped"} {
		s, err := d.send()
		if err != nil || counted(s) != want || !s.Done() || len(s.Problems) > 0 {
			t.Errorf("run %d: %s, problems %v, error %v; want %s", i+1, counted(s), s.Problems, err, want)
		}
	}
	if s, err := DryRun(t.Context(), d.db, d.issue, d.options); err != nil || counted(s) != "8: 6 already 2 skipped" {
		t.Errorf("dry run after it: %s, error %v", counted(s), err)
	}
	const whole = "=?utf-8?q?R=C3=B6ntgen_and_3_more_stories?="
	want := map[string]string{reader(0): "Only b", reader(1): whole, reader(3): "Only a", reader(4): "Only b", reader(5): "Only a", reader(6): whole}
	messages := server.Messages()
	if len(messages) != len(want) {
		t.Errorf("%d messages", len(messages))
	}
	ids := map[string]bool{}
	var order []string
	for _, m := range messages {
		subject := header(t, m.Data, "Subject")
		if subject != want[m.To] {
			t.Errorf("%s got %q, want %q", m.To, subject, want[m.To])
		}
		ids[header(t, m.Data, "Message-Id")] = true
		if order = append(order, subject); len(slices.Compact(slices.Clone(order))) > 3 {
			t.Errorf("the segments are mixed: %q", order)
		}
	}
	if len(ids) != len(want) {
		t.Errorf("the messages have %d IDs", len(ids))
	}
	var segments, selections, skipped int
	err := d.db.QueryRow(`SELECT (SELECT COUNT(*) FROM edition_segment), (SELECT COUNT(*) FROM edition_selection),
		(SELECT COUNT(*) FROM delivery WHERE state = 'skipped' AND reason = '`+NothingChosen+`')`).Scan(&segments, &selections, &skipped)
	if err != nil || segments != 2 || selections != 5 || skipped != 2 {
		t.Errorf("%d segments of %d selections, %d skipped, error %v", segments, selections, skipped, err)
	}
}

// TestSegmentsNone: an edition that has nothing for anybody is done.
func TestSegmentsNone(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	d := segmented(t, server, topics("none"), topics("neither"))
	for range 2 {
		if s, err := d.send(); err != nil || counted(s) != "2: 2 skipped" || !s.Done() {
			t.Errorf("%s, error %v", counted(s), err)
		}
	}
	if n := len(server.Messages()); n > 0 {
		t.Errorf("%d messages", n)
	}
}

// TestSegmentsContinued: what was frozen is sent, by another process, whatever the
// parts and the choices are then; what nobody has yet is frozen anew.
func TestSegmentsContinued(t *testing.T) {
	d := segmented(t, mailtest.Start(t, mailtest.Options{Mail: func(string, int) error { return no }}), topics("a"), topics("b"), topics("none"))
	if _, err := d.send(); err == nil {
		t.Fatal("a server that refuses the sender is no error")
	}
	if err := choose(t.Context(), d.db, reader(3), topics("a")); err != nil {
		t.Fatal(err)
	}
	server := mailtest.Start(t, mailtest.Options{Rcpt: replies(map[string][]error{reader(3): {later, later, later}})})
	d.options.SMTP.Port = server.Port
	s, err := d.send()
	if err != nil || counted(s) != "4: 2 accepted 1 skipped 1 pending 1 deferred" {
		t.Errorf("%s, error %v", counted(s), err)
	}
	if s, err := DryRun(t.Context(), d.db, d.issue, d.options); err != nil || counted(s) != "4: 2 already 1 skipped 1 pending 1 deferred" {
		t.Errorf("dry run: %s, error %v", counted(s), err)
	}
	d.later()
	editions, err := Unfinished(t.Context(), d.db)
	if err != nil || len(editions) != 1 {
		t.Fatal(editions, err)
	}
	o := d.options
	o.Part = nil
	if s, err := Continue(t.Context(), d.db, editions[0], o); err != nil || counted(s) != "4: 2 already 1 accepted 1 skipped" {
		t.Errorf("continued: %s, error %v", counted(s), err)
	}
	last := server.Messages()[2]
	if got := header(t, last.Data, "Subject"); last.To != reader(3) || got != "Only a" {
		t.Errorf("%s got %q", last.To, got)
	}
}

// TestSegmentsFault: a part that can't be made or sent freezes nothing, and is told
// of by a dry run, too.
func TestSegmentsFault(t *testing.T) {
	d := segmented(t, mailtest.Start(t, mailtest.Options{}), topics("a"), audience.Choice{Topics: []string{"b", "c"}, Language: "es"})
	for _, tt := range []struct {
		want string
		part Part
	}{
		{"the part for topics b, c in es: template", func(s digest.Selection) (*digest.Issue, error) {
			if s.Language != "" {
				return nil, errors.New("template")
			}
			return part(s)
		}},
		{"the part for topics a: edition weekly/2021-W39 can't be made a message: Content-Language", func(s digest.Selection) (*digest.Issue, error) {
			i, err := part(s)
			i.Language, i.Subject = "en US", "other"
			return i, err
		}},
	} {
		d.options.Part = tt.part
		want := strings.Replace(tt.want, "edition weekly", "weekly", 1)
		if _, err := d.send(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
		if _, err := DryRun(t.Context(), d.db, d.issue, d.options); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("dry run: error %v, want %s", err, want)
		}
		if e, _, _, err := find(t.Context(), d.db, d.issue, d.options.Sender); err != nil || e != nil {
			t.Errorf("frozen: %v, %v", e, err)
		}
	}
}

// TestSegmentGone: when the database has lost a part, its subscribers are not
// given up; the run ends.
func TestSegmentGone(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	d := segmented(t, server, topics("a"), topics("b"), topics())
	if _, _, err := Freeze(t.Context(), d.db, d.issue, part, d.options.Sender, d.now()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.db.Exec(`UPDATE edition_segment SET issue = $1`, []byte("x")); err != nil {
		t.Fatal(err)
	}
	e, err := Unfinished(t.Context(), d.db)
	if err != nil || len(e) != 1 {
		t.Fatal(e, err)
	}
	s, err := Continue(t.Context(), d.db, e[0], d.options)
	if err == nil || !strings.Contains(err.Error(), "of edition weekly/2021-W39 in the database") || s.Failed != 0 || s.Pending != 3-s.Accepted {
		t.Errorf("%s, error %v", counted(s), err)
	}
}

// TestComposersBounded: however many segments there are, few composers are kept,
// and those that were used last.
func TestComposersBounded(t *testing.T) {
	const n = maxComposers + 20
	var choices []audience.Choice
	for i := range n {
		choices = append(choices, topics(fmt.Sprintf("t%03d", i)))
	}
	d := segmented(t, mailtest.Start(t, mailtest.Options{}), choices...)
	e, _, err := Freeze(t.Context(), d.db, d.issue, func(s digest.Selection) (*digest.Issue, error) {
		i := testIssue()
		i.Subject = s.Topics[0]
		return i, nil
	}, d.options.Sender, d.now())
	if err != nil {
		t.Fatal(err)
	}
	c := &composers{db: d.db, edition: e}
	var first int64
	if err := d.db.QueryRow(`SELECT MIN(id) FROM edition_segment`).Scan(&first); err != nil {
		t.Fatal(err)
	}
	for i := range int64(n) {
		for _, segment := range []int64{first, first + i} {
			got, err := c.of(t.Context(), segment)
			if want := fmt.Sprintf("t%03d", segment-first); err != nil || got.issue.Subject != want {
				t.Fatalf("segment %d: %v, error %v", segment, got, err)
			}
		}
	}
	if len(c.recent) != maxComposers || c.recent[maxComposers-1].segment != first+n-1 || c.recent[maxComposers-2].segment != first {
		t.Errorf("%d composers are kept", len(c.recent))
	}
}

// TestSegmentsMeanwhile: who subscribes while parts are rendered gets what she
// chose, too.
func TestSegmentsMeanwhile(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	d := segmented(t, server, topics("b"), topics())
	late := []audience.Choice{topics("a"), topics("none")} // which nobody chose before
	d.options.Part = func(s digest.Selection) (*digest.Issue, error) {
		for i, c := range late {
			if err := choose(t.Context(), d.db, reader(2+i), c); err != nil {
				return nil, err
			}
		}
		late = nil
		return part(s)
	}
	s, err := d.send()
	if err != nil || counted(s) != "4: 3 accepted 1 skipped" {
		t.Errorf("%s, error %v", counted(s), err)
	}
	for _, m := range server.Messages() {
		if got := header(t, m.Data, "Subject"); m.To == reader(2) && got != "Only a" {
			t.Errorf("%s got %q", m.To, got)
		}
	}
}
