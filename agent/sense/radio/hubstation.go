package radio

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
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
	// ladderRest is how long a ladder that did not help is left alone.
	ladderRest = 5 * time.Minute
)

// station is one radio under supervision.
type station struct {
	Station
	hub    *Hub
	number int // by which gates and tracks know it
	log    *slog.Logger

	adverts atomic.Uint64
	restart chan struct{} // capacity 1: ends the scan that runs

	// Under hub.mu:
	last   time.Time // when it last heard anything, or began
	down   bool      // it does not hear now: no scan runs
	up     time.Time // since when the scan runs
	failed time.Time // since when scans end, zero while one lasts
	state  int       // of care.RadioState
	said   time.Time
}

func newStation(h *Hub, number int, s Station) *station {
	if s.Quiet == 0 {
		s.Quiet = DefaultQuiet
	}
	return &station{Station: s, hub: h, number: number, log: h.log.With("radio", s.Name), restart: make(chan struct{}, 1), down: true}
}

// run scans, again and again, until ctx ends.
func (s *station) run(ctx context.Context) {
	rest := firstRest
	for ctx.Err() == nil {
		began, before := time.Now(), s.adverts.Load()
		err := s.scan(ctx)
		s.set(func() {
			s.down = true
			if s.failed.IsZero() {
				s.failed = time.Now()
			}
		})
		if ctx.Err() != nil {
			return
		}
		s.hub.counts.restarts.Add(1)
		if s.adverts.Load() != before && time.Since(began) > lastRest { // it worked: this is a new trouble
			rest = firstRest
		}
		s.log.Warn("radio ended, begun again", "error", err, "after", rest)
		pause(ctx, rest*3/4+rand.N(rest/2)) // never in step with its siblings
		rest = min(2*rest, lastRest)
	}
}

// scan is one life of a radio.
func (s *station) scan(ctx context.Context) (err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-ctx.Done():
		case <-s.restart:
			stop()
		}
	}()
	defer func() {
		if p := recover(); p != nil {
			s.hub.counts.panics.Add(1)
			s.log.Error("radio panicked", "value", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("radio: %s panicked: %v", s.Name, p)
		}
	}()
	s.set(func() { s.down, s.up = false, time.Now() })
	err = s.Radio.Scan(ctx, func(e ble.Heard) { s.hub.heard(s, &e) })
	if err == nil {
		err = errors.New("radio: the scan ended by itself")
	}
	return err
}

// watch heals the radio when it is deaf, and says how it is.
func (s *station) watch(ctx context.Context) {
	s.set(func() { s.last = time.Now() })
	for ctx.Err() == nil {
		if s.well() {
			s.say(care.RadioHears)
			pause(ctx, time.Second)
			continue
		}
		s.log.Warn("radio hears nothing")
		s.say(care.RadioDeaf)
		if s.ladder(ctx) || ctx.Err() != nil {
			continue
		}
		s.log.Error("radio is deaf, and nothing helped")
		s.await(ctx, ladderRest, care.RadioGone)
	}
}

// ladder tries what can be done about a deaf radio, the gentlest first, until
// it hears.
func (s *station) ladder(ctx context.Context) bool {
	healer, ok := s.Radio.(ble.Healer)
	rungs := []ble.Rung{{Name: "begin anew", Wait: anew}}
	if ok {
		rungs = healer.Rungs()
	}
	for i, r := range rungs {
		s.hub.counts.rungs.Add(1)
		s.say(care.RadioHealing)
		s.log.Warn("healing the radio", "rung", r.Name)
		began := time.Now()
		if err := s.heal(ctx, healer, i, r); err != nil {
			s.log.Warn("rung could not be done", "rung", r.Name, "error", err)
			continue // waiting for what was not done helps nobody
		}
		if s.await(ctx, r.Wait-time.Since(began), care.RadioHealing) {
			s.log.Info("radio hears again", "rung", r.Name, "seconds", time.Since(began).Seconds())
			return true
		}
	}
	return false
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

// await waits until the radio hears, and reports whether it does within d.
func (s *station) await(ctx context.Context, d time.Duration, state int) bool {
	began := time.Now()
	for ctx.Err() == nil {
		if s.hearsSince(began) {
			return true
		}
		left := d - time.Since(began)
		if left <= 0 {
			return false
		}
		s.say(state)
		pause(ctx, min(time.Second, left))
	}
	return false
}

// well reports whether the radio hears, as far as can be told: it heard
// something lately, and its scans last.
func (s *station) well() bool {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	now := time.Now()
	if !s.failed.IsZero() && !s.down && (s.last.After(s.failed) || now.Sub(s.up) >= DefaultQuiet) {
		s.failed = time.Time{}
	}
	return (s.Quiet < 0 || now.Sub(s.last) < s.Quiet) && (s.failed.IsZero() || now.Sub(s.failed) < DefaultQuiet)
}

// hearsSince reports whether the radio heard something after at, or lasts
// although it may be quiet.
func (s *station) hearsSince(at time.Time) bool {
	if s.Quiet < 0 && s.well() {
		return true
	}
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return s.last.After(at)
}

func (s *station) set(change func()) {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	change()
}

// say reports a state when it is news, or was said long ago.
func (s *station) say(state int) {
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
