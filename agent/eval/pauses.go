package eval

import (
	"fmt"
	"math"
	"slices"

	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
	"osmanthus/care"
)

// pause is one episode of apnoea, in seconds of its recording.
type pause struct {
	from, said, to float64
	level          care.Priority
}

// pausesOf gathers the episodes of one recording.
func pausesOf(o replay.Outcome) (list []pause) {
	index := map[care.Episode]int{}
	for _, a := range o.Alerts {
		if a.Kind != care.Apnoea {
			continue
		}
		i, known := index[a.Episode]
		if !known {
			i = len(list)
			index[a.Episode] = i
			list = append(list, pause{from: replay.Seconds(a.Onset), said: replay.Seconds(a.At), to: o.Seconds})
		}
		list[i].level = a.Priority
		if a.State == care.Cleared {
			list[i].to = replay.Seconds(a.At)
		}
	}
	return list
}

// gaps are the stretches between breaths that last so long.
func gaps(breaths []float64, least float64) (list [][2]float64) {
	for i := 1; i < len(breaths); i++ {
		if breaths[i]-breaths[i-1] >= least {
			list = append(list, [2]float64{breaths[i-1], breaths[i]})
		}
	}
	return list
}

// touches reports whether a gap and an episode have a second in common.
func touches(g [2]float64, p pause) bool { return min(g[1], p.to)-max(g[0], p.from) >= 1 }

// breathPauses compares episodes with gaps in what two people marked.
func breathPauses(e *Eval, patients []recordings.Patient, heard []replay.Outcome) {
	e.Heading("Pauses, BIDMC")
	both, found, one, oneFound, said, wrong := 0, 0, 0, 0, 0, 0
	hours := 0.0
	for i, p := range patients {
		list := pausesOf(heard[i])
		hours += heard[i].Seconds / 3600
		said += len(list)
		first, second := gaps(p.Breaths[0], 10), gaps(p.Breaths[1], 10)
		for _, g := range first {
			for _, h := range second {
				if min(g[1], h[1])-max(g[0], h[0]) >= 1 {
					both++
					if slices.ContainsFunc(list, func(p pause) bool { return touches(g, p) }) {
						found++
					}
				}
			}
		}
		for _, g := range slices.Concat(first, second) {
			one++
			if slices.ContainsFunc(list, func(p pause) bool { return touches(g, p) }) {
				oneFound++
			}
		}
		for _, p := range list {
			if !slices.ContainsFunc(slices.Concat(first, second), func(g [2]float64) bool { return touches(g, p) }) {
				wrong++
			}
		}
	}
	t := NewTable("gaps of 10 s that both people left", "found", "gaps that one of them left", "found", "episodes", "of these in no gap of anybody", "an hour (95 %)")
	t.Row(both, found, one, oneFound, said, wrong, Rate(wrong, hours))
	e.Table(t)
	e.Text("No gap of 10 s is left by both people in these recordings: that false episodes are rare is measured here, that real ones are found is not. The gaps that one of them left are movements, in which the other marked breaths.")
}

// madePauses puts pauses into the recordings of BIDMC: what was measured stands
// still at the end of a breath out, with the ripple that a heart leaves.
func madePauses(e *Eval, patients []recordings.Patient) error {
	e.Heading("Pauses put into BIDMC")
	e.Text("A made pause stands where a breath had ended, between two breaths that the first annotator marked: the level of that moment, which drifts by up to a tenth of a breath in 10 s, with a ripple of the heart (as a share of the breath's height, 50 to 105 a minute); then the recording goes on. Its length is that from mark to mark. Every second one is upside down. Late is from the tenth second to the alert.")
	t := NewTable("from breath to breath", "ripple", "pauses", "found", "late, median", "late, 95th percentile", "raised elsewhere")
	for _, length := range []float64{9, 10.5, 11, 12, 15, 25} {
		for _, ripple := range []float64{0.05, 0.15, 0.3} {
			n, found, elsewhere := 0, 0, 0
			var late []float64
			e.Progress("breath: pauses of %v s, ripple %v", length, ripple)
			for i := range patients {
				for k := range 2 {
					wave, from, ok := putPause(&patients[i], 90+170*k, length, ripple, i+k)
					if !ok {
						continue
					}
					o, err := playBreath(patients[i].ID, patients[i].Rate, wave)
					if err != nil {
						return err
					}
					n++
					hit := false
					for _, p := range pausesOf(o) {
						if touches([2]float64{from, from + length}, p) {
							if !hit {
								late = append(late, p.said-from-10)
							}
							hit = true
						} else {
							elsewhere++
						}
					}
					if hit {
						found++
					}
				}
			}
			slices.Sort(late)
			at := func(q float64) string {
				if len(late) == 0 {
					return "–"
				}
				return fmt.Sprintf("%.1f s", late[int(q*float64(len(late)-1))])
			}
			t.Row(fmt.Sprintf("%v s", length), ripple, n, Share(found, n), at(0.5), at(0.95), elsewhere)
		}
	}
	e.Table(t)
	return nil
}

// putPause returns a minute of a recording, a pause, and the rest of a minute,
// and the second of the last breath before the pause.
func putPause(p *recordings.Patient, after int, length, ripple float64, seed int) (wave []float64, from float64, ok bool) {
	marks := p.Breaths[0]
	for i := 1; i+1 < len(marks); i++ {
		a, b := marks[i], marks[i+1]
		if a < float64(after) || b-a > 6 || b-a < 1.5 || b-a > length-2 {
			continue
		}
		lowest := int(a * p.Rate)
		low, high := math.Inf(1), math.Inf(-1)
		for k := int(a*p.Rate) - int(2*p.Rate); k < min(int(b*p.Rate), len(p.Resp)); k++ {
			high = max(high, p.Resp[k])
			if k >= int(a*p.Rate) && p.Resp[k] < low {
				lowest, low = k, p.Resp[k]
			}
		}
		height, begin := high-low, lowest-int(60*p.Rate)
		wave = append(wave, p.Resp[begin:lowest]...)
		beat := 0.85 + 0.15*float64(seed%7)
		drift := 0.01 * height * float64(seed%3-1)
		level := 0.0
		for k := range int((length - (b - a)) * p.Rate) {
			at := float64(k) / p.Rate
			level = drift * at
			wave = append(wave, low+level+ripple/2*height*math.Sin(2*math.Pi*beat*at))
		}
		for _, v := range p.Resp[lowest:min(lowest+int(60*p.Rate), len(p.Resp))] {
			wave = append(wave, v+level)
		}
		if seed%2 == 1 {
			for k := range wave {
				wave[k] = -wave[k]
			}
		}
		return wave, a - float64(begin)/p.Rate, true
	}
	return nil, 0, false
}

// breathNights reports whole nights of healthy people, in which nobody marked
// anything.
func breathNights(e *Eval) error {
	e.Heading("Whole nights, overnight-resp: a belt, four healthy people of 22 to 26 years")
	e.Text("Nobody marked these nights: whether a pause is one was looked at by eye only. Healthy sleepers do pause now and then, after a sigh or in dreams.")
	nights, err := recordings.OvernightResp()
	if err != nil {
		return err
	}
	t := NewTable("night", "hours", "rate given in", "5 %", "median", "95 %", "pauses of 10–20 s", "20–30 s", "30 s and more", "10 s and more an hour", "limits of the rate raised")
	var all struct{ low, medium, high, limits int }
	hours := 0.0
	for _, n := range nights {
		o, err := playBreath(n.ID, n.Rate, n.Resp)
		if err != nil {
			return err
		}
		var rates []float64
		for _, r := range o.Readings {
			if r.Metric == care.RespiratoryRate {
				rates = append(rates, r.Value)
			}
		}
		slices.Sort(rates)
		at := func(q float64) string {
			if len(rates) == 0 {
				return "–"
			}
			return fmt.Sprintf("%.1f", rates[int(q*float64(len(rates)-1))])
		}
		var low, medium, high int
		for _, p := range pausesOf(o) {
			switch p.level {
			case care.Low:
				low++
			case care.Medium:
				medium++
			default:
				high++
			}
		}
		limits := len(Raised(o.Alerts, care.VitalLow)) + len(Raised(o.Alerts, care.VitalHigh))
		h := o.Seconds / 3600
		hours += h
		all.low, all.medium, all.high, all.limits = all.low+low, all.medium+medium, all.high+high, all.limits+limits
		t.Row(n.ID, fmt.Sprintf("%.1f", h), fmt.Sprintf("%.1f %%", 100*float64(len(rates))/(o.Seconds/10)), at(0.05), at(0.5), at(0.95),
			low, medium, high, Rate(low+medium+high, h), limits)
	}
	t.Row("all", fmt.Sprintf("%.1f", hours), "", "", "", "", all.low, all.medium, all.high, Rate(all.low+all.medium+all.high, hours), all.limits)
	e.Table(t)
	return nil
}
