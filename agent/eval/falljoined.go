package eval

import (
	"math"
	"math/rand/v2"
	"slices"

	"osmanthus/agent/detect"
	"osmanthus/agent/eval/recordings"
)

// joinedReport plays everything without a fall as one recording per person.
func (d *fallData) joinedReport(e *Eval, modelOf func(set, person string) *detect.FallModel) error {
	e.Heading("Worn at the " + string(d.place) + ", all that is no fall joined into one recording per person")
	t := NewTable("recordings", "by", "hours", "confirmed or not cleared", "an hour (95 %)")
	trials := joined(d.trials)
	for _, gyro := range []bool{true, false} {
		var all fallScore
		for _, s := range d.sets {
			var n fallScore
			for i := range trials {
				r := &trials[i]
				if r.Set != s.name || gyro && r.Gyro[0] == nil {
					continue
				}
				heard, err := playFalls(r, gyro, modelOf(r.Set, r.Person))
				if err != nil {
					return err
				}
				n.add(r, heard)
			}
			if n.others > 0 {
				t.Row(s.name, by(gyro), n.hours, n.alarms, Rate(n.alarms, n.hours))
			}
			all.alarms += n.alarms
			all.hours += n.hours
		}
		t.Row("all", by(gyro), all.hours, all.alarms, Rate(all.alarms, all.hours))
	}
	e.Table(t)
	return nil
}

// precededReport plays each fall after something else.
func (d *fallData) precededReport(e *Eval, modelOf func(set, person string) *detect.FallModel) error {
	e.Heading("Worn at the " + string(d.place) + ", each fall after another recording of the same person")
	t := NewTable("recordings", "by", "falls found", "sensitivity (95 %)")
	after := fallData{fallPlace: d.fallPlace, trials: preceded(d.trials)}
	for _, s := range d.sets {
		for _, gyro := range []bool{true, false} {
			n, _, err := after.score(s.name, gyro, modelOf)
			if err != nil {
				return err
			}
			if n.falls > 0 {
				t.Row(s.name, by(gyro), count(n.found, n.falls), Share(n.found, n.falls))
			}
		}
	}
	e.Table(t)
	return nil
}

// joined strings all recordings without a fall of each person of a set
// together, as one long recording.
func joined(trials []recordings.Trial) []recordings.Trial {
	var all []recordings.Trial
	index := map[[2]string]int{}
	for i := range trials {
		t := &trials[i]
		if t.Fall {
			continue
		}
		who := [2]string{t.Set, t.Person}
		k, known := index[who]
		if !known {
			k = len(all)
			index[who] = k
			all = append(all, *t)
			all[k].File, all[k].Activity = t.Person, "all"
			all[k].Acc, all[k].Gyro = [3][]float64{}, [3][]float64{}
		}
		follow(&all[k], t)
	}
	return all
}

// preceded puts before each recording of a fall another one of the same person,
// by turns. A recording that begins seconds before the fall could tell it by
// that.
func preceded(trials []recordings.Trial) []recordings.Trial {
	others := map[[2]string][]*recordings.Trial{}
	for i := range trials {
		if t := &trials[i]; !t.Fall && t.Seconds() < 60 {
			who := [2]string{t.Set, t.Person}
			others[who] = append(others[who], t)
		}
	}
	var all []recordings.Trial
	for i := range trials {
		t := trials[i]
		before := others[[2]string{t.Set, t.Person}]
		if !t.Fall || len(before) == 0 {
			continue
		}
		other := before[len(all)%len(before)]
		both, lead := cut(other, 0, math.Inf(1)), other.Seconds()
		follow(&both, &t)
		both.File, both.Activity, both.Fall, both.From, both.To = t.File, t.Activity, true, lead, lead+t.Seconds()
		if t.To > 0 {
			both.From, both.To = lead+t.From, lead+t.To
		}
		all = append(all, both)
	}
	return all
}

// inTheMidst puts a recording behind the end of another one of the same person
// that is no fall, and one that is no fall itself before the beginning of a
// third. It returns when the recording itself begins, s. The same recording and
// number give the same.
func inTheMidst(t *recordings.Trial, all []recordings.Trial, seed uint64) (out recordings.Trial, from float64) {
	const piece = 8 // s, of each of the others
	var others []*recordings.Trial
	for i := range all {
		o := &all[i]
		if !o.Fall && o.Person == t.Person && o.Rate == t.Rate && o != t && (o.Gyro[0] == nil) == (t.Gyro[0] == nil) {
			others = append(others, o)
		}
	}
	if len(others) == 0 {
		return *t, 0
	}
	r := rand.New(rand.NewPCG(seed, 1))
	before, after := others[r.IntN(len(others))], others[r.IntN(len(others))]
	out = cut(before, max(0, before.Seconds()-piece), before.Seconds())
	out.File, out.Activity, out.Fall = t.File, t.Activity, t.Fall
	from = out.Seconds()
	follow(&out, t)
	switch {
	case !t.Fall:
		next := cut(after, 0, piece)
		follow(&out, &next)
	case t.To > 0:
		out.From, out.To = from+t.From, from+t.To
	default:
		out.From, out.To = from, from+t.Seconds()
	}
	return out, from
}

// cut is a copy of a recording between two times, s.
func cut(t *recordings.Trial, from, to float64) recordings.Trial {
	out := *t
	i, k := int(from*t.Rate), int(min(to*t.Rate, float64(len(t.Acc[0]))))
	for c := range t.Acc {
		out.Acc[c] = slices.Clone(t.Acc[c][i:k])
		if t.Gyro[c] != nil {
			out.Gyro[c] = slices.Clone(t.Gyro[c][i:k])
		}
	}
	return out
}

// follow puts a recording at the end of another one.
func follow(to, t *recordings.Trial) {
	for c := range t.Acc {
		to.Acc[c] = append(to.Acc[c], t.Acc[c]...)
		if t.Gyro[c] != nil {
			to.Gyro[c] = append(to.Gyro[c], t.Gyro[c]...)
		}
	}
}
