package radio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/ble"
)

const (
	// A radio that failed is begun again after firstRest, then half as often
	// each time down to every lastRest.
	firstRest = time.Second
	lastRest  = 20 * time.Second
	// stateEvery is how often the state of a radio is said although it is the
	// same.
	stateEvery = 30 * time.Second
	// anew is how long a radio without rungs of its own has to hear again after
	// it was begun anew.
	anew = 20 * time.Second
)

// errAnew ends a scan because the ladder wants another one.
var errAnew = errors.New("radio: begun anew")

// station is one radio under supervision.
type station struct {
	Station
	hub    *Hub
	number int // by which gates and tracks know it
	log    *slog.Logger

	adverts atomic.Uint64
	restart chan struct{} // capacity 1: ends the scan that runs

	// Under hub.mu:
	ladder *ladder
	down   bool // it does not hear now: no scan runs
	state  int  // of care.RadioState, unsaid before it is known
	said   time.Time
}

func newStation(h *Hub, number int, s Station) *station {
	vouched := s.Quiet > 0
	if s.Quiet == 0 {
		s.Quiet = DefaultQuiet
	}
	rungs := []ble.Rung{{Name: "begin anew", Wait: anew, Harsh: true}}
	if healer, ok := s.Radio.(ble.Healer); ok {
		rungs = healer.Rungs()
	}
	return &station{
		Station: s, hub: h, number: number, log: h.log.With("radio", s.Name), restart: make(chan struct{}, 1),
		ladder: newLadder(rungs, s.Quiet, vouched, time.Now()), down: true, state: unsaid,
	}
}

// run scans, again and again, until ctx ends; then it lets go of the radio.
func (s *station) run(ctx context.Context) {
	if c, ok := s.Radio.(io.Closer); ok {
		defer func() {
			if err := c.Close(); err != nil {
				s.log.Info("radio left open", "error", err)
			}
		}()
	}
	rest, said := firstRest, ""
	for ctx.Err() == nil {
		began, before := time.Now(), s.adverts.Load()
		err := s.scan(ctx)
		if errors.Is(err, errAnew) { // it did not fail, and nothing is to be missed
			s.hub.counts.restarts.Add(1)
			continue
		}
		s.set(func() {
			s.down = true
			s.ladder.broke(time.Now())
		})
		if ctx.Err() != nil {
			return
		}
		s.hub.counts.restarts.Add(1)
		if s.adverts.Load() != before && time.Since(began) > lastRest { // it worked: this is a new trouble
			rest, said = firstRest, ""
		}
		level := slog.LevelDebug // said once, until it is another trouble
		if text := err.Error(); text != said {
			level, said = slog.LevelWarn, text
		}
		s.log.Log(ctx, level, "radio ended, begun again", "error", err, "after", rest.String())
		pause(ctx, rest*3/4+rand.N(rest/2)) // never in step with its siblings
		rest = min(2*rest, lastRest)
	}
}

// scan is one life of a radio.
func (s *station) scan(ctx context.Context) (err error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go func() {
		select {
		case <-ctx.Done():
		case <-s.restart:
			stop(errAnew)
		}
	}()
	defer func() {
		if p := recover(); p != nil {
			s.hub.counts.panics.Add(1)
			s.log.Error("radio panicked", "value", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("radio: %s panicked: %v", s.Name, p)
		}
	}()
	s.set(func() {
		s.down = false
		s.ladder.scans(time.Now())
	})
	heard := new(ble.Heard) // one for all: a radio hears from one goroutine
	err = s.Radio.Scan(ctx, func(e ble.Heard) {
		*heard = e
		s.hub.heard(s, heard)
	})
	switch {
	case context.Cause(ctx) == errAnew:
		return errAnew
	case err == nil:
		return errors.New("radio: the scan ended by itself")
	}
	return err
}

// watch says how the radio is, and does what the ladder asks for.
func (s *station) watch(ctx context.Context) {
	healer, _ := s.Radio.(ble.Healer)
	s.set(func() { s.ladder.last = time.Now() })
	var healing sync.WaitGroup
	defer healing.Wait()
	for ctx.Err() == nil {
		var rung, state int
		var climb bool
		s.set(func() {
			rung, climb = s.ladder.tick(time.Now(), s.busy())
			state = s.ladder.state
		})
		s.say(state)
		if climb {
			s.hub.counts.rungs.Add(1)
			healing.Go(func() { s.climb(ctx, healer, rung) })
		}
		pause(ctx, time.Second)
	}
}

// busy reports whether connections live by the radio, as far as it tells.
func (s *station) busy() bool {
	c, ok := s.Radio.(interface{ Connections() int })
	return ok && c.Connections() > 0
}

// climb does one rung, and tells the ladder.
func (s *station) climb(ctx context.Context, healer ble.Healer, rung int) {
	r := s.ladder.rungs[rung]
	s.log.Warn("healing the radio", "rung", r.Name)
	began := time.Now()
	err := s.heal(ctx, healer, rung, r)
	if err != nil && ctx.Err() == nil {
		s.log.Warn("rung could not be done", "rung", r.Name, "error", err)
	} else {
		s.log.Info("rung done", "rung", r.Name, "seconds", time.Since(began).Seconds())
	}
	s.set(func() { s.ladder.did(err == nil, time.Now()) })
}

func (s *station) heal(ctx context.Context, healer ble.Healer, i int, r ble.Rung) (err error) {
	if healer == nil {
		select {
		case s.restart <- struct{}{}:
		default:
		}
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			s.hub.counts.panics.Add(1)
			err = fmt.Errorf("radio: %s panicked: %v", s.Name, p)
		}
	}()
	ctx, stop := context.WithTimeout(ctx, r.Wait)
	defer stop()
	return healer.Heal(ctx, i)
}

func (s *station) set(change func()) {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	change()
}

// say reports a state when it is news, or was said long ago.
func (s *station) say(state int) {
	if state == unsaid {
		return
	}
	now := time.Now()
	s.set(func() {
		if s.state == state && !s.said.IsZero() && now.Sub(s.said) < stateEvery {
			return
		}
		if s.state != state {
			s.log.Info("radio state changed", "from", s.state, "to", state)
		}
		s.state, s.said = state, now
		r := care.NewReading("", care.SourceID(s.Name), care.RadioState, float64(state), 100, now.Round(0).UTC())
		if s.Simulated {
			r.Flags |= care.Simulated
		}
		s.hub.sink.Reading(r)
	})
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
