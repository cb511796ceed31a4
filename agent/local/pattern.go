package local

import (
	"time"

	"osmanthus/care"
)

// levels is what the pins of one output should be, for so long.
type levels struct {
	red, yellow, siren, relay bool
	next                      time.Duration // until something changes
}

// still is a wait for something that does not change by time.
const still = time.Hour

// Lamp timing: red at 2 Hz and yellow at 0.625 Hz, half of the time on, lie in
// the middle of 1.4–2.8 Hz and 0.4–0.8 Hz with a duty of 20–60 %.
const (
	highPeriod   = 500 * time.Millisecond
	mediumPeriod = 1600 * time.Millisecond
)

// Bursts are lists of times at which the siren changes, from on. A High burst
// is 10 pulses, 3-2 and 3-2 again; Medium is 3 slower pulses, Low is 2.
var (
	highBurst   = burst(150, 100, 3, -350, 2, -700, 3, -350, 2)
	mediumBurst = burst(200, 200, 3)
	lowBurst    = burst(200, 300, 2)
)

// From the start of one burst to the start of the next: the limits are 10, 25
// and 30 s.
const (
	highRepeat   = 8 * time.Second
	mediumRepeat = 20 * time.Second
	lowRepeat    = 25 * time.Second
)

// The relay calls while medium or high priority rings, and lets go for a second
// of every minute: a nurse-call system that latches calls, and was reset at its
// own panel, is called again while nobody has answered here, and for what came
// in between.
const (
	relayPeriod = time.Minute
	relayOn     = relayPeriod - time.Second
)

var relayCall = []time.Duration{0, relayOn}

// burst builds a list of edges from the length of a pulse and of the gap after
// it, then numbers of pulses; a negative number is a pause in place of the gap.
// All times are in milliseconds.
func burst(pulse, gap int, groups ...int) []time.Duration {
	var edges []time.Duration
	at := 0
	for _, n := range groups {
		if n < 0 {
			at += -n - gap
			continue
		}
		for range n {
			edges = append(edges, time.Duration(at)*time.Millisecond, time.Duration(at+pulse)*time.Millisecond)
			at += pulse + gap
		}
	}
	return edges
}

// pattern says what an output shows for the highest priority that is open at
// it, so long after it began to show it. 0 is silence.
func pattern(p care.Priority, since time.Duration) levels {
	switch p {
	case care.High:
		on, lamp := square(since, highPeriod)
		siren, sound := edges(since, highRepeat, highBurst)
		relay, call := edges(since, relayPeriod, relayCall)
		return levels{red: on, siren: siren, relay: relay, next: min(lamp, sound, call)}
	case care.Medium:
		on, lamp := square(since, mediumPeriod)
		siren, sound := edges(since, mediumRepeat, mediumBurst)
		relay, call := edges(since, relayPeriod, relayCall)
		return levels{yellow: on, siren: siren, relay: relay, next: min(lamp, sound, call)}
	case care.Low:
		siren, sound := edges(since, lowRepeat, lowBurst)
		return levels{yellow: true, siren: siren, next: sound}
	}
	return levels{next: still}
}

func square(since, period time.Duration) (on bool, next time.Duration) {
	half := period / 2
	return since%period < half, half - since%half
}

func edges(since, repeat time.Duration, list []time.Duration) (on bool, next time.Duration) {
	t := since % repeat
	for i, e := range list {
		if t < e {
			return i%2 == 1, e - t
		}
	}
	return false, repeat - t
}
