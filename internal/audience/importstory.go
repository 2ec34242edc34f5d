package audience

import (
	"context"
	"fmt"
	"strings"
)

// importOrigin begins the origin of a consent that a list brings.
const importOrigin = "import "

// keepStories writes the evidence that a list has for single subscribers, new ones:
// when they agreed, and from where. Each gets a consent of her own, which goes with
// her when she is erased. Of whom there is none the list's own consent stands. The
// rows of those who were looked up are in there.
func (w *writing) keepStories(ctx context.Context, chunk []entry, there map[string]*present) (err error) {
	var told []entry
	for _, e := range chunk {
		if e.story.evidence() {
			told = append(told, e)
		}
	}
	if len(told) == 0 {
		return nil
	}
	if there == nil {
		if there, err = w.lookUp(ctx, told); err != nil {
			return err
		}
	}
	var values, ids []any
	for _, e := range told {
		id, since := there[e.key].ID, e.story.since
		if since == 0 {
			since = w.Act.Now.Unix()
		}
		origin := importOrigin + w.Name
		if e.story.from != "" {
			origin += ", " + e.story.from
		}
		values, ids = append(values, id, since, origin), append(ids, id)
	}
	text := fmt.Sprintf(",(SELECT text_id FROM consent WHERE id = %d))", w.consent)
	_, err = w.tx.ExecContext(ctx, `INSERT INTO consent (subscriber_id, time, origin, text_id) VALUES `+
		strings.ReplaceAll(w.db.Parameters(len(told), 3), ")", text), values...)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `UPDATE subscriber SET consent_id = (SELECT MAX(c.id) FROM consent c WHERE c.subscriber_id = subscriber.id)
		WHERE id IN `+w.db.Parameters(1, len(ids)), ids...)
	return err
}
