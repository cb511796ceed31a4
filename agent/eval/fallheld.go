package eval

import (
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"osmanthus/agent/detect"
	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
	"osmanthus/care"
)

// fallFolds is how many people of a set are held out one at a time; of further
// ones some share a fold with another. Only SmartFallMM has more.
const fallFolds = 16

// folds deals the people of each set of a place into folds, a person to a fold
// as long as there are enough. It returns the fold by set and person.
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
		for i, p := range people {
			fold[[2]string{s.name, p}] = i % fallFolds
		}
		n = max(n, min(len(people), fallFolds))
	}
	return fold, n
}

// heldOut fits one model for each fold, to everybody else; once for a report.
func (d *fallData) heldOut(e *Eval) (modelOf func(set, person string) *detect.FallModel, err error) {
	if m, known := e.fallModels[d.place]; known {
		return m, nil
	}
	fold, n := d.folds()
	models, err := d.fitAll(e, n, func(k int, c *fallCase) bool { return fold[[2]string{c.set, c.person}] != k })
	if err != nil {
		return nil, err
	}
	modelOf = func(set, person string) *detect.FallModel { return models[fold[[2]string{set, person}]] }
	e.fallModels[d.place] = modelOf
	return modelOf, nil
}

// fitAll fits n models, each to the cases that use wants for it.
func (d *fallData) fitAll(e *Eval, n int, use func(k int, c *fallCase) bool) ([]*detect.FallModel, error) {
	models := make([]*detect.FallModel, n)
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for k := range models {
		g.Go(func() (err error) {
			models[k], err = d.fit(func(c *fallCase) bool { return use(k, c) })
			return err
		})
		e.Progress("falls: %s, model %d of %d without some people is being fitted", d.place, k+1, n)
	}
	return models, g.Wait()
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
