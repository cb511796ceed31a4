package demo

import "math"

// noise is a seeded source of smooth and of white noise that can be asked for
// any time in any order: the same seed and time give the same value, so a home
// replays.
type noise struct{ seed uint64 }

// white is a value in -1..1, independent for each step i of channel ch.
func (n noise) white(ch int, i int64) float64 {
	return 2*n.unit(ch, i) - 1
}

// unit is a value in 0..1 (splitmix64, Steele et al. 2014).
func (n noise) unit(ch int, i int64) float64 {
	z := n.seed + 0x9e3779b97f4a7c15*uint64(i) + 0xd1b54a32d192ed03*uint64(ch+1)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11) / (1 << 53)
}

// smooth is a value in -1..1 that wanders with the given period in seconds.
func (n noise) smooth(ch int, t, period float64) float64 {
	x := t / period
	i := math.Floor(x)
	f := x - i
	f = f * f * (3 - 2*f)
	a, b := n.white(ch, int64(i)), n.white(ch, int64(i)+1)
	return a + (b-a)*f
}

// wave is one slow oscillation of a rate, in units of the rate.
type wave struct{ amp, period, phase float64 }

func (w wave) at(t float64) float64 { return w.amp * math.Sin(2*math.Pi*t/w.period+w.phase) }

// integral is the integral of at from 0 to t.
func (w wave) integral(t float64) float64 {
	k := 2 * math.Pi / w.period
	return w.amp / k * (math.Cos(w.phase) - math.Cos(k*t+w.phase))
}
