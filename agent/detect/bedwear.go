package detect

import (
	"math"
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

const (
	wearLying   = 66.0                   // degrees of the trunk from upright: lies
	wearFlat    = 75.0                   // degrees: no chair lets anybody lie so flat
	wearLeans   = 2.0                    // s for which who is not in the bed leans back less flat than that and lies
	wearRisen   = 62.0                   // degrees: does not lie any more
	wearDrop    = 25.0                   // degrees by which the trunk rose from how it lay: neither
	wearGrain   = 0.25                   // s: rows of one moment
	wearBridge  = 1.1                    // s for which a row stands where another one follows
	wearOften   = 500 * time.Millisecond // a tick judges unless a row did so this lately
	wearPatient = 20 * time.Second       // the model is not asked about longer silences
	wearWindow  = 8.0                    // s over which the probability of having left is averaged
	wearLeft    = 0.7                    // mean probability from which somebody has left
	wearQuick   = 1.0                    // s over which it is averaged for who surely left
	wearSurely  = 0.85                   // mean probability from which they have
	wearEarly   = 3.0                    // s over which it is for a first suspicion
	wearStays   = 0.3                    // mean probability below which a suspicion is dropped
	wearDoubt   = 40                     // quality of an occupancy that is suspected
	wearStrides = 10                     // rows of the last 8 s in which an upright trunk was shaken: it walks
	wearSilent  = 25 * time.Second       // silence after sitting up that is leaving
	wearForget  = time.Minute            // after a longer silence the posture is not known
	wearBack    = 10 * time.Second       // further back, the clock was set
	wearTurn    = 3 * time.Second        // how long a posture must last
)

// wear tells from acceleration at the sternum who lies, who sits up and who
// has left the bed, and derives bed_occupancy and bed_posture. Rows may come
// at any time; see bedwear.md:
//
//	unknown ──lies──▶ lies ──rises──▶ up ──left──▶ gone
//	                   ▲ ▲──lies───────┘            │
//	                   └───────────lies─────────────┘
//
// Who is up is still in the bed.
type wear struct {
	output
	model   *WearModel
	state   wearState
	doubt   bool         // they may have left: that was said
	sure    care.Quality // that they have left
	rise    signal.Rise
	bin     wearBin
	before  wearMoment // the last
	zero    time.Time  // of the seconds that are counted here
	began   bool
	last    time.Time // of the last row
	leans   float64   // s since which it leans so far back that it may lie
	leaning bool
	lay     float64 // s at which the trunk was seen lying last
	tilt    float64 // degrees from upright, how it lies
	side    steady  // posture
	odds    wearOdds
	every   rhythm
	look    func(wearLook) // of the training
}

type wearState uint8

const (
	wearUnknown wearState = iota
	wearLies
	wearUp
	wearGone
)

// wearMoment is the trunk at one moment, in s and g.
type wearMoment struct{ t, x, y, z float64 }

// wearBin gathers the rows of one moment.
type wearBin struct {
	n   int
	t   float64 // s, of the last
	end float64
	sum [3]float64
}

func newWear(s Source) *wear {
	return &wear{output: output{base: base{s.Resident, s.ID}}, model: s.Wear, every: rhythm{every: occupancyEvery}}
}

func (d *wear) derive(b *care.Block, out []care.Reading) []care.Reading {
	d.out = out
	if b.Kind != care.IMU || len(b.Channels) < 3 {
		return d.out
	}
	for i := range b.Len() {
		at := b.At(i)
		if d.began && at.Before(d.last) {
			if d.last.Sub(at) < wearBack {
				continue // it was seen already
			}
			d.forget()
		}
		if !d.began {
			d.began, d.zero = true, at
		} else if at.Sub(d.last) > wearForget {
			d.gap, d.side = true, steady{}
		}
		d.row(at, b.Channels[0][i], b.Channels[1][i], b.Channels[2][i])
	}
	return d.out
}

// forget begins anew: the clock was set.
func (d *wear) forget() {
	*d = wear{output: d.output, model: d.model, every: rhythm{every: occupancyEvery}, look: d.look}
	d.gap = true
}

// row takes one row.
func (d *wear) row(at time.Time, x, y, z float64) {
	size := math.Sqrt(x*x + y*y + z*z)
	if !(size > 0.2 && size < accLimit) { // false for NaN
		return
	}
	t := at.Sub(d.zero).Seconds()
	if d.bin.n > 0 && t >= d.bin.end {
		d.close()
	}
	if d.bin.n == 0 {
		d.bin.end = math.Floor(t/wearGrain)*wearGrain + wearGrain
	}
	d.bin.n++
	d.bin.t = t
	d.bin.sum[0], d.bin.sum[1], d.bin.sum[2] = d.bin.sum[0]+x, d.bin.sum[1]+y, d.bin.sum[2]+z
	d.last = at
}

// close takes the rows of a moment as one.
func (d *wear) close() {
	n := float64(d.bin.n)
	x, y, z, t := d.bin.sum[0]/n, d.bin.sum[1]/n, d.bin.sum[2]/n, d.bin.t
	d.bin = wearBin{}
	size := math.Sqrt(x*x + y*y + z*z)
	tilt := math.Acos(min(max(y/max(size, 0.01), -1), 1)) * 180 / math.Pi
	switch {
	case tilt > wearLying && !(d.state == wearLies && tilt < d.tilt-wearDrop):
		if !d.flat(tilt, t) {
			break
		}
		if d.state != wearLies {
			d.enter(wearLies, t)
			d.tilt = tilt
		}
		d.tilt += (tilt - d.tilt) * 0.1
		d.lay = t
		d.lies(t, x, z)
	case d.state == wearLies && (tilt < wearRisen || tilt < d.tilt-wearDrop):
		d.rise.Begin(t, t-d.lay)
		d.odds.held = 0
		d.enter(wearUp, t)
	}
	if tilt <= wearLying {
		d.leaning = false
	}
	if d.state == wearUp {
		d.bridge(t)
		d.rise.Push(t, x, y, z)
		d.judge(t)
	}
	d.before = wearMoment{t, x, y, z}
	if d.every.due(d.time(t)) {
		d.say(t)
	}
}

// bridge repeats the last moment until the present one, so that a sensor of one
// row a second looks like one of four: only a gap says that it is far away.
func (d *wear) bridge(t float64) {
	gap := t - d.before.t
	if d.rise.Len() == 0 || gap > wearBridge {
		return
	}
	steps := math.Round(gap / wearGrain)
	for n := 1.0; n < steps; n++ {
		d.rise.Push(d.before.t+gap*n/steps, d.before.x, d.before.y, d.before.z)
	}
}

// flat reports whether a trunk that is tilted lies: who is not in the bed may
// lean back in a chair for a moment.
func (d *wear) flat(tilt, t float64) bool {
	if d.state == wearLies || d.state == wearUp || tilt >= wearFlat {
		return true
	}
	if !d.leaning {
		d.leaning, d.leans = true, t
	}
	return t-d.leans >= wearLeans
}

// lies tells the side from the two axes across the trunk.
func (d *wear) lies(t, frontal, lateral float64) {
	side := care.PostureBack
	switch {
	case math.Abs(lateral) > math.Abs(frontal) && lateral > 0:
		side = care.PostureLeft
	case math.Abs(lateral) > math.Abs(frontal):
		side = care.PostureRight
	case frontal < 0:
		side = care.PostureStomach
	}
	d.posture(side, t)
}

func (d *wear) posture(v int, t float64) {
	if d.side.see(v, d.time(t), wearTurn) {
		d.emit(care.BedPosture, float64(v), 100, d.time(t))
	}
}

// judge says how probable it is that somebody has left.
func (d *wear) judge(t float64) {
	var x [signal.RiseInputs]float64
	d.rise.Inputs(t, &x)
	p := d.model.probability(&x)
	if d.look != nil {
		d.look(wearLook{t: t, begun: d.odds.held == 0, inputs: x})
	}
	d.odds.add(t, p)
	d.posture(care.PostureSitting, t)
	left, quick := d.odds.mean(t, wearWindow), d.odds.mean(t, wearQuick)
	if d.look == nil && (left >= wearLeft || quick >= wearSurely || d.rise.Strides(t, wearWindow) >= wearStrides) {
		d.leave(max(left, quick, wearLeft), t)
		return
	}
	switch early := d.odds.mean(t, wearEarly); {
	case !d.doubt && early >= wearLeft:
		d.doubt = true
		d.emit(care.BedOccupancy, 0, wearDoubt, d.time(t))
	case d.doubt && max(left, early) < wearStays: // right after a rise only the early mean is high
		d.doubt = false
		d.say(t)
	}
}

// leave says that they have left, and how probable that is.
func (d *wear) leave(p, t float64) {
	d.sure = percent(p)
	d.enter(wearGone, t)
}

// enter changes the state and says so where the bed is entered or left.
func (d *wear) enter(s wearState, t float64) {
	before, doubt := d.state, d.doubt
	d.state, d.doubt = s, false
	switch {
	case s == wearLies && (before != wearUp || doubt):
		d.say(t)
	case s == wearGone:
		d.side = steady{known: true, value: care.PostureUnknown}
		d.say(t)
		d.emit(care.BedPosture, care.PostureUnknown, 100, d.time(t))
	}
}

// say repeats who is in the bed, where that is known.
func (d *wear) say(t float64) {
	switch d.state {
	case wearUnknown:
		return
	case wearGone:
		d.emit(care.BedOccupancy, 0, d.sure, d.time(t))
	default:
		if d.doubt {
			d.emit(care.BedOccupancy, 0, wearDoubt, d.time(t))
			break
		}
		d.emit(care.BedOccupancy, 1, 100, d.time(t))
		if d.side.known {
			d.emit(care.BedPosture, float64(d.side.value), 100, d.time(t))
		}
	}
	d.every.began, d.every.last, d.gap = true, d.time(t), false
}

func (d *wear) time(t float64) time.Time {
	return d.zero.Add(time.Duration(math.Round(t*1e6)) * time.Microsecond)
}

// tick judges the silence of somebody who sat up: out of the reach of the
// reader is out of the bed.
func (d *wear) tick(at time.Time, out []care.Reading) []care.Reading {
	d.out = out
	if !d.began || at.Before(d.last) {
		return d.out
	}
	if d.bin.n > 0 && at.Sub(d.zero).Seconds() >= d.bin.end {
		d.close()
	}
	silent, now := at.Sub(d.last), at.Sub(d.zero).Seconds()
	switch {
	case d.state != wearUp:
	case silent >= wearOften && silent <= wearPatient:
		d.judge(now)
	case silent >= wearSilent && d.look == nil:
		d.leave(wearLeft, now)
	}
	return d.out
}
