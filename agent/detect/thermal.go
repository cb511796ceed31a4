package detect

import (
	"encoding/binary"
	"math"
	"time"

	"osmanthus/care"
)

// Times and borders of the detector of falls before a thermal array; thermal.md
// says why.
const (
	thermalRule    = "fall-thermal/2"
	thermalSuspect = -1.0                   // logit
	thermalDoubt   = -2.0                   // logit below which somebody is up
	thermalSure    = 0.5                    // logit without which nothing is confirmed
	thermalHold    = 250 * time.Millisecond // low for so long: suspected
	thermalUp      = 800 * time.Millisecond // up for so long: cleared
	thermalConfirm = 10 * time.Second       // on the floor for so long: confirmed
	thermalLimit   = 28 * time.Second       // after the onset all is decided; 30 s is the requirement
	thermalRoll    = 2 * time.Second        // on the floor for so long after a bed or low seat: suspected
)

// thermal finds falls in what a thermal array sees: the warmth of a person that
// sank to the bottom of the picture and stays there.
//
//	idle ──low 0.25 s──▶ suspected ──on the floor for 10 s, or by 28 s──▶ settled (confirmed)
//	 ▲ ▲                   │   │ ▲                                            │ up 0.8 s
//	 │ └─up 0.8 s (cleared)┴───┼─┼────────────────────────────────────────────┘
//	 │     by 28 s never on the│ │
//	 │         floor (cleared) ▼ │ on the floor for 2 s
//	 └────────up 0.8 s──────── resting
//
// See thermal.md.
type thermal struct {
	base
	model   *ThermalModel
	hash    string
	picture ThermalPicture
	record  *recorder
	block   *care.Block
	frame   int
	pixel   func(k int) float64

	state thermalState
	low   time.Time // since when the warmth is low, zero where it is not
	up    time.Time // since when it is up again
	lain  time.Duration
	roll  bool      // the suspicion began in a bed or on a low seat
	sight time.Time // when somebody was in the picture
	last  time.Time // the picture before
	seen  ThermalFigures
	logit float64
	alert care.Alert
	out   []care.Alert
}

type thermalState uint8

const (
	thermalIdle thermalState = iota
	thermalSuspected
	thermalSettled
	thermalResting // in a bed or on a low seat
)

func newThermal(s Source) *thermal {
	d := &thermal{base: base{s.Resident, s.ID}, model: s.Thermal, record: newRecorder(care.Thermal, 4, 12*time.Second, thermalPixels)}
	d.pixel = func(k int) float64 { return d.block.Channels[k][d.frame] }
	var weights []byte
	for _, w := range d.model.Weights {
		weights = binary.BigEndian.AppendUint64(weights, math.Float64bits(w))
	}
	d.hash = ruleHash(thermalRule, thermalLimits, weights)
	return d
}

var thermalLimits = []care.Feature{
	{Name: "suspect", Value: thermalSuspect, Unit: "1"}, {Name: "doubt", Value: thermalDoubt, Unit: "1"},
	{Name: "sure", Value: thermalSure, Unit: "1"}, {Name: "hold", Value: thermalHold.Seconds(), Unit: "s"}, {Name: "up", Value: thermalUp.Seconds(), Unit: "s"},
	{Name: "confirm", Value: thermalConfirm.Seconds(), Unit: "s"},
}

func (d *thermal) Reading(care.Reading) []care.Alert { return nil }

// Block takes pictures. What it returns is good until the next call.
func (d *thermal) Block(b *care.Block) []care.Alert {
	d.out = d.out[:0]
	if b.Kind != care.Thermal || len(b.Channels) < thermalPixels {
		return nil
	}
	d.record.block(b)
	d.block = b
	for d.frame = range b.Len() {
		at := b.At(d.frame)
		f, somebody := d.picture.Push(d.pixel, at)
		d.see(f, somebody, at)
	}
	d.block = nil
	return d.out
}

// see takes what is in a picture. A picture without anybody says nothing: who
// lies behind the sofa is not up.
func (d *thermal) see(f ThermalFigures, somebody bool, at time.Time) {
	step := at.Sub(d.last)
	if step < 0 || step > thermalGap {
		d.low, d.up, step = time.Time{}, time.Time{}, 0
	}
	d.last = at
	if !somebody {
		d.low, d.up = time.Time{}, time.Time{}
		return
	}
	d.sight = at
	z := d.model.logit(f)
	if d.state == thermalIdle {
		if !(z > thermalSuspect) {
			d.low = time.Time{}
			return
		}
		if d.low.IsZero() {
			d.low = at
		}
		if at.Sub(d.low) >= thermalHold {
			d.suspect(f, z, at)
		}
		return
	}
	if !(z < thermalDoubt) {
		d.up = time.Time{}
		switch d.state {
		case thermalSuspected:
			d.logit = max(d.logit, z)
			if z >= thermalSure {
				d.lain += step
			}
			if d.lain >= thermalConfirm {
				d.emit(care.Confirmed, at)
			}
		case thermalResting:
			d.rests(f, z, at)
		}
		return
	}
	if d.up.IsZero() {
		d.up = at
	}
	if at.Sub(d.up) >= thermalUp {
		if d.alert.State != care.Cleared { // by time, while nobody was seen
			d.emit(care.Cleared, at)
		}
		d.state, d.low, d.up = thermalIdle, time.Time{}, time.Time{}
	}
}

// rests notes who leaves a bed or low seat for the floor.
func (d *thermal) rests(f ThermalFigures, z float64, at time.Time) {
	switch {
	case !(z >= thermalSure):
		d.low = time.Time{}
	case d.low.IsZero():
		d.low = at
	case at.Sub(d.low) >= thermalRoll:
		d.suspect(f, z, at)
	}
}

func (d *thermal) suspect(f ThermalFigures, z float64, at time.Time) {
	onset := d.low.Truncate(time.Millisecond)
	d.seen, d.logit, d.lain, d.up = f, z, 0, time.Time{}
	if d.roll = d.state == thermalResting; d.roll {
		d.lain = thermalRoll
	}
	d.alert = care.Alert{
		Episode: care.NewEpisode(care.Fall, d.resident, d.source, 0, onset),
		Kind:    care.Fall, Priority: care.High, Resident: d.resident, Source: d.source, Onset: onset,
	}
	d.emit(care.Suspected, at)
}

// Tick decides in time: who was seen on the floor and not up again is there.
func (d *thermal) Tick(at time.Time) []care.Alert {
	d.out = d.out[:0]
	if d.state != thermalSuspected {
		return nil
	}
	if at.Before(d.alert.Onset) {
		d.alert.Onset = at // time was set back: count from here, the episode stays
	}
	if at.Sub(d.alert.Onset) >= thermalLimit {
		never := d.logit < thermalSure && at.Sub(d.last) < thermalGap // on the floor, and in sight all the time
		back := d.roll && at.Sub(d.sight) < thermalGap                // from the floor, and in sight
		if never || back {
			d.emit(care.Cleared, at)
			d.state, d.low = thermalResting, time.Time{} // in a bed, or on a low seat
		} else {
			d.emit(care.Confirmed, at)
		}
	}
	return d.out
}

func (d *thermal) emit(s care.State, at time.Time) {
	d.alert.State, d.alert.At, d.alert.Confidence = s, at, confidence(d.logit)
	d.state = thermalSettled
	if s == care.Suspected {
		d.state = thermalSuspected
	}
	d.alert.Evidence = care.Evidence{Rule: thermalRule, Hash: d.hash, Limits: thermalLimits, Features: []care.Feature{
		{Name: "logit", Value: d.logit, Unit: "1"},
		{Name: "upper", Value: d.seen.Upper, Unit: "Cel"},
		{Name: "low", Value: d.seen.Low, Unit: "1"},
		{Name: "floor", Value: d.seen.Floor, Unit: "1"},
		{Name: "drop", Value: d.seen.Drop, Unit: "1"},
		{Name: "lain", Value: d.lain.Seconds(), Unit: "s"},
	}}
	if s != care.Cleared {
		d.alert.Evidence.Snippet = d.record.snapshot(at.Add(-10*time.Second), at, 0.1)
	}
	d.out = append(d.out, d.alert)
}
