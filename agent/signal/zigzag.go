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
	n         int64
	high, low Turn
	turned    bool // there was a turn
	rising    bool // since the last one
}

// Push takes a sample and the least height that counts, and returns the turn
// that the sample proves.
func (z *Zigzag) Push(v, height float64) (Turn, bool) {
	z.n++
	if z.n == 1 {
		z.restart(v)
	}
	if v > z.high.Level {
		z.high = Turn{At: z.n, Level: v, High: true}
	}
	if v < z.low.Level {
		z.low = Turn{At: z.n, Level: v}
	}
	switch {
	case (z.rising || !z.turned) && z.high.Level-v >= height && z.high.Level > v:
		z.turned, z.rising, z.low = true, false, Turn{At: z.n, Level: v}
		return z.high, true
	case (!z.rising || !z.turned) && v-z.low.Level >= height && v > z.low.Level:
		z.turned, z.rising, z.high = true, true, Turn{At: z.n, Level: v, High: true}
		return z.low, true
	}
	return Turn{}, false
}

// Running returns the highest sample since a low, or the lowest since a high:
// what will be the next turn unless the wave goes on.
func (z *Zigzag) Running() Turn {
	if z.rising {
		return z.high
	}
	return z.low
}

// Restart forgets the turns and goes on from a sample, as the number of the
// newest one, which Push took.
func (z *Zigzag) Restart(v float64) { z.turned, z.rising = false, false; z.restart(v) }

func (z *Zigzag) restart(v float64) {
	z.high, z.low = Turn{At: z.n, Level: v, High: true}, Turn{At: z.n, Level: v}
}
