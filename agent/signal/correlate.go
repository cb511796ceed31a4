package signal

import "math"

// Period finds the period of a rhythm in the newest window samples of r by
// autocorrelation, between shortest and longest samples. It returns the period
// in samples and how much the signal resembles itself one period later, 0 to
// 1; a period of 0 means that there is no rhythm.
func Period(r *Ring, window, shortest, longest int) (period, likeness float64) {
	if r.Len() < window || window < 2*longest || shortest < 2 {
		return 0, 0
	}
	mean := r.Mean(window-1, 0)
	at := func(lag int) float64 {
		var xy, xx, yy float64
		for b := 0; b+lag < window; b++ {
			x, y := r.Back(b)-mean, r.Back(b+lag)-mean
			xy += x * y
			xx += x * x
			yy += y * y
		}
		if !(xx*yy > 0) {
			return 0
		}
		return xy / math.Sqrt(xx*yy)
	}
	// A rhythm repeats after two periods, too: the first peak that is nearly
	// as high as the highest is the period itself.
	best := 0.0
	for pass := range 2 {
		before, here := at(shortest-1), at(shortest)
		for lag := shortest; lag <= longest; lag++ {
			after := at(lag + 1)
			if here > before && here >= after {
				if pass == 0 {
					best = max(best, here)
				} else if here >= 0.85*best && here > 0 {
					shift := 0.0
					if d := before - 2*here + after; d < 0 {
						shift = 0.5 * (before - after) / d
					}
					return float64(lag) + shift, min(here, 1)
				}
			}
			before, here = here, after
		}
	}
	return 0, 0
}
