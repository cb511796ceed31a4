package detect

import (
	"math"
	"math/rand/v2"
	"testing"
)

// madeUp is a person of made-up days: what a resident's habits are, and how they vary from
// day to day. The spreads are those of baseline.md.
type madeUp struct {
	rng   *rand.Rand
	base  [habits]float64
	cv    [habits]float64 // from day to day, as a share of the base
	carry [habits]float64 // of yesterday's deviation
}

const (
	carryOver = 0.3  // of a deviation to the next day
	oddDays   = 0.05 // share of days that deviate 2.5 times as much
	lostDays  = 0.07 // share of days of which too little is seen
)

func newMadeUp(seed uint64) *madeUp {
	p := &madeUp{rng: rand.New(rand.NewPCG(seed, 9))}
	between := func(low, high float64) float64 { return low + (high-low)*p.rng.Float64() }
	p.base = [habits]float64{between(12, 20), between(52, 80), between(0.30, 0.45), between(0, 3), between(0.02, 0.06)}
	p.cv = [habits]float64{between(0.03, 0.06), between(0.03, 0.06), between(0.08, 0.14), 0, between(0.15, 0.30)}
	return p
}

// newRegular is a resident of whom one day is like another.
func newRegular(seed uint64) *madeUp {
	p := newMadeUp(seed)
	between := func(low, high float64) float64 { return low + (high-low)*p.rng.Float64() }
	p.cv = [habits]float64{between(0.02, 0.04), between(0.02, 0.04), between(0.03, 0.05), 0, between(0.05, 0.08)}
	return p
}

// day returns the next day's habits, each times its factor.
func (p *madeUp) day(factor [habits]float64) (h [habits]float64) {
	for i := range h {
		p.carry[i] = carryOver*p.carry[i] + math.Sqrt(1-carryOver*carryOver)*p.rng.NormFloat64()
		z := p.carry[i]
		if p.rng.Float64() < oddDays {
			z *= 2.5
		}
		h[i] = max(0, p.base[i]*factor[i]*(1+p.cv[i]*z))
		if habit(i) == nightExits {
			h[i] = p.poisson(p.base[i] * factor[i])
		}
		if p.rng.Float64() < lostDays {
			h[i] = math.NaN()
		}
	}
	return h
}

func (p *madeUp) poisson(mean float64) (n float64) {
	for t := p.rng.ExpFloat64(); t < mean; t += p.rng.ExpFloat64() {
		n++
	}
	return n
}

var unchanged = [habits]float64{1, 1, 1, 1, 1}

// notes plays days without any change and returns the days of the notes.
func (p *madeUp) notes(days int) (on []int) {
	d := newBaseline(Plan{}, "r-1")
	for day := range days {
		d.out = d.out[:0]
		d.close(p.day(unchanged), start)
		if len(d.out) > 0 {
			on = append(on, day)
		}
	}
	return on
}

// found plays 45 days, then a change of one habit, and returns after how many
// days it is noted, 0 where it is not within 14.
func (p *madeUp) found(h habit, factor float64) int {
	b := newBaseline(Plan{}, "r-1")
	changed := unchanged
	changed[h] = factor
	for range 45 {
		b.close(p.day(unchanged), start)
	}
	for d := 1; d <= 14; d++ {
		b.out = b.out[:0]
		b.close(p.day(changed), start)
		for _, a := range b.out {
			for _, f := range a.Evidence.Features {
				if f.Name == habitNames[h] {
					return d
				}
			}
		}
	}
	return 0
}

// Of made-up residents, with days that vary as days do.
func TestD9_ADriftOfAFifthIsNotedWithinThreeDays(t *testing.T) {
	const people = 400
	for _, c := range []struct {
		live   func(uint64) *madeUp
		h      habit
		factor float64
		days   int
		least  float64 // share of residents
	}{
		{newMadeUp, nightBreath, 1.2, 3, 0.85}, {newMadeUp, nightBreath, 0.8, 3, 0.85}, {newMadeUp, nightBreath, 1.2, 7, 0.95},
		{newMadeUp, nightPulse, 1.2, 3, 0.84}, {newMadeUp, nightPulse, 0.8, 3, 0.88}, {newMadeUp, nightPulse, 1.2, 7, 0.95},
		{newMadeUp, timeInBed, 1.4, 7, 0.85}, {newMadeUp, dayActivity, 2, 7, 0.85}, {newMadeUp, nightExits, 3, 14, 0.60},
		{newRegular, nightBreath, 1.2, 3, 0.95}, {newRegular, nightPulse, 0.8, 3, 0.95},
		{newRegular, timeInBed, 1.2, 3, 0.88}, {newRegular, timeInBed, 0.8, 3, 0.90}, {newRegular, dayActivity, 1.2, 3, 0.65},
	} {
		n := 0
		for seed := range uint64(people) {
			if d := c.live(seed+1e6).found(c.h, c.factor); d > 0 && d <= c.days {
				n++
			}
		}
		t.Logf("%s times %v: noted within %d days in %d of %d", habitNames[c.h], c.factor, c.days, n, people)
		if float64(n) < c.least*people {
			t.Errorf("%s times %v: noted within %d days in %d of %d only", habitNames[c.h], c.factor, c.days, n, people)
		}
	}
}

func TestD9_WhoIsStableGetsAtMostOneNoteAMonth(t *testing.T) {
	const people, months = 300, 12
	all, many := 0, 0
	for seed := range uint64(people) {
		var of [months]int
		for _, day := range newMadeUp(seed).notes(30 * months) {
			of[day/30]++
			all++
		}
		for _, n := range of {
			if n > 1 {
				many++
			}
		}
	}
	t.Logf("%.2f notes a month; more than one in %.1f %% of the months", float64(all)/people/months, 100*float64(many)/people/months)
	if all > people*months*6/10 || many > people*months/15 {
		t.Errorf("%d notes in %d months, more than one in %d", all, people*months, many)
	}
}
