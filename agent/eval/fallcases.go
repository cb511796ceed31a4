package eval

import (
	"math"
	"slices"

	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/signal"
)

// fallCase is one impact in a recording, as the detector sees it at its two
// looks.
type fallCase struct {
	set, person   string
	fall          bool
	weight        float64
	seconds       float64 // of the impact
	first, second signal.ImpactFeatures
	wave          *signal.ImpactWave // at the second look
}

// fallCases finds what models of falls are fitted to: of a recording of a fall
// the highest impact (within the marked time, where there is one), of others
// all. The impacts of one recording weigh as much as weight together.
func fallCases(t *recordings.Trial, weight float64) []fallCase {
	all := impactsOf(t)
	if !t.Fall {
		for i := range all {
			all[i].weight = weight / float64(len(all))
		}
		return all
	}
	peak, best := signal.ImpactIndex("peak"), -1
	for i := range all {
		if t.To > 0 && (all[i].seconds < t.From-0.5 || all[i].seconds > t.To+1) {
			continue
		}
		if best < 0 || all[i].first[peak] > all[best].first[peak] {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	all[best].fall, all[best].weight = true, weight
	return all[best : best+1]
}

// casesWithin are the cases between two times of a recording, s, which weigh as
// much as weight together.
func casesWithin(t *recordings.Trial, weight, from, to float64) []fallCase {
	all := slices.DeleteFunc(fallCases(t, weight), func(c fallCase) bool { return c.seconds < from || c.seconds > to })
	for i := range all {
		all[i].weight = weight / float64(len(all))
	}
	return all
}

// impactsOf plays a recording and takes both looks at each of its impacts.
func impactsOf(t *recordings.Trial) []fallCase {
	var all []fallCase
	var waiting []int64 // impacts that wait for their second look
	d, rate := signal.NewImpact(), signal.NewResampler(signal.ImpactRate, 6)
	n := 0
	glance := func(peak int64, due bool) {
		if !due {
			return
		}
		c := fallCase{set: t.Set, person: t.Person, seconds: float64(n-1-d.Since(peak)) / signal.ImpactRate}
		d.Glance(peak, &c.first)
		all, waiting = append(all, c), append(waiting, peak)
	}
	look := func() {
		c := &all[len(all)-len(waiting)]
		c.wave = new(signal.ImpactWave)
		d.Look(waiting[0], &c.second)
		d.Wave(waiting[0], c.wave)
		waiting = waiting[1:]
	}
	frame := [6]float64{3: math.NaN(), 4: math.NaN(), 5: math.NaN()}
	for i := range t.Acc[0] {
		for k := range t.Acc {
			frame[k] = t.Acc[k][i]
			if t.Gyro[0] != nil {
				frame[3+k] = t.Gyro[k][i]
			}
		}
		rate.Push(frame[:], t.Rate, func(f []float64) {
			n++
			glance(d.Push(f))
			for len(waiting) > 0 && d.Since(waiting[0]) >= signal.ImpactSecond {
				look()
			}
		})
	}
	glance(d.Cut())
	for len(waiting) > 0 {
		look()
	}
	return all
}
