package delivery

import (
	"time"

	"github.com/medigy/newsdesk/internal/mail"
)

// crowdTime is after how long one connection more is tried.
const crowdTime = time.Minute

// crowded learns that a connection could not be made because the server has enough of
// ours: it says 4yz to a new one while others work. There are then no more than those
// for a while, and nothing is wrong with the server.
func (r *relay) crowded(f *mail.Error, now time.Time) bool {
	if f.Phase != mail.PhaseConnect || f.Code < 400 || f.Code >= 500 || r.using == 0 {
		return false
	}
	r.most, r.crowdAt = r.using, now
	return true
}

// room lets one connection more in where it was long enough crowded, and begins anew
// to count what is sent.
func (e *engine) room(now time.Time) {
	for _, r := range e.relays {
		if r.most > 0 && now.Sub(r.crowdAt) >= crowdTime {
			if r.most++; r.most >= r.Connections {
				r.most = 0
			}
			r.crowdAt = now
		}
		if now.Sub(r.mark) > countTime {
			r.mark, r.marked = now, r.taken
		}
	}
}
