package detect

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"osmanthus/care"
)

// keeper is a Detector, or what derives readings, whose state outlives a restart
// of the agent. To be one:
//
//  1. Gather what must outlive (phase, times, the open alert; no waveform) in a
//     struct with exported fields. Leave out what every reading changes (the
//     last value, the last time): each change is a write to an SD card.
//  2. key names that struct and its version, as in "bathroom/1".
//  3. save returns it. Times stay absolute, so time that passes in between counts.
//  4. load reads raw into a NEW struct, moves each of its times by o.time, checks
//     it, and only then takes it: an error must leave the detector as it was.
//  5. Test it: d.save, json.Marshal, load into a new one, play on. See keep.md.
type keeper interface {
	key() string
	save() any
	load(raw json.RawMessage, o outage) error
}

// holder is a keeper of technical alerts: what it holds is open, and it alone
// knows when that is over. Technical alerts that nobody holds are cleared at the
// start (agent.restore), because most detectors begin anew.
type holder interface {
	holds(e care.Episode) bool
}

var _, _ holder = (*battery)(nil), (*wearing)(nil)

// outage lies between a save and the load of what was saved.
type outage struct {
	// shift is 0 where both clocks were set: the time between counts. Otherwise
	// nobody knows how long it was, it counts as nothing, and every time that was
	// saved moves by shift.
	shift time.Duration
	// lasted is how long it was, 0 where nobody knows.
	lasted time.Duration
}

// time moves one time that was saved; the zero time stays what it is.
func (o outage) time(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(o.shift)
}

const (
	keptFormat = 1
	keptEach   = 64 << 10 // bytes of one detector; more is an error and not kept
	keptAll    = 8 << 20  // bytes of one engine
)

// keptHead is the first line of what Save writes; the second is its body, a map
// from the name of a detector to its state.
type keptHead struct {
	Format int       `json:"osmanthus_state"`
	At     time.Time `json:"at"`
	Sum    string    `json:"sha256"` // of the second line
}

// Save returns the state that is to outlive a restart, as it is at a time. What
// cannot be saved is named by the error; the rest is there all the same.
func (e *Engine) Save(at time.Time) ([]byte, error) {
	states := map[string]json.RawMessage{}
	var errs []error
	total := 0
	for name, k := range e.keepers() {
		raw, err := json.Marshal(k.save())
		if total += len(raw); err == nil && (len(raw) > keptEach || total > keptAll/2) {
			err = fmt.Errorf("%d bytes are too many", len(raw))
			total -= len(raw)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("detect: saving %s: %w", name, err))
			continue
		}
		states[name] = raw
	}
	body, err := json.Marshal(states)
	if err != nil {
		return nil, errors.Join(append(errs, fmt.Errorf("detect: saving: %w", err))...)
	}
	head, err := json.Marshal(keptHead{Format: keptFormat, At: at.UTC(), Sum: sum(body)})
	if err != nil {
		return nil, errors.Join(append(errs, fmt.Errorf("detect: saving: %w", err))...)
	}
	return append(append(append(head, '\n'), body...), '\n'), errors.Join(errs...)
}

// SameState reports whether two results of Save differ in nothing but the time
// at which they were made.
func SameState(a, b []byte) bool {
	_, x, _ := bytes.Cut(a, []byte{'\n'})
	_, y, _ := bytes.Cut(b, []byte{'\n'})
	return bytes.Equal(x, y)
}

// Load takes what Save returned in an earlier run; it is now at. Call it before
// anything else. States of sources that the plan does not list, that belong to
// somebody else by now, or of another version, are left out. What is damaged or
// was not written by Save is refused as a whole, and a state that its detector
// refuses alone: the error says which, and the Engine is good in any case.
func (e *Engine) Load(data []byte, at time.Time) error {
	states, saved, err := parseKept(data)
	if err != nil {
		return fmt.Errorf("detect: loading: %w", err)
	}
	e.saved = saved
	var o outage
	if !care.ClockSet(saved) || !care.ClockSet(at) || at.Before(saved) {
		o.shift = at.Sub(saved)
	} else {
		o.lasted = at.Sub(saved)
	}
	var errs []error
	for name, k := range e.keepers() {
		raw, ok := states[name]
		if !ok {
			continue
		}
		if err := k.load(raw, o); err != nil {
			errs = append(errs, fmt.Errorf("detect: loading %s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

func parseKept(data []byte) (map[string]json.RawMessage, time.Time, error) {
	if len(data) > keptAll {
		return nil, time.Time{}, fmt.Errorf("%d bytes are too many", len(data))
	}
	first, body, ok := bytes.Cut(data, []byte{'\n'})
	body, whole := bytes.CutSuffix(body, []byte{'\n'})
	if !ok || !whole {
		return nil, time.Time{}, errors.New("it is cut short, or no state")
	}
	var head keptHead
	if err := json.Unmarshal(first, &head); err != nil {
		return nil, time.Time{}, err
	}
	if head.Format != keptFormat {
		return nil, time.Time{}, fmt.Errorf("format %d, want %d", head.Format, keptFormat)
	}
	if head.Sum != sum(body) {
		return nil, time.Time{}, errors.New("it is damaged: its sum does not fit")
	}
	var states map[string]json.RawMessage
	if err := json.Unmarshal(body, &states); err != nil {
		return nil, time.Time{}, err
	}
	return states, head.At, nil
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// keepers ranges over the derivers and detectors that keep a state, by their
// names: what they are, of which source and kind, and of whom, so that a sensor
// that moves to another resident does not take a timer along.
func (e *Engine) keepers() func(yield func(string, keeper) bool) {
	return func(yield func(string, keeper) bool) {
		for i := range e.watches {
			w := &e.watches[i]
			s := w.source
			name := func(k keeper) string { return fmt.Sprintf("%s of %q (%v) of %q", k.key(), s.ID, s.Kind, s.Resident) }
			if k, ok := w.derive.(keeper); ok && !yield(name(k), k) {
				return
			}
			for _, d := range w.detectors {
				if k, ok := d.(keeper); ok && !yield(name(k), k) {
					return
				}
			}
		}
		for i := range e.persons {
			p := &e.persons[i]
			if !yield(fmt.Sprintf("%s of %q", p.falls.key(), p.resident), p.falls) {
				return
			}
			for _, d := range p.detectors {
				if k, ok := d.(keeper); ok && !yield(fmt.Sprintf("%s of %q", k.key(), p.resident), k) {
					return
				}
			}
		}
	}
}
