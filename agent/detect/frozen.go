package detect

import (
	"math"
	"time"

	"osmanthus/care"
)

// stillness says how long the channels of a waveform may stay the same to their
// last digit; 0 is for ever. A living signal never rests: even a sensor that
// lies on a table has the noise of its converter.
type stillness struct {
	all  time.Duration // every channel
	zero time.Duration // every channel, at zero: some sensors say so when they see nobody
	one  time.Duration // one channel, while others move
}

// stillAfter returns the limits of a source. They are chosen, with a margin over
// the longest rest in any open recording; see vitals.md.
func stillAfter(s Source, k care.BlockKind) stillness {
	switch {
	case s.Kind == BedPad: // an empty bed rests for days; see lying
		return stillness{all: 30 * time.Minute, zero: 30 * time.Minute}
	case k == care.IMU:
		return stillness{all: 15 * time.Minute, zero: 5 * time.Minute, one: time.Hour}
	case k == care.PPG:
		return stillness{all: 2 * time.Minute, zero: 12 * time.Hour, one: 10 * time.Minute}
	case k == care.BedMatrix:
		return stillness{all: 30 * time.Minute}
	case k == care.Thermal:
		return stillness{all: 5 * time.Minute, zero: 5 * time.Minute, one: 2 * time.Hour}
	}
	return stillness{all: 2 * time.Minute, zero: 12 * time.Hour}
}

const (
	wavesChannels = 64 // more are not looked at
	// wavesGap is how much later than the end of a block the next may begin for
	// the time between them to count as still.
	wavesGap = 5 * time.Second
)

// waves watches whether the waveforms of one source live. A band may measure
// light and acceleration.
type waves struct {
	source Source
	of     [2]wave
}

// wave is one waveform of a source.
type wave struct {
	kind     care.BlockKind
	channels []still
	end      time.Time // of the last block
	dead     bool      // no channel moves: no clinical rule may look at it
	doubtful bool      // a channel does not move while others do
	which    int       // the channel that rests the longest
}

// still is a channel's last value and since when it stands.
type still struct {
	value float64
	since time.Time
}

// look takes a block and returns what is known of its waveform, nil for a third
// kind of one source.
func (w *waves) look(b *care.Block) *wave {
	for i := range w.of {
		if k := &w.of[i]; k.kind == b.Kind || k.kind == 0 {
			k.kind = b.Kind
			k.look(b, w.source)
			return k
		}
	}
	return nil
}

func (w *wave) look(b *care.Block, s Source) {
	n := min(len(b.Channels), wavesChannels)
	if b.Len() == 0 || n == 0 {
		return
	}
	end := b.At(b.Len())
	if len(w.channels) != n {
		w.channels = make([]still, n)
		w.restart(b, b.Start)
	} else if d := b.Start.Sub(w.end); (b.Gap || d > wavesGap || d < -wavesGap) && !w.dead {
		w.restart(b, b.Start) // what is dead stays so until it moves
	}
	w.end = end
	limit := stillAfter(s, b.Kind)
	longest, least := time.Duration(-1), time.Duration(math.MaxInt64)
	zero, alive := true, false
	for i := range w.channels {
		c := &w.channels[i]
		if moved(b.Channels[i], c.value) {
			*c, alive = still{b.Channels[i][b.Len()-1], end}, true
		}
		zero = zero && c.value == 0
		if c.since.After(end) { // the clock was set back
			c.since = b.Start
		}
		rest := end.Sub(c.since)
		if rest > longest {
			longest, w.which = rest, i
		}
		least = min(least, rest)
	}
	all := limit.all
	if zero {
		all = limit.zero
	}
	w.dead = all > 0 && (least >= all || w.dead && !alive) && lying(s, w.channels[0].value)
	w.doubtful = !w.dead && limit.one > 0 && longest >= limit.one && least < time.Second
}

// restart counts anew: nobody knows what was between.
func (w *wave) restart(b *care.Block, at time.Time) {
	for i := range w.channels {
		w.channels[i] = still{b.Channels[i][0], at}
	}
}

// moved reports whether a channel has another value than the one that it had.
// What is no number does not move.
func moved(samples []float64, was float64) bool {
	for _, v := range samples {
		if v != was && !(math.IsNaN(v) && math.IsNaN(was)) {
			return true
		}
	}
	return false
}

// lying reports whether the level at which a waveform rests can be wrong: the
// pad of an empty bed may rest for ever, one that says somebody lies on it not.
func lying(s Source, v float64) bool {
	if s.Kind != BedPad || math.IsNaN(v) {
		return true
	}
	p := s.Pad
	return p.On > p.Off && v >= p.On || p.On < p.Off && v <= p.On
}

// rested returns for how long the channel that rests the longest does.
func (w *wave) rested() time.Duration { return w.end.Sub(w.channels[w.which].since) }
