package eval

import (
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
		both := *before[len(all)%len(before)]
		lead := both.Seconds()
		for c := range both.Acc {
			both.Acc[c], both.Gyro[c] = slices.Clone(both.Acc[c]), slices.Clone(both.Gyro[c])
		}
		follow(&both, &t)
		both.File, both.Activity, both.Fall, both.From, both.To = t.File, t.Activity, true, lead, lead+t.Seconds()
		if t.To > 0 {
			both.From, both.To = lead+t.From, lead+t.To
		}
		all = append(all, both)
	}
	return all
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
