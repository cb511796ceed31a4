package eval

import (
	"fmt"
	"math"

	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
	"osmanthus/care"
)

// runningPulse compares the pulse of people who run with their
// electrocardiogram.
func runningPulse(e *Eval) error {
	e.Heading("Pulse rate while running, TROIKA: green light and acceleration at the wrist, 8 recordings")
	e.Text("The newest value of a quality of 50 or more that is said by the end of each reference window of 8 s, and not before its last 3 s, against the electrocardiogram of that window; causal, without a look ahead. Each light alone as ir, and both as ir and red. The interval is that of the mean over recordings (leaving one out at a time). Published, each over 12 recordings and every window of them, with both lights: TROIKA 2.34, JOSS 1.28, WFPV about 1.0; here a window in which nothing is believed has no error and lowers the coverage.")
	runs, err := recordings.TROIKA()
	if err != nil {
		return err
	}
	lights := []struct {
		name    string
		columns []int
	}{{"first light", []int{0}}, {"second light", []int{1}}, {"both", []int{0, 1}}, {"both, swapped", []int{1, 0}}}
	total := NewTable("light", "mean error, /min (95 %)", "95th percentile", "within 5 /min", "coverage")
	single := NewTable("recording", "first: error", "coverage", "second: error", "coverage", "both: error", "coverage", "swapped: error", "coverage")
	rows := make([][]any, len(runs))
	type answer struct {
		quality care.Quality
		err     float64
	}
	var answers []answer
	for _, l := range lights {
		var errs errorsByPerson
		due := 0
		for i, r := range runs {
			if len(rows[i]) == 0 {
				rows[i] = append(rows[i], r.ID)
			}
			o, err := playRun(r, l.columns)
			if err != nil {
				return err
			}
			sum, n := 0.0, 0
			for w, end := range r.Window {
				due++
				v, ok := newest(said(o, care.PulseRate), end)
				if !ok {
					continue
				}
				d := v.Value - r.Heart[w]
				errs.add(r.ID, d)
				answers = append(answers, answer{v.Quality, d})
				sum += math.Abs(d)
				n++
			}
			rows[i] = append(rows[i], fmt.Sprintf("%.2f", sum/float64(n)), fmt.Sprintf("%.0f %%", 100*float64(n)/float64(len(r.Window))))
		}
		total.Row(l.name, errs.mean(), errs.quantile(0.95), Share(errs.within(5), errs.taken), Share(errs.taken, due))
	}
	e.Table(total)
	for _, r := range rows {
		single.Row(r...)
	}
	e.Table(single)
	byQuality(e, func(add func(q care.Quality, err float64)) {
		for _, a := range answers {
			add(a.quality, a.err)
		}
	})
	return nil
}

// playRun plays one or two lights, and the acceleration.
func playRun(r recordings.Run, lights []int) (replay.Outcome, error) {
	var columns []replay.Column
	for k, l := range lights {
		columns = append(columns, replay.Column{Name: []string{"ir", "red"}[k], Values: r.PPG[l]})
	}
	for k, name := range []string{"ax", "ay", "az"} {
		columns = append(columns, replay.Column{Name: name, Values: r.Acc[k]})
	}
	return playLight(r.ID, r.Rate, columns)
}

// newest is the last of a list that was said within the last 3 s of a window
// that ends at end seconds.
func newest(list []care.Reading, end float64) (v care.Reading, ok bool) {
	for _, r := range list {
		if at := replay.Seconds(r.At); at > end-3 && at <= end+0.1 {
			v, ok = r, true
		}
	}
	return v, ok
}

// cameraLight compares what a finger on a camera gives with clinical
// oximeters while oxygen is taken away.
func cameraLight(e *Eval) error {
	e.Heading("A finger on a camera, hypoxia-spo2: 4 people")
	e.Text("One colour after the other as the light of a pulse, 30 a second, against the Masimo oximeter (the fifth), whose pulse is a mean of several seconds. The device is none that the product uses.")
	people, err := recordings.HypoxiaSpO2()
	if err != nil {
		return err
	}
	t := NewTable("colour", "pulse: mean error, /min (95 %)", "within 5 /min", "coverage")
	for k, colour := range []string{"red", "green", "blue"} {
		var errs errorsByPerson
		covered, seconds := 0, 0
		for _, h := range people {
			o, err := playLight(h.ID, 30, []replay.Column{{Name: "ir", Values: h.Camera[k]}})
			if err != nil {
				return err
			}
			for _, r := range said(o, care.PulseRate) {
				errs.add(h.ID, r.Value-second(h.Pulse[4], replay.Seconds(r.At)))
			}
			seconds += int(o.Seconds)
			covered += coveredSeconds(o, care.PulseRate, 6)
		}
		t.Row(colour, errs.mean(), Share(errs.within(5), errs.taken), Share(covered, seconds))
	}
	e.Table(t)
	t = NewTable("red, infrared", "SpO2: mean error, %", "values")
	for _, pair := range []struct {
		name    string
		ir, red int
	}{{"red, green", 1, 0}, {"red, blue", 2, 0}} {
		var errs errorsByPerson
		for _, h := range people {
			o, err := playLight(h.ID, 30, []replay.Column{{Name: "ir", Values: h.Camera[pair.ir]}, {Name: "red", Values: h.Camera[pair.red]}})
			if err != nil {
				return err
			}
			for _, r := range said(o, care.SpO2) {
				errs.add(h.ID, r.Value-second(h.SpO2[4], replay.Seconds(r.At)))
			}
		}
		t.Row(pair.name, errs.mean(), errs.taken)
	}
	e.Table(t)
	e.Text("The second table is a warning, not a result: a camera has no infrared, and the ratio of ratios goes through a calibration that was made for red and infrared of the MAX3010x. Nothing here says how well SpO2 is measured with that sensor; no recording of it beside an oximeter is to be had. It is indicative, and no limit should rest on it alone.")
	return nil
}
