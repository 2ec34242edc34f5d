package web

import (
	"context"
	"fmt"
	"maps"
	"sync"
)

// snapshot is what the page shows from: the last desk that loaded, and what
// went wrong since.
type snapshot struct {
	version  int   // grows with every load, good or bad; 0 before the first
	desk     *Desk // last good one; nil before there is any
	loadErr  error // of the newest load, or nil
	watchErr error // why changes may go unseen, or nil
}

type state struct {
	mu       sync.Mutex
	snapshot snapshot
	proofs   map[string]*Proof // rendered from the desk, by period
	old      map[string]*Proof // last good ones of earlier desks
}

func (s *state) now() snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapshot
}

// load asks for a new desk and tells every open page.
func (p *Preview) load(ctx context.Context, changed []string) {
	desk, err := p.options.Load(ctx, changed)
	if ctx.Err() != nil {
		return // the preview is being stopped: the error is of no interest
	}
	if err == nil && desk == nil {
		err = fmt.Errorf("the content could not be loaded, and no reason was given")
	}
	version := p.state.replace(desk, err)
	if err != nil {
		p.log.Error("load failed; the last good edition stays", "error", err)
	} else {
		p.log.Info("loaded", "editions", len(desk.Editions), "findings", len(desk.Report.Findings))
	}
	p.pages.send(version)
}

func (s *state) replace(desk *Desk, err error) (version int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snapshot.version++
	s.snapshot.loadErr = err
	if err == nil {
		s.snapshot.desk = desk
		if s.old == nil {
			s.old = make(map[string]*Proof)
		}
		maps.Copy(s.old, s.proofs)
		s.proofs = make(map[string]*Proof)
	}
	return s.snapshot.version
}

// proof renders the edition of a period, once per desk. With the error of a
// failed rendering comes the last good proof, if there is one. Without error
// and proof, the desk has no such edition.
//
// Render is called under the lock: one editor looks at one edition, and what
// the page and its frame ask for at the same time is then rendered once.
func (p *Preview) proof(name string) (*Proof, error) {
	s := &p.state
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.snapshot.desk.week(name)
	if !ok {
		return nil, nil
	}
	if proof := s.proofs[name]; proof != nil {
		return proof, nil
	}
	proof, err := s.snapshot.desk.Render(s.snapshot.desk.Editions[at].Period)
	if err != nil {
		p.log.Error("rendering failed", "edition", name, "error", err)
		return s.old[name], err
	}
	s.proofs[name] = proof
	return proof, nil
}
