package delivery

import "time"

// spacing spaces messages out.
type spacing struct {
	free time.Time // when the next one may go
}

// wait tells how long the next message has to wait.
func (p *spacing) wait(now time.Time) time.Duration { return max(0, p.free.Sub(now)) }

// take counts a message, after which the next waits for step. Who comes late, as a
// timer does, has the next one earlier.
func (p *spacing) take(now time.Time, step time.Duration) {
	if step == 0 {
		return
	}
	if late := now.Sub(p.free); late > step {
		p.free = now
	}
	p.free = p.free.Add(step)
}

// step gives the time between two messages of one of so many workers, which share
// the lower of two rates, in messages a second; 0 is none.
func step(workers int, rates ...float64) (step time.Duration) {
	for _, rate := range rates {
		if rate > 0 {
			step = max(step, time.Duration(float64(time.Second)*float64(workers)/rate))
		}
	}
	return step
}

// place is a worker's among those that share limits.
type place struct {
	index, workers int
}

// shareTime is after how long workers change places.
const shareTime = time.Minute

// share gives how many of n connections are this worker's now. Where there are
// fewer than workers, each gets one in its turn.
func (p place) share(n int, now time.Time) int {
	if p.workers <= 1 {
		return n
	}
	turn := int((int64(p.index) + now.Unix()/int64(shareTime/time.Second)) % int64(p.workers))
	own := n / p.workers
	if turn < n%p.workers {
		own++
	}
	return own
}
