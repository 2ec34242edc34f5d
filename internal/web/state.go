package web

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/medigy/newsdesk/digest"
)

// snapshot is what the page shows from: the last desk that loaded, and what
// went wrong since.
type snapshot struct {
	version  int   // grows with every load and every change of an edition file; 0 before the first load
	desk     *Desk // last good one; nil before there is any
	loadErr  error // of the newest load, or nil
	watchErr error // why changes may go unseen, or nil
}

type state struct {
	mu       sync.Mutex
	snapshot snapshot
	proofs   map[string]*Proof // rendered from the desk, by asked and file
	old      map[string]*Proof // last good ones, by asked
}

// proofsKept bounds what is rendered and held: any segment can be asked for.
const proofsKept = 64

func (s *state) now() snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapshot
}

// load asks for a new desk and tells every open page. Where only edition files
// changed, which Load does not read, there is nothing to load.
func (p *Preview) load(ctx context.Context, changed []string) {
	p.loading.Lock()
	defer p.loading.Unlock()
	if now := p.state.now(); now.desk != nil && now.loadErr == nil && now.desk.onlyEditions(changed) {
		p.pages.send(p.state.touch())
		return
	}
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
		p.log.Info("loaded", "digests", len(desk.Digests), "findings", len(desk.Report.Findings))
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
		s.proofs = nil
	}
	return s.snapshot.version
}

// touch counts a change that needs no load.
func (s *state) touch() (version int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snapshot.version++
	return s.snapshot.version
}

// asked is what a request wants to see.
type asked struct {
	digest, period string
	selection      digest.Selection
}

// String is what a proof is kept by. Quoted, no topic can look like two, and so put
// another proof in the place of theirs.
func (a asked) String() string {
	return fmt.Sprintf("%q", append([]string{a.digest, a.period, a.selection.Language}, a.selection.Topics...))
}

// shown is an edition as a request sees it.
type shown struct {
	asked
	now   snapshot
	file  fileState
	path  string // of the file, or "" if nothing can be decided
	proof *Proof // with an error the last good one; nil if there is none
	err   error
}

// errFaults says that the edition file has to be put right first.
var errFaults = errors.New("the edition's file has faults")

// show renders what is asked for, once for a desk and a version of the edition
// file. Of a desk that has no such edition there is neither proof nor error.
//
// Render is called under the lock: what the page and its frame ask for at the
// same time is then rendered once.
func (p *Preview) show(a asked) *shown {
	s := &p.state
	s.mu.Lock()
	defer s.mu.Unlock()
	v := &shown{asked: a, now: s.snapshot}
	series := v.now.desk.series(a.digest)
	at, ok := series.period(a.period)
	if !ok {
		return v
	}
	period := series.Periods[at]
	if dir := v.now.desk.Editions; dir != "" {
		v.path = filepath.Join(dir, series.Name, period.Name+".yaml")
		if v.file, v.err = p.files.state(v.path); v.err != nil {
			return v
		}
	}
	if len(v.file.Faults) > 0 {
		v.err = errFaults
		if v.proof = s.old[a.String()]; v.proof != nil {
			return v
		}
	}
	s.render(v, period)
	if v.err != nil && v.err != errFaults && v.making() == nil {
		p.log.Error("rendering failed", "edition", a.digest+"/"+a.period, "error", v.err)
	}
	return v
}

// whole is the edition of which v shows what a segment gets: it, and not a part, is
// approved and sent.
func (p *Preview) whole(v *shown) *shown {
	if v.selectionQuery() == "" {
		return v
	}
	return p.show(asked{v.digest, v.period, digest.Selection{}})
}

// making tells of the pictures that have to be made first, or is nil.
func (v *shown) making() *Making {
	m, _ := errors.AsType[*Making](v.err)
	return m
}

// render fills in the proof, with an error the last good one.
func (s *state) render(v *shown, period digest.Period) {
	key := v.asked.String() + "\n" + v.file.hash
	if v.proof = s.proofs[key]; v.proof != nil {
		return
	}
	proof, err := v.now.desk.Render(Wanted{v.asked.digest, period, v.file.Choices, v.selection})
	if err != nil {
		v.proof, v.err = s.old[v.asked.String()], err
		return
	}
	v.proof = proof
	s.keep(key, v.asked.String(), proof)
}

func (s *state) keep(key, asked string, proof *Proof) {
	if s.proofs == nil || len(s.proofs) >= proofsKept {
		s.proofs = make(map[string]*Proof)
	}
	if s.old == nil || len(s.old) >= proofsKept {
		s.old = make(map[string]*Proof)
	}
	s.proofs[key], s.old[asked] = proof, proof
}
