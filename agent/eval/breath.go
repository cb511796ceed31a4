package eval

import (
	"fmt"
	"math"
	"slices"

	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
	"osmanthus/care"
)

// breath evaluates the breathing rate and the pauses of `replay -kind resp`.
func breath(e *Eval) error {
	e.Text("Nothing is fitted here: there are no weights. The constants of the method were chosen with all of these recordings in view (agent/detect/apnoea.md says which and how little the figures move with them), so these figures lean to the bright side.")
	patients, err := recordings.BIDMC()
	if err != nil {
		return err
	}
	heard := make([]replay.Outcome, len(patients))
	for i, p := range patients {
		if heard[i], err = playBreath(p.ID, p.Rate, p.Resp); err != nil {
			return err
		}
	}
	breathRates(e, patients, heard)
	breathPauses(e, patients, heard)
	if err := madePauses(e, patients); err != nil {
		return err
	}
	return breathNights(e)
}

func playBreath(name string, rate float64, wave []float64) (replay.Outcome, error) {
	return replay.Play("resp", replay.Recording{Name: name, Rate: rate, Columns: []replay.Column{{Name: "x", Values: wave}}}, replay.Options{})
}

// breathDue is how often a rate is due in a recording of BIDMC.
func breathDue(p *recordings.Patient) int {
	return int((float64(len(p.Resp))/p.Rate - 32) / 10)
}

// breathRates compares rates with each of two annotators and their mean.
func breathRates(e *Eval, patients []recordings.Patient, heard []replay.Outcome) {
	e.Heading("Breathing rate, BIDMC: impedance of the chest, 28 intensive care patients")
	e.Text("Against the breaths that two people marked in the last 32 s, everywhere: also where they do not agree. Coverage is of the 10 s steps from second 32 on. The interval is that of the mean over patients (leaving one out at a time). Published: 1.66 /min (RRWaveNet, from light at the finger, which is the harder task; between patients).")
	t := NewTable("people", "reference", "mean error, /min (95 %)", "95th percentile", "within 2 /min", "coverage")
	for _, who := range []struct {
		name string
		take func(p *recordings.Patient) bool
	}{
		{"all", func(*recordings.Patient) bool { return true }},
		{"65 years and older", func(p *recordings.Patient) bool { return p.Age >= 65 }},
	} {
		for _, ref := range []struct {
			name   string
			window float64
			truth  func(a, b float64) float64
		}{
			{"annotator 1", 32, func(a, _ float64) float64 { return a }},
			{"annotator 2", 32, func(_, b float64) float64 { return b }},
			{"mean of both", 32, func(a, b float64) float64 { return (a + b) / 2 }},
			{"mean where they agree within 2 /min", 32, func(a, b float64) float64 {
				if math.Abs(a-b) > 2 {
					return math.NaN()
				}
				return (a + b) / 2
			}},
			{"mean of both, of the last 60 s", 60, func(a, b float64) float64 { return (a + b) / 2 }},
		} {
			var errs errorsByPerson
			due := 0
			for i := range patients {
				p := &patients[i]
				if !who.take(p) {
					continue
				}
				due += breathDue(p)
				for _, r := range heard[i].Readings {
					at := replay.Seconds(r.At)
					if r.Metric != care.RespiratoryRate || at < 32 {
						continue
					}
					errs.add(p.Person, r.Value-ref.truth(marked(p.Breaths[0], at-ref.window, at), marked(p.Breaths[1], at-ref.window, at)))
				}
			}
			coverage := Share(errs.taken, due)
			if errs.left > 0 {
				coverage = "–"
			}
			t.Row(who.name, ref.name, errs.mean(), errs.quantile(0.95), Share(errs.within(2), errs.taken), coverage)
		}
	}
	e.Table(t)
}

// marked is the rate of the breaths that somebody marked in a stretch.
func marked(breaths []float64, from, to float64) float64 {
	first, last, n := 0.0, 0.0, 0
	for _, b := range breaths {
		if b > from && b <= to {
			if n == 0 {
				first = b
			}
			last = b
			n++
		}
	}
	if n < 2 {
		return math.NaN()
	}
	return 60 * float64(n-1) / (last - first)
}

// errorsByPerson gathers errors of several people.
type errorsByPerson struct {
	people      []string
	sum         []float64
	n           []int
	all         []float64
	taken, left int
}

// add takes an error; NaN is one that has no reference.
func (e *errorsByPerson) add(person string, err float64) {
	if math.IsNaN(err) {
		e.left++
		return
	}
	i := slices.Index(e.people, person)
	if i < 0 {
		i = len(e.people)
		e.people, e.sum, e.n = append(e.people, person), append(e.sum, 0), append(e.n, 0)
	}
	e.sum[i] += math.Abs(err)
	e.n[i]++
	e.taken++
	e.all = append(e.all, math.Abs(err))
}

// mean is the mean absolute error with its interval by the jackknife over
// people.
func (e *errorsByPerson) mean() string {
	total, n := 0.0, 0
	for i := range e.people {
		total += e.sum[i]
		n += e.n[i]
	}
	mean, k := total/float64(n), float64(len(e.people))
	var squares float64
	for i := range e.people {
		d := (total-e.sum[i])/float64(n-e.n[i]) - mean
		squares += d * d
	}
	half := 1.96 * math.Sqrt((k-1)/k*squares)
	return fmt.Sprintf("%.2f (%.2f–%.2f)", mean, max(0, mean-half), mean+half)
}

func (e *errorsByPerson) quantile(q float64) string {
	if len(e.all) == 0 {
		return "–"
	}
	slices.Sort(e.all)
	return fmt.Sprintf("%.2f", e.all[int(q*float64(len(e.all)-1))])
}

func (e *errorsByPerson) within(limit float64) (n int) {
	for _, v := range e.all {
		if v <= limit {
			n++
		}
	}
	return n
}
