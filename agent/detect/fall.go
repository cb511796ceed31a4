package detect

import (
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

// Times and borders of the fall detector; fall.md says why.
const (
	fallTrigger  = 1.6                    // g: lower peaks are not looked at
	fallSure     = 2.5                    // logit from which movement does not clear it
	fallQuiet    = 0.06                   // g: a second with less deviation is quiet
	fallActive   = 0.15                   // g: a second with more is active
	fallConfirm  = 3                      // quiet seconds that confirm
	fallDismiss  = 3                      // active seconds that clear
	fallDeadline = 28 * time.Second       // after the impact all is decided; 30 s is the requirement
	fallFloat    = 0.25                   // s without weight: only a thing falls so freely
	fallDead     = 0.006                  // g: stiller than any wrist
	fallCut      = 6 * time.Second        // without a block after an impact: judged by what there is
	fallAgain    = 20 * time.Second       // impacts this soon after belong to the same fall
	accLimit     = 64                     // g: no wearable measures more
	accHold      = signal.ImpactRate / 10 // bad samples in a row that are bridged
)

// fall finds falls in the acceleration of a wearable: an impact whose
// surroundings look like a fall is suspected, what follows confirms or clears
// it. The states are idle, suspected, and settled after a decision, until
// fallAgain has passed.
type fall struct {
	base
	model  fallModel
	follow signal.Continuity
	rate   *signal.Resampler
	hold   [3]*signal.Hold
	impact *signal.Impact
	second signal.Motion // the present second
	frame  [3]float64
	at     time.Time // of the present sample
	heard  bool      // a block came since the last tick
	spoke  time.Time // the last tick before which one came
	push   func([]float64)
	out    []care.Alert

	state  fallState
	alert  care.Alert // the episode's last alert
	found  signal.ImpactFeatures
	logit  float64
	quiet  int // quiet seconds since the suspicion
	active int
	dead   int // seconds without any movement at all
}

type fallState uint8

const (
	fallIdle fallState = iota
	fallSuspected
	fallSettled // confirmed or cleared a moment ago
)

func newFall(s Source) *fall {
	d := &fall{base: base{s.Resident, s.ID}, model: wristModel,
		rate: signal.NewResampler(signal.ImpactRate, 3), impact: signal.NewImpact(fallTrigger)}
	if s.Kind == IMUWaist {
		d.model = waistModel
	}
	for i := range d.hold {
		d.hold[i] = signal.NewHold(accLimit, accHold)
	}
	d.push = d.sample
	return d
}

func (d *fall) Reading(care.Reading) []care.Alert { return nil }

// Block takes acceleration. What it returns is good until the next call.
func (d *fall) Block(b *care.Block) []care.Alert {
	d.out = d.out[:0]
	if b.Kind != care.IMU || len(b.Channels) < 3 {
		return nil
	}
	switch d.follow.Next(b) {
	case signal.Repeats:
		return nil
	case signal.Broken:
		d.forget()
	}
	d.heard = true
	for i := range b.Len() {
		good := true
		for k := range d.frame {
			v, ok := d.hold[k].Push(b.Channels[k][i])
			d.frame[k], good = v, good && ok
		}
		if !good {
			d.forget()
			continue
		}
		d.at = b.At(i)
		d.rate.Push(d.frame[:], b.Rate, d.push)
	}
	return d.out
}

// forget drops the waveform, but never a suspicion.
func (d *fall) forget() {
	d.rate.Reset()
	d.impact.Reset()
	d.second.Reset()
	for _, h := range d.hold {
		h.Reset()
	}
}

// sample takes one resampled frame.
func (d *fall) sample(f []float64) {
	if found, ok := d.impact.Push(f[0], f[1], f[2]); ok {
		d.judge(found, d.at)
	}
	d.second.Push(f[0], f[1], f[2])
	if d.second.Len() == signal.ImpactRate {
		d.watch(d.second.Rest(), d.second.Sway())
		d.second.Reset()
	}
	d.expire(d.at)
}

// judge says at a time whether an impact, found at the last sample, is suspected
// to be a fall.
func (d *fall) judge(f signal.ImpactFeatures, at time.Time) {
	z := d.model.logit(f)
	if !(z >= d.model.suspect) {
		return
	}
	onset := d.at.Add(-time.Duration(f.Age * float64(time.Second))).Truncate(time.Millisecond)
	switch d.state {
	case fallSuspected: // a second impact: the person goes on falling, or got up and fell
		d.quiet, d.active, d.dead = 0, 0, 0
		d.logit = max(d.logit, z)
		return
	case fallSettled:
		// The distance, not the difference: after a clock was set back by hours
		// every fall would belong to this one.
		if d.alert.State == care.Confirmed && at.Sub(d.alert.At).Abs() < fallAgain {
			return
		}
	}
	d.state, d.found, d.logit = fallSuspected, f, z
	d.quiet, d.active, d.dead = 0, 0, 0
	d.second.Reset()
	d.alert = care.Alert{
		Episode: care.NewEpisode(care.Fall, d.resident, d.source, 0, onset),
		Kind:    care.Fall, Priority: care.High, Resident: d.resident, Source: d.source, Onset: onset,
	}
	d.emit(care.Suspected, at)
}

// watch takes one second after a suspicion.
func (d *fall) watch(rest, sway float64) {
	if d.state != fallSuspected {
		return
	}
	switch {
	case rest < fallQuiet:
		d.quiet++
	case rest > fallActive:
		d.active++
	}
	if sway < fallDead {
		d.dead++
	}
	thing := d.found.Float >= fallFloat
	switch {
	case thing && d.dead >= fallConfirm:
		d.emit(care.Cleared, d.at) // it was the band that fell
	case d.quiet >= fallConfirm && !(thing && d.dead > 0):
		d.emit(care.Confirmed, d.at)
	case d.active >= fallDismiss && d.active > 2*d.quiet && d.logit < fallSure:
		d.emit(care.Cleared, d.at)
	}
}

// Tick decides about a suspicion whose waveform has ended: what is not known
// to be harmless is confirmed.
func (d *fall) Tick(at time.Time) []care.Alert {
	d.out = d.out[:0]
	if d.state == fallSuspected && at.Before(d.alert.Onset) {
		d.alert.Onset = at // time was set back: count from here, the episode stays
	}
	if d.heard || at.Before(d.spoke) {
		d.heard, d.spoke = false, at
	}
	// Blocks may come late, so their silence counts by ticks, not by their time.
	if at.Sub(d.spoke) >= fallCut { // the samples ended with the impact
		if found, ok := d.impact.Cut(); ok {
			d.judge(found, at)
		}
	}
	d.expire(at)
	return d.out
}

func (d *fall) expire(at time.Time) {
	if d.state == fallSuspected && at.Sub(d.alert.Onset) >= fallDeadline {
		d.emit(care.Confirmed, at)
	}
}

func (d *fall) emit(s care.State, at time.Time) {
	d.alert.State, d.alert.At, d.alert.Confidence = s, at, confidence(d.logit)
	if d.state = fallSettled; s == care.Suspected {
		d.state = fallSuspected
	}
	d.alert.Evidence = care.Evidence{Rule: d.model.rule, Value: d.found.Peak, Limit: fallTrigger, Features: []care.Feature{
		{Name: "logit", Value: d.logit, Unit: "1"},
		{Name: "peak", Value: d.found.Peak, Unit: "[g]"},
		{Name: "dip", Value: d.found.Dip, Unit: "[g]"},
		{Name: "turn", Value: d.found.Turn, Unit: "deg"},
		{Name: "rest", Value: d.found.Rest, Unit: "[g]"},
		{Name: "quiet_seconds", Value: float64(d.quiet), Unit: "s"},
		{Name: "active_seconds", Value: float64(d.active), Unit: "s"},
	}}
	d.out = append(d.out, d.alert)
}
