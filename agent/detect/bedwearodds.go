package detect

// wearOdds are the probabilities of the last seconds, each of which holds until
// the next.
type wearOdds struct {
	ring [48]struct{ t, p float64 } // 8 s of four a second, and ticks
	head int
	held int
}

// oddsNow is for how long the last one counts at its own moment, in s.
const oddsNow = 0.25

func (o *wearOdds) add(t, p float64) {
	o.head = (o.head + 1) % len(o.ring)
	o.ring[o.head].t, o.ring[o.head].p = t, p
	o.held = min(o.held+1, len(o.ring))
}

// mean is the probability over the seconds of a window before t; before the
// first it was 0.
func (o *wearOdds) mean(t, window float64) float64 {
	sum, weight, end := 0.0, 0.0, t+oddsNow
	for i := range o.held {
		at := o.ring[(o.head-i+len(o.ring))%len(o.ring)]
		from := max(at.t, t-window)
		sum, weight, end = sum+at.p*(end-from), weight+end-from, from
		if at.t < t-window {
			break
		}
	}
	return sum / max(weight, window)
}
