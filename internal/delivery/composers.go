package delivery

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/store"
)

// maxComposers bounds the composers that are kept: 64 hold some 10 MB. The
// ledger is in the order of the segments, so each is mostly made once.
const maxComposers = 64

// composers makes the composers of an edition's segments when they are needed.
type composers struct {
	db      *store.DB
	edition *Edition
	dkim    []*mail.Signer
	whole   *Composer

	mu     sync.Mutex
	recent []segmentComposer // the last one used is the last
}

type segmentComposer struct {
	segment int64
	*Composer
}

// of gives the composer of a segment; 0 is the whole edition.
func (c *composers) of(ctx context.Context, segment int64) (*Composer, error) {
	if segment == 0 {
		return c.whole, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.IndexFunc(c.recent, func(r segmentComposer) bool { return r.segment == segment }); i >= 0 {
		found := c.recent[i]
		c.recent = append(slices.Delete(c.recent, i, i+1), found)
		return found.Composer, nil
	}
	made, err := c.load(ctx, segment)
	if err != nil {
		return nil, fmt.Errorf("segment %d of edition %s in the database: %w", segment, c.edition.Name(), err)
	}
	if len(c.recent) == maxComposers {
		c.recent = slices.Delete(c.recent, 0, 1)
	}
	c.recent = append(c.recent, segmentComposer{segment, made})
	return made, nil
}

func (c *composers) load(ctx context.Context, segment int64) (*Composer, error) {
	var packed []byte
	err := c.db.QueryRowContext(ctx, `SELECT issue FROM edition_segment WHERE id = $1 AND edition_id = $2`, segment, c.edition.id).Scan(&packed)
	if err != nil {
		return nil, err
	}
	issue, err := unpack(packed)
	if err != nil {
		return nil, err
	}
	return NewComposer(issue, c.edition.Sender, c.edition.Date, c.dkim)
}
