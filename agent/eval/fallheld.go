package eval

import (
	"slices"

	"osmanthus/agent/detect"
	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
	"osmanthus/care"
)

// folds deals the people of a place: one of the first set into each fold, and
// those of the other sets among them. It returns the fold by set and person.
func (d *fallData) folds() (fold map[[2]string]int, n int) {
	fold = map[[2]string]int{}
	for _, s := range d.sets {
		var people []string
		for i := range d.trials {
			t := &d.trials[i]
			if t.Set == s.name && !slices.Contains(people, t.Person) {
				people = append(people, t.Person)
			}
		}
		if n == 0 {
			n = len(people)
		}
		for i, p := range people {
			fold[[2]string{s.name, p}] = i % n
		}
	}
	return fold, n
}

// heldOut fits one model for each fold, to everybody else; once for a report.
func (d *fallData) heldOut(e *Eval) (modelOf func(set, person string) *detect.FallModel, err error) {
	if m, known := e.fallModels[d.place]; known {
		return m, nil
	}
	fold, n := d.folds()
	models := make([]*detect.FallModel, n)
	for f := range models {
		e.Progress("falls: %s, fold %d of %d", d.place, f+1, n)
		models[f], err = d.fit(func(c *fallCase) bool { return fold[[2]string{c.set, c.person}] != f })
		if err != nil {
			return nil, err
		}
	}
	modelOf = func(set, person string) *detect.FallModel { return models[fold[[2]string{set, person}]] }
	e.fallModels[d.place] = modelOf
	return modelOf, nil
}

// fallScore counts what a detector makes of recordings.
type fallScore struct {
	falls, found, others, kept int
	alarms                     int // false ones
	hours                      float64
	delays                     []float64      // from impact to confirmation, s
	mistakes                   map[string]int // recordings of an activity with a false alarm or a missed fall
	played                     map[string]int
}

// add counts one recording: a suspicion that is not cleared counts as raised.
func (n *fallScore) add(t *recordings.Trial, heard replay.Outcome) {
	raised := Raised(heard.Alerts, care.Fall)
	right := 0
	for _, a := range raised {
		if t.Fall && (t.To == 0 || replay.Seconds(a.At) >= t.From-2 && replay.Seconds(a.Onset) <= t.To+2) {
			right = 1
			if a.State == care.Confirmed {
				n.delays = append(n.delays, a.At.Sub(a.Onset).Seconds())
			}
		}
	}
	if n.played == nil {
		n.mistakes, n.played = map[string]int{}, map[string]int{}
	}
	n.played[t.Activity]++
	if len(raised) > right || t.Fall && right == 0 {
		n.mistakes[t.Activity]++
	}
	n.hours += t.Seconds() / 3600
	n.alarms += len(raised) - right
	if t.Fall {
		n.falls++
		n.found += right
		return
	}
	n.others++
	if len(raised) == 0 {
		n.kept++
	}
}

// playFalls plays one recording with a model.
func playFalls(t *recordings.Trial, gyro bool, m *detect.FallModel) (replay.Outcome, error) {
	return PlayTrial(t, gyro, replay.Options{Alter: func(p *detect.Plan) { p.Sources[0].Fall = m }})
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
		for c := range t.Acc {
			all[k].Acc[c] = append(all[k].Acc[c], t.Acc[c]...)
			if t.Gyro[c] != nil {
				all[k].Gyro[c] = append(all[k].Gyro[c], t.Gyro[c]...)
			}
		}
	}
	return all
}
