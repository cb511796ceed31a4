package detect

import (
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

const (
	apnoeaRule = "apnoea/4"
	// A pause is an event from 10 s on (AASM scoring manual); bedside monitors
	// call after 20 s unless told otherwise. See apnoea.md.
	apnoeaLow    = 10 * time.Second
	apnoeaMedium = 20 * time.Second
	apnoeaHigh   = 30 * time.Second
	// apnoeaSlow: who breathes every 9 s does not pause after 10. A pause is as
	// many times as long as the usual time between breaths.
	apnoeaSlow = 1.25
	// apnoeaLate: a pause that is only seen when the next breath ends is at most
	// so much longer than its limit: the wave has moved in between, else.
	apnoeaLate = 3.0 // s
	// apnoeaBack half breaths, none 10 s after the one before, end a pause: a
	// gasp is no breathing.
	apnoeaBack = 4
	// apnoeaFaint: even breathing of at least this share of what it was before is
	// shallow, and no pause (AASM: an apnoea is a drop by 90 % or more).
	apnoeaFaint = 0.1
	apnoeaEven  = 3 // breaths
	// apnoeaTail is what the last breath still moves when a pause begins, s.
	apnoeaTail = 3.0
	// apnoeaAway is how long samples may be missing, or the agent down, until
	// nobody expects the same breaths; a power cut makes up to 10 min of it out of
	// nothing (keep.md).
	apnoeaAway = 15 * time.Minute
	// apnoeaRecent is how long breaths may be unknown until nobody expects them.
	apnoeaRecent = time.Minute
	// apnoeaAtOnce bounds what one block can say; no live block lasts a minute.
	apnoeaAtOnce = 16
	// apnoeaGlance is how often a pause is looked for, in samples.
	apnoeaGlance = signal.BreathRate / 5
)

// apnoea finds pauses of breathing in a waveform that breathing moves:
//
//	           even breaths            10 s without
//	unseen ──────────────▶ watching ──────────────▶ paused ──20 s: medium, 30 s: high
//	  ▲ ▲───── movement ─────┘│  ▲                   │  ▲
//	  │            hole > 1 s,│  │             swing ▼  │ 10 s without
//	  │             a restart ▼  └──── 2 breaths ── returning
//	  └────── swing ───── expecting ── 10 s without ──▶ paused
//
// See apnoea.md.
type apnoea struct {
	base
	hash    string
	times   apnoeaTimes
	wave    *breathWave
	breaths *signal.Breaths
	faint   *signal.Breaths // begins anew with each pause: small breaths are no pause
	record  *recorder
	state   apnoeaState
	known   apnoeaBreath  // breaths as they were when they were known last, to a factor of 2
	seen    time.Time     // when they were
	last    time.Time     // of the last sample
	n       int           // samples
	back    int           // half breaths since the pause
	full    float64       // height of a full breath before the pause
	least   float64       // what counted as a swing
	moves   signal.Zigzag // of that height, during a pause or while one is expected
	moved   time.Time     // when the last one was, or the pause began
	alert   care.Alert
	history [60]uint8 // pauses by the minute of their onset
	minute  int64     // the newest minute of it, since the epoch
	out     []care.Alert
}

type apnoeaState uint8

const (
	apnoeaUnseen    apnoeaState = iota
	apnoeaExpecting             // breathing was known until samples were missing
	apnoeaWatching
	apnoeaPaused    // an alert is open
	apnoeaReturning // an alert is open, and something moves again
)

// apnoeaBreath is what is known of somebody's breaths.
type apnoeaBreath struct {
	Full, Least float64 // heights of a full one, and of the least that is one; 0: not known
	Interval    float64 // s
}

// like reports whether two differ by little.
func (b apnoeaBreath) like(o apnoeaBreath) bool {
	const much = 2
	for _, v := range [][2]float64{{b.Full, o.Full}, {b.Least, o.Least}, {b.Interval, o.Interval}} {
		if v[0] > much*v[1] || v[1] > much*v[0] {
			return false
		}
	}
	return true
}

func newApnoea(p Plan, s Source) *apnoea {
	d := &apnoea{base: base{s.Resident, s.ID}, times: p.apnoeaTimes(s.Resident), breaths: signal.NewBreaths(signal.BreathsEven), faint: signal.NewBreaths(apnoeaEven),
		record: newRecorder(care.Breathing, 5, time.Minute, 1)}
	d.wave = newBreathWave(d.sample, d.lost)
	d.hash = ruleHash(apnoeaRule, []care.Feature{
		{Name: "low", Value: apnoeaLow.Seconds(), Unit: "s"}, {Name: "medium", Value: apnoeaMedium.Seconds(), Unit: "s"},
		{Name: "high", Value: apnoeaHigh.Seconds(), Unit: "s"}, {Name: "slow", Value: apnoeaSlow, Unit: "1"},
		{Name: "breath_least", Value: signal.BreathsTurn, Unit: "1"}}, nil)
	return d
}

// Block plays the waveform.
func (d *apnoea) Block(b *care.Block) []care.Alert {
	d.out = d.out[:0]
	if b.Kind != care.Breathing && b.Kind != care.BedLoad {
		return nil
	}
	d.record.kind = b.Kind
	d.record.block(b)
	d.wave.play(b)
	return d.out
}

// Reading lets a pause end where nobody is in the bed: an empty bed does not
// breathe.
func (d *apnoea) Reading(r care.Reading) []care.Alert {
	if r.Metric != care.BedOccupancy || r.Flags&(care.OutOfRange|care.Stuck) != 0 || r.Quality < Believed || r.Value >= 0.5 {
		return nil
	}
	d.known = apnoeaBreath{}
	if d.state == apnoeaUnseen {
		return nil
	}
	d.out = d.out[:0]
	d.breaths.Reset()
	if d.open() {
		d.close(r.At)
	}
	d.state = apnoeaUnseen
	return d.out
}

// Tick does nothing: a source that falls silent during a pause is the matter of
// its supervision.
func (d *apnoea) Tick(time.Time) []care.Alert { return nil }

func (d *apnoea) open() bool { return d.state == apnoeaPaused || d.state == apnoeaReturning }

// lost: samples are missing. An open pause stays open until breathing is seen,
// and who breathed before is expected to breathe afterwards.
func (d *apnoea) lost() {
	if d.state == apnoeaWatching {
		d.known = d.breath()
		d.state, d.least = apnoeaExpecting, d.known.Least
	}
	d.breaths.Reset()
	d.faint.Reset()
	d.moves = signal.Zigzag{}
	d.moved = time.Time{}
}

func (d *apnoea) sample(v float64, at time.Time) {
	d.n++
	was := d.breaths.Known()
	event := d.breaths.Push(v)
	away := !d.last.IsZero() && at.Sub(d.last).Abs() > apnoeaAway
	d.last = at
	if d.open() {
		d.during(at)
		return
	}
	if !d.breaths.Known() {
		if d.state == apnoeaExpecting && !away {
			d.expect(at)
			return
		}
		d.state = apnoeaUnseen
		if at.Sub(d.seen) > apnoeaRecent {
			d.known = apnoeaBreath{}
		}
		return
	}
	d.state, d.seen = apnoeaWatching, at
	if b := d.breath(); !b.like(d.known) {
		d.known = b
	}
	if len(d.out) >= apnoeaAtOnce {
		return
	}
	limit := d.limit().Seconds()
	if gap := d.breaths.Gap(); event == signal.Swung && was && gap >= limit && gap < limit+apnoeaLate {
		d.begin(gap, at)
		d.state, d.back = apnoeaReturning, 2
		return
	}
	if d.n%apnoeaGlance == 0 {
		if quiet := d.breaths.Quiet(); quiet >= limit {
			d.begin(quiet, at)
		}
	}
}

// expect judges a sample after others were missing. Whatever moves as much as a
// breath is learnt anew.
func (d *apnoea) expect(at time.Time) {
	if d.moved.IsZero() {
		d.moved = at
	}
	if _, swing := d.moves.Push(int64(d.n), d.breaths.Back(0), d.least); swing {
		d.state = apnoeaUnseen
	} else if quiet := at.Sub(d.moved); quiet >= d.limit() {
		d.begin(quiet.Seconds(), at)
	}
}

// breath is what is known of breaths now, or was last.
func (d *apnoea) breath() apnoeaBreath {
	if !d.breaths.Known() {
		return d.known
	}
	return apnoeaBreath{Full: d.breaths.Full(), Least: d.breaths.Least(), Interval: d.breaths.Interval()}
}

// limit is how long a pause must be to be one.
func (d *apnoea) limit() time.Duration {
	return max(apnoeaLow, time.Duration(apnoeaSlow*d.breath().Interval*float64(time.Second)))
}

// begin opens an alert after so many seconds without a breath.
func (d *apnoea) begin(quiet float64, at time.Time) {
	d.state, d.back = apnoeaPaused, 0
	b := d.breath()
	d.full, d.least = b.Full, b.Least
	d.moves = signal.Zigzag{}
	d.moved = at.Add(-time.Duration(quiet * float64(time.Second))).Truncate(time.Millisecond)
	d.alert = care.Alert{Kind: care.Apnoea, Priority: care.Low, Resident: d.resident, Source: d.source, Onset: d.moved,
		Episode: care.NewEpisode(care.Apnoea, d.resident, d.source, care.RespiratoryRate, d.moved)}
	d.faint.Reset()
	for back := int((quiet - apnoeaTail) * signal.BreathRate); back > 0; back-- {
		d.faint.Push(d.breaths.Back(back))
	}
	d.count(d.moved)
	d.emit(care.Confirmed, at)
}

// during judges a sample of an open pause.
func (d *apnoea) during(at time.Time) {
	if d.moved.IsZero() {
		d.moved = at
	}
	v := d.breaths.Back(0)
	d.faint.Push(v)
	if _, swing := d.moves.Push(int64(d.n), v, d.least); swing && d.least > 0 {
		if d.back++; at.Sub(d.moved) > apnoeaLow {
			d.back = 1
		}
		d.state, d.moved = apnoeaReturning, at
	}
	if d.back >= apnoeaBack {
		d.close(at)
		return
	}
	if d.least == 0 { // after a restart: nobody knows how high a breath was
		if d.breaths.Known() {
			d.close(at)
		}
		return
	}
	if d.faint.Known() && d.faint.Usual() >= apnoeaFaint*d.full {
		d.breaths, d.faint = d.faint, d.breaths
		d.breaths.Want(signal.BreathsEven)
		d.faint.Want(apnoeaEven)
		d.close(at)
		return
	}
	still := at.Sub(d.moved)
	medium, high := d.times.at(at)
	if still >= apnoeaLow {
		d.state, d.back = apnoeaPaused, 0
	}
	switch {
	case still >= high && d.alert.Priority < care.High:
		d.alert.Priority = care.High
		d.emit(care.Confirmed, at)
	case still >= medium && d.alert.Priority < care.Medium:
		d.alert.Priority = care.Medium
		d.emit(care.Confirmed, at)
	}
}

func (d *apnoea) close(at time.Time) {
	d.emit(care.Cleared, at)
	d.state = apnoeaUnseen
	if d.breaths.Known() {
		d.state = apnoeaWatching
	}
}
