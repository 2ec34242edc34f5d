package delivery

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
)

// Part renders the part of an edition that a selection asks for, and publishes
// what its mail shows. The error is digest.ErrEmpty if there is nothing for it. It
// must not use the database: it is called in a transaction, too.
type Part func(digest.Selection) (*digest.Issue, error)

// NothingChosen is the reason of deliveries that were skipped because the
// edition has no article in the topics and language that the subscriber chose. A
// language in which there is no article is such a choice, too.
const NothingChosen = "nothing in the chosen topics"

// selection is what a subscriber chose, as the columns of the table have it.
type selection struct{ topics, language string }

func (s selection) whole() bool { return s == selection{} }

// parts is the parts of an issue that an audience gets. Many selections come to
// the same one, which is kept once, compressed: some 15 KB each, in which 1,000
// wait for the transaction that must not last while they are rendered.
type parts struct {
	part   Part
	issue  *digest.Issue // the whole
	sender Sender
	date   time.Time

	hashes map[selection]string // of the part; "": there is nothing
	packed map[string][]byte    // by the hash
}

func newParts(part Part, issue *digest.Issue, s Sender, date time.Time) *parts {
	return &parts{part, issue, s, date, map[selection]string{}, map[string][]byte{}}
}

// render makes the parts that it has not made, for everybody who would get the
// issue now, and gives what they chose.
func (p *parts) render(ctx context.Context, q audience.Querier) ([]selection, error) {
	if p.part == nil {
		return nil, nil
	}
	segments, err := audience.Segments(ctx, q, p.issue.Digest, p.date)
	if err != nil {
		return nil, err
	}
	var chosen []selection
	for _, s := range segments {
		key := selection{strings.Join(s.Topics, " "), s.Language}
		if key.whole() {
			continue
		}
		chosen = append(chosen, key)
		if _, known := p.hashes[key]; known {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := p.add(key, digest.Selection{Topics: s.Topics, Language: s.Language}); err != nil {
			return nil, err
		}
	}
	return chosen, nil
}

// add renders one part, and makes sure that it can be made a message.
func (p *parts) add(key selection, s digest.Selection) error {
	issue, err := p.part(s)
	if errors.Is(err, digest.ErrEmpty) {
		p.hashes[key] = ""
		return nil
	}
	if err != nil {
		return fmt.Errorf("the part for %s: %w", key, err)
	}
	hash := issue.Hash()
	p.hashes[key] = hash
	if _, known := p.packed[hash]; known || hash == p.issue.Hash() {
		return nil
	}
	if _, err := NewComposer(issue, p.sender, p.date, nil); err != nil {
		return fmt.Errorf("the part for %s: %w", key, err)
	}
	p.packed[hash], err = pack(issue)
	return err
}

func (s selection) String() string {
	text := "topics " + strings.ReplaceAll(s.topics, " ", ", ")
	if s.topics == "" {
		text = "all topics"
	}
	if s.language != "" {
		text += " in " + s.language
	}
	return text
}

// empty reports whether there is nothing for a selection that was rendered.
func (p *parts) empty(s selection) bool {
	hash, known := p.hashes[s]
	return known && hash == ""
}

// keep writes down the parts for those who chose, and which part is whose.
func (p *parts) keep(ctx context.Context, tx *sql.Tx, edition int64, chosen []selection) error {
	ids := map[string]sql.NullInt64{"": {}}
	whole := p.issue.Hash()
	for _, s := range chosen {
		hash := p.hashes[s]
		if hash == whole {
			continue
		}
		id, written := ids[hash]
		if !written {
			err := tx.QueryRowContext(ctx, `INSERT INTO edition_segment (edition_id, hash, issue) VALUES ($1, $2, $3) RETURNING id`,
				edition, hash, p.packed[hash]).Scan(&id)
			if err != nil {
				return err
			}
			ids[hash] = id
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO edition_selection (edition_id, topics, language, segment_id) VALUES ($1, $2, $3, $4)`,
			edition, s.topics, s.language, id)
		if err != nil {
			return err
		}
	}
	return nil
}

// bare gives what messages are made of.
func bare(issue *digest.Issue) *digest.Issue {
	i := *issue
	i.Archive, i.Listing, i.Record = nil, digest.Listing{}, digest.Record{}
	return &i
}

func pack(issue *digest.Issue) ([]byte, error) {
	text, err := json.Marshal(bare(issue))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err = w.Write(text)
	err = errors.Join(err, w.Close())
	return b.Bytes(), err
}

func unpack(packed []byte) (*digest.Issue, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	issue := new(digest.Issue)
	return issue, json.NewDecoder(r).Decode(issue)
}
