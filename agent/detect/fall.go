package detect

import (
	"math"
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

// Times and borders of the fall detector; fall.md says why.
const (
	fallQuiet    = 0.06             // g: a second with less deviation is quiet
	fallActive   = 0.15             // g: a second with more is active
	fallConfirm  = 8                // quiet seconds that confirm what is believed
	fallDismiss  = 5                // active seconds that clear what is believed
	fallDeadline = 28 * time.Second // after the impact all is decided; 30 s is the requirement
	fallFloat    = 0.25             // s nearly without weight, with
	fallLow      = 0.15             // g, the mean of 0.2 s, in them: only a thing falls so freely
	fallDead     = 0.006            // g: stiller than any wrist
	fallStill    = 3                // such seconds, after a free fall, tell a thing
	fallCut      = 6 * time.Second  // without a block after an impact: judged by what there is
	fallAgain    = 20 * time.Second // impacts this soon after belong to the same fall
	fallLooks    = 4                // impacts that wait for their second look at a time
	accLimit     = 64               // g: no wearable measures more
	gyroLimit    = 5000             // °/s: likewise
	imuHold      = 0.1              // s of bad samples that are bridged
)

// fall finds falls in the movement of a wearable: an impact that looks like a
// fall is suspected, a second look believes or clears it, and what follows
// confirms or clears what is believed. The states are idle, suspected, and
// settled after a decision, until fallAgain has passed.
type fall struct {
	base
	model  *FallModel
	follow signal.Continuity
	rate   *signal.Resampler
	hold   [6]*signal.Hold
	impact *signal.Impact
	second signal.Motion // the present second
	frame  [6]float64
	whole  bool      // the frame is a measured one
	at     time.Time // of the present sample
	heard  bool      // a block came since the last tick
	spoke  time.Time // the last tick before which one came
	push   func([]float64)
	out    []care.Alert

	state    fallState
	alert    care.Alert // the episode's last alert
	waiting  []int64    // impacts that wait for their second look
	believed bool       // by a second look
	border   float64    // logit from which it was or is believed
	found    signal.ImpactFeatures
	logit    float64
	thing    bool  // it fell as only a thing falls
	filled   int64 // samples since a hole was filled while an impact was open
	quiet    int   // quiet seconds since the suspicion
	active   int
	dead     int // seconds without any movement at all
}

type fallState uint8

const (
	fallIdle fallState = iota
	fallSuspected
	fallSettled // confirmed or cleared a moment ago
)

func newFall(s Source) *fall {
	d := &fall{base: base{s.Resident, s.ID}, model: s.Fall, waiting: make([]int64, 0, fallLooks),
		rate: signal.NewResampler(signal.ImpactRate, 6), impact: signal.NewImpact(), filled: math.MaxInt64 / 2}
	switch {
	case d.model != nil:
	case s.Kind == IMUWaist:
		d.model = waistModel()
	default:
		d.model = wristModel()
	}
	for i := range d.hold {
		d.hold[i] = signal.NewHold(accLimit, 0)
		if i >= 3 {
			d.hold[i] = signal.NewHold(gyroLimit, 0)
		}
	}
	d.push = d.sample
	return d
}

func (d *fall) Reading(care.Reading) []care.Alert { return nil }

// Block takes acceleration and, where there is one, angular rate. What it
// returns is good until the next call.
func (d *fall) Block(b *care.Block) []care.Alert {
	d.out = emptied(d.out)
	if b.Kind != care.IMU || len(b.Channels) < 3 {
		return nil
	}
	switch d.follow.Next(b) {
	case signal.Repeats:
		return nil
	case signal.Broken:
		d.bridge(b)
	}
	d.heard = true
	for _, h := range d.hold {
		h.Allow(int(math.Ceil(imuHold * b.Rate)))
	}
	for i := range b.Len() {
		if d.whole = d.take(b, i); !d.whole {
			d.forget()
			continue
		}
		d.at = b.At(i)
		d.rate.Push(d.frame[:], b.Rate, d.push)
	}
	return d.out
}

// take fills the frame from sample i of a block, false where its acceleration
// is no number. Angular rate that is none becomes NaN.
func (d *fall) take(b *care.Block, i int) bool {
	good := true
	for k := range 3 {
		v, ok := d.hold[k].Push(b.Channels[k][i])
		d.frame[k], good = v, good && ok
	}
	for k := 3; k < 6; k++ {
		d.frame[k] = math.NaN()
		if len(b.Channels) < 6 {
			continue
		}
		if v, ok := d.hold[k].Push(b.Channels[k][i]); ok {
			d.frame[k] = v
		}
	}
	return good
}

// sample takes one resampled frame.
func (d *fall) sample(f []float64) {
	d.filled++
	if peak, due := d.impact.Push(f); due {
		d.glance(peak, d.at)
	}
	for len(d.waiting) > 0 && d.impact.Since(d.waiting[0]) >= signal.ImpactSecond {
		d.look(d.at)
	}
	d.second.Push(f[0], f[1], f[2])
	if d.second.Len() == signal.ImpactRate {
		d.watch(d.second.Rest(), d.second.Sway())
		d.second.Reset()
	}
	d.expire(d.at)
}

// glance takes the first look at an impact.
func (d *fall) glance(peak int64, at time.Time) {
	var f signal.ImpactFeatures
	d.impact.Glance(peak, &f)
	d.judge(peak, &f, d.model.First.Logit(&f), at)
}

// judge says at a time whether an impact is suspected to be a fall, by its
// first look.
func (d *fall) judge(peak int64, f *signal.ImpactFeatures, z float64, at time.Time) {
	if !(z >= d.model.Suspect) {
		return
	}
	age := float64(d.impact.Since(peak)) / signal.ImpactRate
	onset := d.at.Add(-time.Duration(age * float64(time.Second))).Truncate(time.Millisecond)
	switch d.state {
	case fallSuspected: // a second impact: the person goes on falling, or got up and fell
		if len(d.waiting) < fallLooks {
			d.waiting = append(d.waiting, peak)
		}
		d.quiet, d.active, d.dead = 0, 0, 0
		return
	case fallSettled:
		// The distance, not the difference: after a clock was set back by hours
		// every fall would belong to this one.
		if d.alert.State == care.Confirmed && at.Sub(d.alert.At).Abs() < fallAgain {
			return
		}
	}
	d.state, d.found, d.logit, d.believed, d.border = fallSuspected, *f, z, false, d.model.Believe
	d.waiting = append(d.waiting[:0], peak)
	d.thing = floats(f)
	d.quiet, d.active, d.dead = 0, 0, 0
	d.second.Reset()
	d.alert = care.Alert{
		Episode: care.NewEpisode(care.Fall, d.resident, d.source, 0, onset),
		Kind:    care.Fall, Priority: care.High, Resident: d.resident, Source: d.source, Onset: onset,
	}
	d.emit(care.Suspected, at)
}

// floats reports whether something fell before an impact as only a thing falls.
func floats(f *signal.ImpactFeatures) bool {
	return f[floatTime] >= fallFloat && f[floatLow] < fallLow
}

// look takes the second look at the impact that waited longest.
func (d *fall) look(at time.Time) {
	var f signal.ImpactFeatures
	var w signal.ImpactWave
	peak := d.waiting[0]
	d.impact.Look(peak, &f)
	d.impact.Wave(peak, &w)
	d.waiting = d.waiting[:copy(d.waiting, d.waiting[1:])]
	z, border := d.model.believe(&f, &w), d.model.Believe
	seen := d.impact.Since(peak)
	if seen < fallSeen { // of so little the first look knows more
		z = max(z, d.model.First.Logit(&f))
	}
	if seen < fallSeen || d.filled < int64(seen) {
		border = min(border, fallGuess)
	}
	d.weigh(&f, z, border, at)
}

// weigh says at a time what a second look found, which is believed from a border
// on.
func (d *fall) weigh(f *signal.ImpactFeatures, z, border float64, at time.Time) {
	if d.state != fallSuspected {
		return
	}
	d.thing = d.thing || floats(f)
	if !d.believed || z > d.logit {
		d.found, d.logit = *f, z
	}
	if !d.believed {
		d.believed, d.border = z >= border, border
	}
	switch {
	case !d.believed && len(d.waiting) == 0:
		d.emit(care.Cleared, at)
	case d.logit >= d.model.Sure && d.believed && !d.thing:
		d.emit(care.Confirmed, at)
	}
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
	switch {
	case d.thing && d.dead >= fallStill:
		d.emit(care.Cleared, d.at) // it was the band that fell
	case !d.believed:
	case d.quiet >= fallConfirm && !(d.thing && d.dead > 0):
		d.emit(care.Confirmed, d.at)
	case d.active >= fallDismiss && d.active > 2*d.quiet:
		d.emit(care.Cleared, d.at)
	}
}

// Tick decides about a suspicion whose waveform has ended: what is not known
// to be harmless is confirmed.
func (d *fall) Tick(at time.Time) []care.Alert {
	d.out = emptied(d.out)
	if d.state == fallSuspected && at.Before(d.alert.Onset) {
		d.alert.Onset = at // time was set back: count from here, the episode stays
	}
	if d.heard || at.Before(d.spoke) {
		d.heard, d.spoke = false, at
	}
	// Blocks may come late, so their silence counts by ticks, not by their time.
	if at.Sub(d.spoke) >= fallCut { // the samples ended with the impact
		d.lookNow(at)
	}
	d.expire(at)
	return d.out
}

func (d *fall) expire(at time.Time) {
	if d.state == fallSuspected && at.Sub(d.alert.Onset) >= fallDeadline {
		d.emit(care.Confirmed, at)
	}
}
