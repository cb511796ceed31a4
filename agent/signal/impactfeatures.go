package signal

import "math"

// ImpactFeatures describe an impact and what surrounds it, in the order of
// ImpactNames. None depends on how the device is turned on the body. NaN is
// what could not be told: too little was seen before or after, or there is no
// gyroscope.
type ImpactFeatures [len(impactFeatures)]float64

// ImpactName says what one of ImpactFeatures is.
type ImpactName struct {
	Name string
	Unit string // UCUM
	Mean string // in words; times are in seconds from the peak
}

// ImpactNames returns what each of ImpactFeatures is.
func ImpactNames() []ImpactName {
	var names []ImpactName
	for _, f := range impactFeatures {
		names = append(names, f.ImpactName)
	}
	return names
}

// ImpactIndex returns which of ImpactFeatures has a name, -1 for none.
func ImpactIndex(name string) int {
	for i, f := range impactFeatures {
		if f.Name == name {
			return i
		}
	}
	return -1
}

// Look describes a peak by all that is known of it by now: the second look. It
// reaches from 5 s before to 4 s after the peak.
func (d *Impact) Look(peak int64, f *ImpactFeatures) { d.describe(peak, ImpactSecond, f) }

// Glance describes a peak by what is known 1.5 s after it: the first look.
func (d *Impact) Glance(peak int64, f *ImpactFeatures) { d.describe(peak, ImpactFirst, f) }

func (d *Impact) describe(peak int64, reach int, f *ImpactFeatures) {
	d.look.begin(d, peak, reach)
	for i := range impactFeatures {
		f[i] = impactFeatures[i].of(&d.look)
	}
}

// impactFeatures is the one table of features.
var impactFeatures = [...]struct {
	ImpactName
	of func(*look) float64
}{
	// The blow.
	{ImpactName{"peak", "[g]", "highest magnitude"}, func(l *look) float64 { return l.m[l.lo] }},
	{ImpactName{"thud", "[g]", "highest magnitude from -0.3 to 0.3, mean over 0.1 s: a clap is short"}, func(l *look) float64 { return l.highest(-15, 16, 2) }},
	{ImpactName{"thud_wide", "[g]", "from -0.5 to 0.5, mean over 0.2 s"}, func(l *look) float64 { return l.highest(-25, 26, 5) }},
	{ImpactName{"thud_widest", "[g]", "from -0.8 to 0.8, mean over 0.5 s"}, func(l *look) float64 { return l.highest(-40, 41, 12) }},
	{ImpactName{"impulse", "[g].s", "what is above 1 g from -0.2 to 0.5"}, func(l *look) float64 { return l.sum(-10, 26, beyond) / ImpactRate }},
	{ImpactName{"sharp", "[g]", "largest change from one sample to the next from -0.3 to 0.3"}, (*look).sharp},
	{ImpactName{"rough", "1", "share of fast changes in the energy from -0.5 to 0.5"}, (*look).rough},
	{ImpactName{"wide", "s", "time above 1.5 g from -0.5 to 0.5"}, func(l *look) float64 {
		return l.sum(-25, 26, func(m float64) float64 { return counts(m > 1.5) })
	}},
	{ImpactName{"shaken", "s", "time further than 0.25 g from 1 g from -1 to 1"}, func(l *look) float64 {
		return l.sum(-50, 51, func(m float64) float64 { return counts(math.Abs(m-1) > 0.25) })
	}},
	{ImpactName{"across", "[g]", "what of the blow goes across gravity before"}, (*look).across},
	{ImpactName{"dominance", "1", "peak over the highest magnitude elsewhere from -4 to 1.5"}, func(l *look) float64 {
		return l.m[l.lo] / max(l.highestOr0(-200, -30), l.highestOr0(30, 75), 0.1)
	}},
	// What led to it.
	{ImpactName{"float", "s", "longest time below 0.3 g in the second before: nothing holds it"}, (*look).float},
	{ImpactName{"low", "[g]", "lowest magnitude from -1.2 to 0, mean over 0.2 s: free fall"}, func(l *look) float64 { return l.lowest(-60, 0, 5) }},
	{ImpactName{"fall", "[g].s", "what is missing to 1 g from -1 to 0"}, func(l *look) float64 { return l.sum(-50, 0, missing) / ImpactRate }},
	{ImpactName{"work", "[g]", "mean distance from 1 g from -1 to 0.6"}, func(l *look) float64 { return l.sum(-50, 30, away) / 80 }},
	{ImpactName{"work_before", "[g]", "mean distance from 1 g from -1.5 to -0.2"}, func(l *look) float64 { return l.sum(-75, -10, away) / 65 }},
	{ImpactName{"swing", "[g]", "range of the vector, mean over 0.2 s, from -1 to 0.5"}, (*look).swing},
	{ImpactName{"lead", "s", "how long before the peak it first is further than 0.4 g from 1 g, from -2"}, (*look).lead},
	{ImpactName{"turn_in", "deg", "angle of gravity from -2.5…-1 to -0.4…-0.1"}, func(l *look) float64 { return l.turn(-125, -50, -20, -4) }},
	{ImpactName{"turn_hit", "deg", "angle of gravity from -2.5…-1 to the blow"}, func(l *look) float64 { return l.turn(-125, -50, -4, 5) }},
	// Before it.
	{ImpactName{"before", "[g]", "deviation of the magnitude from -3 to -1"}, func(l *look) float64 { return l.deviation(-150, -50) }},
	{ImpactName{"before_sway", "[g]", "deviation of the vector from -3 to -1"}, func(l *look) float64 { return l.sway(-150, -50) }},
	{ImpactName{"before_late", "[g]", "deviation of the magnitude from -1.5 to -0.5"}, func(l *look) float64 { return l.deviation(-75, -25) }},
	{ImpactName{"before_high", "[g]", "highest magnitude from -4 to -0.5"}, func(l *look) float64 { return l.highest(-200, -25, 0) }},
	{ImpactName{"beats", "1", "peaks above 1.3 g from -4 to -0.4, at most 8: steps, claps"}, func(l *look) float64 { return min(8, l.beats(-200, -20)) }},
	{ImpactName{"rhythm", "1", "highest autocorrelation of the magnitude from -4.4 to -0.6"}, func(l *look) float64 { return l.rhythm(-220, -30) }},
	// After it.
	{ImpactName{"turn", "deg", "angle of gravity from -2.5…-1 to 0.9…1.5"}, func(l *look) float64 { return l.turn(-125, -50, 45, 75) }},
	{ImpactName{"turn_out", "deg", "angle of gravity from -0.4…-0.1 to 0.9…1.5"}, func(l *look) float64 { return l.turn(-20, -4, 45, 75) }},
	{ImpactName{"reach", "deg", "smallest angle of gravity from 0.9…1.5 to any half second before"}, func(l *look) float64 { return l.reach(45, 75) }},
	{ImpactName{"length", "[g]", "length of mean acceleration from 0.9 to 1.5: 1 where it rests"}, (*look).length},
	{ImpactName{"sway", "[g]", "deviation of the vector from 0.6 to 1.5"}, func(l *look) float64 { return l.sway(30, 75) }},
	{ImpactName{"work_after", "[g]", "mean distance from 1 g from 0.3 to 1.5"}, func(l *look) float64 { return l.sum(15, 75, away) / 60 }},
	{ImpactName{"tail", "s", "how long after the peak it last is further than 0.4 g from 1 g, to 1.5"}, (*look).tail},
	{ImpactName{"high", "[g]", "highest magnitude from 0.3 to 1.5"}, func(l *look) float64 { return l.highest(15, 75, 0) }},
	{ImpactName{"high_thud", "[g]", "highest magnitude from 0.3 to 1.5, mean over 0.1 s"}, func(l *look) float64 { return l.highest(15, 75, 2) }},
	{ImpactName{"settled", "s", "when the first quiet half second begins"}, (*look).settled},
	// For the second look.
	{ImpactName{"late_turn", "deg", "angle of gravity from -2.5…-1 to 2…4"}, func(l *look) float64 { return l.turn(-125, -50, 100, 200) }},
	{ImpactName{"late_reach", "deg", "smallest angle of gravity from 2.5…4 to any half second before"}, func(l *look) float64 { return l.reach(125, 200) }},
	{ImpactName{"late_rest", "[g]", "deviation of the magnitude from 1.5 to 2.5"}, func(l *look) float64 { return l.deviation(75, 125) }},
	{ImpactName{"last_rest", "[g]", "deviation of the magnitude from 2.5 to 4"}, func(l *look) float64 { return l.deviation(125, 200) }},
	{ImpactName{"late_sway", "[g]", "deviation of the vector from 1.5 to 2.5"}, func(l *look) float64 { return l.sway(75, 125) }},
	{ImpactName{"last_sway", "[g]", "deviation of the vector from 2.5 to 4"}, func(l *look) float64 { return l.sway(125, 200) }},
	{ImpactName{"late_high", "[g]", "highest magnitude from 1.6 to 4"}, func(l *look) float64 { return l.highest(80, 200, 0) }},
	{ImpactName{"late_rhythm", "1", "highest autocorrelation of the magnitude from 1.2 to 4"}, func(l *look) float64 { return l.rhythm(60, 200) }},
	{ImpactName{"late_quiet", "1", "share of half seconds from 1.5 to 4 in which the vector rests"}, func(l *look) float64 { return l.quiet(75, 200) }},
	// With a gyroscope.
	{ImpactName{"rise", "m/s", "highest speed upwards in the second before"}, func(l *look) float64 { return l.vertical.rise }},
	{ImpactName{"drop", "m", "how far it sank in the second before"}, func(l *look) float64 { return l.vertical.drop }},
	{ImpactName{"tilt", "deg", "angle of gravity from a quiet moment before to 1.5, by the gyroscope"}, func(l *look) float64 { return l.vertical.tilt }},
	{ImpactName{"turned", "deg", "how far it turned, about whatever axis, from -1.2 to 0.5"}, func(l *look) float64 { return l.vertical.turned }},
	{ImpactName{"spin_in", "deg/s", "mean angular rate from -0.5 to 0"}, func(l *look) float64 { return l.rate(-25, 0) }},
	{ImpactName{"spin_out", "deg/s", "mean angular rate from 0 to 0.5"}, func(l *look) float64 { return l.rate(0, 25) }},
	{ImpactName{"spin_after", "deg/s", "mean angular rate from 0.5 to 1.5"}, func(l *look) float64 { return l.rate(25, 75) }},
	{ImpactName{"spin_late", "deg/s", "mean angular rate from 1.6 to 4"}, func(l *look) float64 { return l.rate(80, 200) }},
}

// counts is the time of a sample of which something is true, s.
func counts(yes bool) float64 {
	if yes {
		return 1.0 / ImpactRate
	}
	return 0
}

func (l *look) highestOr0(a, b int) float64 {
	if v := l.highest(a, b, 0); v == v {
		return v
	}
	return 0
}

func (l *look) sharp() float64 {
	i, j := l.span(-15, 16)
	most := 0.0
	for k := max(i, 1); k < j; k++ {
		most = max(most, math.Abs(l.m[k]-l.m[k-1]))
	}
	return most
}

func (l *look) rough() float64 {
	i, j := l.span(-25, 26)
	fast, all := 0.001, 0.01
	for k := max(i, 1); k < min(j, l.lo+l.hi); k++ {
		fast += sq(l.m[k] - (l.m[k-1]+l.m[k+1])/2)
		all += sq(l.m[k] - 1)
	}
	return fast / all
}

func (l *look) across() float64 {
	g, ok := l.gravity(-125, -50)
	h, also := l.gravity(-5, 6)
	if !ok || !also {
		return math.NaN()
	}
	along, blow, length := 0.0, 0.0, 0.0
	for c := range g {
		along += (h[c] - g[c]) * g[c]
		blow += sq(h[c] - g[c])
		length += sq(g[c])
	}
	along /= math.Sqrt(length) + 1e-9
	return math.Sqrt(max(0, blow-sq(along)))
}

func (l *look) float() float64 {
	i, j := l.span(-50, 0)
	run, most := 0.0, 0.0
	for ; i < j; i++ {
		if run += 1.0 / ImpactRate; l.m[i] > 0.3 {
			run = 0
		}
		most = max(most, run)
	}
	return most
}

func (l *look) swing() float64 {
	low := [3]float64{math.Inf(1), math.Inf(1), math.Inf(1)}
	high := [3]float64{math.Inf(-1), math.Inf(-1), math.Inf(-1)}
	for a := -50; a < 26; a += 2 {
		if i, j := l.span(a, a+1); i == j {
			continue
		}
		g, _ := l.gravity(a-5, a+6)
		for c := range g {
			low[c], high[c] = min(low[c], g[c]), max(high[c], g[c])
		}
	}
	all := 0.0
	for c := range low {
		all += sq(max(0, high[c]-low[c]))
	}
	return math.Sqrt(all)
}

func (l *look) lead() float64 {
	i, _ := l.span(-100, 0)
	for ; i < l.lo; i++ {
		if math.Abs(l.m[i]-1) > 0.4 {
			break
		}
	}
	return float64(l.lo-i) / ImpactRate
}

func (l *look) tail() float64 {
	_, j := l.span(0, 76)
	for j--; j > l.lo && math.Abs(l.m[j]-1) <= 0.4; j-- {
	}
	return float64(max(j-l.lo, 0)) / ImpactRate
}

func (l *look) length() float64 {
	g, ok := l.gravity(45, 75)
	if !ok {
		return math.NaN()
	}
	return math.Sqrt(sq(g[0]) + sq(g[1]) + sq(g[2]))
}
