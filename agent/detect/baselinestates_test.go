package detect

import (
	"math"
	"testing"
)

// Every state of a trend and every kind of day.
func TestD9_EveryStateOfATrendAndEveryDay(t *testing.T) {
	nan := math.NaN()
	repeat := func(n int, v ...float64) (all []float64) {
		for range n {
			all = append(all, v...)
		}
		return all
	}
	cat := func(parts ...[]float64) (all []float64) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	usual := []float64{15, 15.5, 14.5, 15.2, 14.8}
	learned := repeat(5, usual...) // 25 days
	for _, c := range []struct {
		name   string
		before []float64
		day    float64
		soon   bool
		noted  bool
		base   float64 // NaN where there is none
	}{
		{"learning, a day as usual", repeat(1, usual...), 15, false, false, nan},
		{"learning, a day as never", repeat(1, usual...), 25, false, false, nan},
		{"learning, nothing known", nil, nan, false, false, nan},
		{"watching, a day as usual", learned, 15, false, false, 15},
		{"watching, a day that is missing", learned, nan, false, false, 15},
		{"watching, one odd day", learned, 25, false, false, 15},
		{"watching, a second odd day", cat(learned, []float64{20}), 20, false, true, 15},
		{"watching, a second odd day on the other side", cat(learned, []float64{20}), 10, false, false, 15},
		{"watching, odd, missing, odd", cat(learned, []float64{20, nan}), 20, false, true, 15},
		{"watching, odd, usual, odd", cat(learned, []float64{20, 15}), 20, false, true, 15},
		{"watching, odd and long ago odd", cat(learned, []float64{20, 15, 15, 15, 15, 15}), 20, false, false, 15},
		{"watching, slower for two days", cat(learned, []float64{11}), 11, false, true, 15},
		{"soon after a note, two odd days", cat(learned, []float64{17.5}), 17.5, true, false, 15},
		{"soon after a note, two very odd days", cat(learned, []float64{19}), 19, true, true, 15},
		{"steady beyond belief, and a little more", repeat(25, 15), 15.9, false, false, 15},
		{"after two weeks away", cat(learned, repeat(14, nan)), 20, false, false, nan},
	} {
		trend := newTrend()
		for _, v := range c.before {
			trend.add(nightBreath, v, c.soon)
		}
		d, noted := trend.add(nightBreath, c.day, c.soon)
		if noted != c.noted {
			t.Errorf("%s: noted %v, want %v (%+v, up %v, down %v)", c.name, noted, c.noted, d, trend.Up, trend.Down)
		}
		if math.IsNaN(c.base) != (d.days < baselineMin) || d.days >= baselineMin && math.Abs(d.base-c.base) > 0.3 {
			t.Errorf("%s: the baseline of %d days is %v, want %v", c.name, d.days, d.base, c.base)
		}
		if noted { // learned anew: the same again is no news
			if _, again := trend.add(nightBreath, c.day, false); again {
				t.Errorf("%s: noted twice", c.name)
			}
		}
	}
}
