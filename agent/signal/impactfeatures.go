package signal

import "math"

// ImpactFeatures describe one impact.
type ImpactFeatures struct {
	Age    float64 // s from the peak to now
	Peak   float64 // g
	Dip    float64 // lowest magnitude in the second before the peak, g: free fall
	Fall   float64 // impulse missing to 1 g in that second, g·s: how long and deep the free fall
	Work   float64 // mean distance from 1 g from 1 s before to 0.6 s after, g
	Turn   float64 // angle of gravity from 2 to 1 s before to the last 0.7 s, degrees
	Rest   float64 // deviation of the magnitude in the last 0.8 s, g
	Sway   float64 // deviation of the vector in the last 0.8 s, g
	Before float64 // deviation of the magnitude from 2.5 to 1 s before, g
	Beats  float64 // peaks above 1.3 g from 2.5 to 0.4 s before: steps, claps
	Sharp  float64 // largest change between two samples within 0.3 s, g
	After  float64 // second highest magnitude, 0.2 to 1 s after, g
	Thud   float64 // highest magnitude, mean over 0.1 s, within 0.3 s, g: a clap is short
	Wide   float64 // time above 1.5 g within 0.5 s, s
	Swing  float64 // range of the vector, mean over 0.2 s, from 1 s before to 0.5 s after, g
	Float  float64 // longest time below 0.3 g in the second before the peak, s: nothing holds it
}

func (d *Impact) features() ImpactFeatures {
	p := d.sincePeak
	f := ImpactFeatures{Age: float64(p) / ImpactRate, Peak: d.peak}
	f.Dip, _ = d.m.Extremes(p+50, p)
	for b := p + 50; b > p; b-- {
		f.Fall += max(0, 1-d.m.Back(b)) / ImpactRate
	}
	for b := p + 50; b > p-30; b-- {
		f.Work += math.Abs(d.m.Back(b)-1) / 80
	}
	f.Turn = d.turn(p+100, p+50, 35, 0)
	f.Rest = d.m.Deviation(40, 0)
	f.Sway = math.Sqrt(sq(d.x.Deviation(40, 0)) + sq(d.y.Deviation(40, 0)) + sq(d.z.Deviation(40, 0)))
	f.Before = d.m.Deviation(p+impactBefore, p+50)
	for b := p + impactBefore - 1; b > p+20; b-- {
		if v := d.m.Back(b); v > 1.3 && v >= d.m.Back(b+1) && v > d.m.Back(b-1) {
			f.Beats++
		}
	}
	for b := p + 15; b > max(p-15, 0); b-- {
		f.Sharp = max(f.Sharp, math.Abs(d.m.Back(b)-d.m.Back(b+1)))
	}
	_, f.After = d.m.Extremes(p-10, max(p-50, 0))
	for b := p + 15; b >= max(p-15, 0); b-- {
		f.Thud = max(f.Thud, d.m.Mean(b+2, b-2))
	}
	for b := p + 25; b >= max(p-25, 0); b-- {
		if d.m.Back(b) > 1.5 {
			f.Wide += 1.0 / ImpactRate
		}
	}
	for _, r := range []*Ring{d.x, d.y, d.z} {
		low, high := math.Inf(1), math.Inf(-1)
		for b := p + 50; b >= max(p-25, 5); b -= 2 {
			v := r.Mean(b+5, b-5)
			low, high = min(low, v), max(high, v)
		}
		f.Swing += sq(high - low)
	}
	f.Swing = math.Sqrt(f.Swing)
	run := 0.0
	for b := p + 50; b > p; b-- {
		if run += 1.0 / ImpactRate; d.m.Back(b) > 0.3 {
			run = 0
		}
		f.Float = max(f.Float, run)
	}
	return f
}
