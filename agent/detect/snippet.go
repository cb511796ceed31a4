package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

// recordHole is the longest hole that is kept as one: a fall that shakes its
// wire is shown with what was measured before.
const recordHole = 5 * time.Second

// recorder keeps the last stretch of one waveform at a low rate, so that an
// alert can show it. Recording allocates nothing; a snapshot does, and is
// taken only when an alert is made. A hole stays a hole, and after one of more
// than recordHole it begins anew: a snippet is never glued together. A sample
// costs 4 bytes.
//
//	d.record = newRecorder(care.Breathing, 5, 60*time.Second, 1) // when it is made
//	d.record.block(b)                                            // for each block
//	evidence.Snippet = d.record.snapshot(at.Add(-30*time.Second), at, 0)
type recorder struct {
	kind     care.BlockKind
	rate     float64
	channels int
	follow   signal.Continuity
	resample *signal.Resampler
	push     func([]float64)
	frame    []float64
	ring     []float32 // frames, one after another
	next     int       // the frame that is written next
	full     bool
	at       time.Time // of the sample that is being resampled
	newest   time.Time // of the newest frame
}

// newRecorder returns a recorder of the first channels of blocks of a kind, at
// rate samples a second, of the last span.
func newRecorder(kind care.BlockKind, rate float64, span time.Duration, channels int) *recorder {
	r := &recorder{kind: kind, rate: rate, channels: channels,
		resample: signal.NewResampler(rate, channels), frame: make([]float64, channels),
		ring: make([]float32, channels*max(1, int(math.Ceil(span.Seconds()*rate))))}
	r.push = r.keep
	return r
}

// block records a block. One of another kind, or with fewer channels, is left
// out.
func (r *recorder) block(b *care.Block) {
	if b.Kind != r.kind || len(b.Channels) < r.channels || b.Len() == 0 {
		return
	}
	switch r.follow.Next(b) {
	case signal.Repeats:
		return
	case signal.Broken:
		r.resample.Reset()
		r.leave(b)
	}
	for i := range b.Len() {
		for k := range r.frame {
			r.frame[k] = b.Channels[k][i]
		}
		r.at = b.At(i)
		r.resample.Push(r.frame, b.Rate, r.push)
	}
}

// leave keeps what is missing before a block as a hole. Where the clock was set
// back by a moment, nothing is.
func (r *recorder) leave(b *care.Block) {
	hole := b.Start.Sub(r.at)
	if hole > recordHole || hole < -time.Second || r.next == 0 && !r.full {
		r.next, r.full = 0, false
		return
	}
	for k := range r.frame {
		r.frame[k] = math.NaN()
	}
	first := b.Start // when the next frame will be of
	if wait := 1/r.rate - 1/b.Rate; wait > 0 {
		first = first.Add(time.Duration(wait * float64(time.Second)))
	}
	newest, n := r.newest, int(math.Round(first.Sub(r.newest).Seconds()*r.rate))-1
	for range min(n, len(r.ring)/r.channels) {
		r.keep(r.frame)
	}
	if r.newest = newest; n > 0 { // where more is missing before there is a frame
		r.newest = newest.Add(time.Duration(float64(n) / r.rate * float64(time.Second)))
	}
}

func (r *recorder) keep(f []float64) {
	at := r.ring[r.next*r.channels:]
	for k, v := range f {
		at[k] = float32(v)
	}
	r.newest = r.at
	if r.next++; r.next*r.channels == len(r.ring) {
		r.next, r.full = 0, true
	}
}

// snapshot returns what is recorded of a stretch of time, in steps of at least
// step (in the unit of the channels; 0 chooses 1/2000 of each channel's span),
// or nil if that is nothing.
func (r *recorder) snapshot(from, to time.Time, step float64) *care.Snippet {
	n := r.next
	if r.full {
		n = len(r.ring) / r.channels
	}
	before := func(t time.Time) int { // how many of the n frames lie before a time
		ago := r.newest.Sub(t).Seconds() * r.rate // frames from t to the newest
		return int(max(0, min(float64(n), float64(n)-1-math.Floor(ago))))
	}
	first, end := before(from), min(n, before(to)+1)
	if end-first < 2 {
		return nil
	}
	s := &care.Snippet{Kind: r.kind, Rate: r.rate,
		Start: r.newest.Add(-time.Duration(float64(n-1-first) / r.rate * float64(time.Second))).Truncate(time.Millisecond)}
	values := make([]float64, end-first)
	oldest := r.next - n + len(r.ring)/r.channels
	for k := range r.channels {
		for i := range values {
			values[i] = float64(r.ring[(oldest+first+i)%(len(r.ring)/r.channels)*r.channels+k])
		}
		s.Channels = append(s.Channels, quantise(values, step))
	}
	return s
}

// quantise is care.Quantise with a step that fits the values where none is
// given.
func quantise(values []float64, step float64) care.SnippetChannel {
	if step <= 0 {
		low, high := math.Inf(1), math.Inf(-1)
		for _, v := range values {
			if finite(v) {
				low, high = min(low, v), max(high, v)
			}
		}
		if step = (high - low) / 2000; !(step > 0 && finite(step)) {
			step = 1e-3
		}
	}
	return care.Quantise(values, step)
}

// diary keeps the last values of one metric with their times, so that an alert
// about them can show them. The zero value is ready to use.
type diary struct {
	at    [diaryLen]int64 // ms since 1970
	value [diaryLen]float64
	n     int // how many were noted
}

// diaryLen values are 16 s of a value a second, and 80 s of one every 5 s.
const diaryLen = 16

// note records a value. One that is not newer than the last is left out.
func (d *diary) note(at time.Time, value float64) {
	ms := at.UnixMilli()
	if d.n > 0 && ms <= d.at[(d.n-1)%diaryLen] {
		if d.at[(d.n-1)%diaryLen]-ms < time.Minute.Milliseconds() {
			return
		}
		d.n = 0 // the clock was set back
	}
	d.at[d.n%diaryLen], d.value[d.n%diaryLen] = ms, value
	d.n++
}

// snapshot returns what was noted, or nil for nothing. Values that are more
// than an hour older than the newest are left out.
func (d *diary) snapshot(m care.Metric) *care.Snippet {
	first := max(0, d.n-diaryLen)
	if d.n == 0 {
		return nil
	}
	newest := d.at[(d.n-1)%diaryLen]
	for newest-d.at[first%diaryLen] > time.Hour.Milliseconds() {
		first++
	}
	s := &care.Snippet{Metric: m, Start: time.UnixMilli(d.at[first%diaryLen]).UTC()}
	var values []float64
	for i := first; i < d.n; i++ {
		s.Offsets = append(s.Offsets, uint32(d.at[i%diaryLen]-d.at[first%diaryLen]))
		values = append(values, d.value[i%diaryLen])
	}
	step := 1e-3
	if info, ok := m.Info(); ok {
		step = math.Pow10(-info.Digits)
	}
	s.Channels = []care.SnippetChannel{care.Quantise(values, step)}
	return s
}

// ruled completes the evidence of a rule that has no model: its hash, and
// what it compares with.
func ruled(e care.Evidence, limits ...care.Feature) care.Evidence {
	e.Hash, e.Limits = ruleHash(e.Rule, limits, nil), limits
	return e
}

// ruleHash is what care.Evidence carries as Hash: 16 hexadecimal digits that
// change when the rule's version, one of its limits or its model does. Make it
// once, not for each alert.
func ruleHash(rule string, limits []care.Feature, model []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n", rule)
	for _, l := range limits {
		fmt.Fprintf(h, "%s %v %s\n", l.Name, l.Value, l.Unit)
	}
	h.Write(model)
	return hex.EncodeToString(h.Sum(nil)[:8])
}
