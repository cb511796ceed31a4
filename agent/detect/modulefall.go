package detect

import (
	"encoding/json"
	"errors"
	"time"

	"osmanthus/care"
)

// Times of falls that a module says by its own judgement; radar.md says why.
const (
	moduleFallRule = "fall-module/1"
	moduleFallHold = 10 * time.Second // said for so long: confirmed
	moduleFallBack = 3 * time.Second  // taken back for so long: no fall, or over
	// moduleFallTrust is the confidence of what nobody has published figures of.
	moduleFallTrust = 0.5
)

var moduleFallLimits = []care.Feature{
	{Name: "said_for", Value: moduleFallHold.Seconds(), Unit: "s"}, {Name: "back_for", Value: moduleFallBack.Seconds(), Unit: "s"},
}

// moduleFall passes on that a module (a radar) says that somebody fell.
//
//	idle ──says so──▶ suspected ──10 s──▶ confirmed
//	  ▲                   │ takes it back for 3 s    │
//	  └────(cleared)──────┴──────────────────────────┘
//
// See radar.md.
type moduleFall struct {
	base
	hash string

	kept moduleFallState
	back time.Time // since when it is taken back, zero while it is said
	out  []care.Alert
}

// moduleFallState is what outlives a restart.
type moduleFallState struct {
	State care.State // of the episode; 0 for none
	Onset time.Time
	Since time.Time // the onset, moved when the clock is set
}

func newModuleFall(s Source) *moduleFall {
	return &moduleFall{base: base{s.Resident, s.ID}, hash: ruleHash(moduleFallRule, moduleFallLimits, nil)}
}

func (d *moduleFall) Block(*care.Block) []care.Alert { return nil }

// Reading takes what the module says. What it says is a level: it may say so
// again and again, or once.
func (d *moduleFall) Reading(r care.Reading) []care.Alert {
	d.out = d.out[:0]
	if r.Metric != care.FallDetected || r.Flags&care.OutOfRange != 0 {
		return nil
	}
	switch said := r.Value >= 0.5; {
	case said && d.kept.State == 0:
		onset := r.At.Truncate(time.Millisecond)
		d.kept, d.back = moduleFallState{Onset: onset, Since: onset}, time.Time{}
		d.emit(care.Suspected, r.At)
	case said:
		d.back = time.Time{}
	case d.kept.State != 0 && d.back.IsZero():
		d.back = r.At
	}
	return d.out
}

// Tick confirms, or clears, what has stood for long enough. A module that falls
// silent after it said so has not taken it back.
func (d *moduleFall) Tick(at time.Time) []care.Alert {
	d.out = d.out[:0]
	switch {
	case d.kept.State == 0:
		return nil
	case at.Before(d.kept.Since):
		d.kept.Since = at // the clock was set back: count from here, the episode stays
	case !d.back.IsZero() && at.Before(d.back):
		d.back = at
	case !d.back.IsZero() && at.Sub(d.back) >= moduleFallBack:
		d.emit(care.Cleared, at)
		d.kept, d.back = moduleFallState{}, time.Time{}
	case d.back.IsZero() && d.kept.State == care.Suspected && at.Sub(d.kept.Since) >= moduleFallHold:
		d.emit(care.Confirmed, at)
	}
	return d.out
}

func (d *moduleFall) emit(s care.State, at time.Time) {
	d.kept.State = s
	d.out = append(d.out, care.Alert{
		Episode: care.NewEpisode(care.Fall, d.resident, d.source, 0, d.kept.Onset),
		Kind:    care.Fall, State: s, Priority: care.High, Resident: d.resident, Source: d.source,
		Onset: d.kept.Onset, At: at, Confidence: moduleFallTrust,
		Evidence: care.Evidence{Rule: moduleFallRule, Hash: d.hash, Metric: care.FallDetected, Limits: moduleFallLimits, Features: []care.Feature{
			{Name: "said", Value: at.Sub(d.kept.Since).Seconds(), Unit: "s"},
		}},
	})
}

// dismiss ends a suspicion that the wearer, or somebody else, knows to be none.
// The module has to take it back before it can say so anew.
func (d *moduleFall) dismiss(e care.Episode) {
	if d.kept.State == care.Suspected && e == care.NewEpisode(care.Fall, d.resident, d.source, 0, d.kept.Onset) {
		d.kept.State = care.Confirmed // nothing more is said until it is taken back
	}
}

var _ keeper = (*moduleFall)(nil)

func (d *moduleFall) key() string { return "module-fall/1" }

func (d *moduleFall) save() any { return d.kept }

func (d *moduleFall) load(raw json.RawMessage, o outage) error {
	var s moduleFallState
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	if s.State != 0 && (s.State != care.Suspected && s.State != care.Confirmed || s.Onset.IsZero() || s.Since.IsZero()) {
		return errors.New("no state of a fall")
	}
	s.Since = o.time(s.Since) // the onset names the episode
	d.kept, d.back = s, time.Time{}
	return nil
}
