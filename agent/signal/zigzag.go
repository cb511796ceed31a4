package signal

// Turn is a turning point of a wave.
type Turn struct {
	At    int64 // which sample, counted from 1
	Level float64
	High  bool // the wave fell afterwards
}

// Zigzag finds the turning points of a wave: a high is one once the wave has
// fallen from it by a height, a low once it has risen by as much. The zero
// value is ready to use.
type Zigzag struct {
	high, low Turn
	began     bool
	turned    bool // there was a turn
	rising    bool // since the last one
}

// Push takes a sample, which one it is, and the least height that counts, and
// returns the turn that the sample proves.
func (z *Zigzag) Push(at int64, v, height float64) (Turn, bool) {
	high, low := Turn{At: at, Level: v, High: true}, Turn{At: at, Level: v}
	if !z.began || v > z.high.Level {
		z.high = high
	}
	if !z.began || v < z.low.Level {
		z.low = low
	}
	z.began = true
	switch {
	case (z.rising || !z.turned) && z.high.Level-v >= height && z.high.Level > v:
		z.turned, z.rising, z.low = true, false, low
		return z.high, true
	case (!z.rising || !z.turned) && v-z.low.Level >= height && v > z.low.Level:
		z.turned, z.rising, z.high = true, true, high
		return z.low, true
	}
	return Turn{}, false
}

// Drift moves the running high or low towards a sample, by at most an amount: a
// level that wanders slowly makes no turn.
func (z *Zigzag) Drift(v, by float64) {
	z.high.Level = max(v, z.high.Level-by)
	z.low.Level = min(v, z.low.Level+by)
}

// Running returns the highest sample since a low, or the lowest since a high:
// what will be the next turn unless the wave goes on.
func (z *Zigzag) Running() Turn {
	if z.rising {
		return z.high
	}
	return z.low
}
