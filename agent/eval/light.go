package eval

import (
	"fmt"
	"math"

	"osmanthus/agent/detect"
	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
	"osmanthus/care"
)

// light evaluates what `replay -kind ppg` reads from light.
func light(e *Eval) error {
	e.Text("Nothing is fitted here: there are no weights. Some twenty constants of the methods and the borders of quality were chosen with BIDMC and TROIKA in view, so their figures lean to the bright side; agent/detect/light.md says what choosing on all but one gives. The camera recordings were opened afterwards, and changed one thing (which way is up).")
	patients, err := recordings.BIDMC()
	if err != nil {
		return err
	}
	heard := make([]replay.Outcome, len(patients))
	for i, p := range patients {
		if heard[i], err = playLight(p.ID, p.Rate, []replay.Column{{Name: "ir", Values: p.Pleth}}); err != nil {
			return err
		}
	}
	restingPulse(e, patients, heard)
	lightBreathing(e, patients, heard)
	if err := runningPulse(e); err != nil {
		return err
	}
	return cameraLight(e)
}

func playLight(name string, rate float64, columns []replay.Column) (replay.Outcome, error) {
	return replay.Play("ppg", replay.Recording{Name: name, Rate: rate, Columns: columns}, replay.Options{})
}

// second returns the value of a second, NaN where there is none.
func second(values []float64, at float64) float64 {
	if i := int(at); i >= 0 && i < len(values) && values[i] > 0 {
		return values[i]
	}
	return math.NaN()
}

// restingPulse compares pulse rates at rest with monitors.
func restingPulse(e *Eval, patients []recordings.Patient, heard []replay.Outcome) {
	e.Heading("Pulse rate at rest, BIDMC: light at a finger, 28 intensive care patients")
	e.Text("Values of a quality of 50 or more against the monitor's value of the same second, by the electrocardiogram and by its own light. Coverage is the share of all seconds, the first ones included, in which the newest such value is at most 6 s old. The interval is that of the mean over patients (leaving one out at a time). Where the two references differ a beat of the heart made no pulse, or the monitor was led astray.")
	t := NewTable("people", "reference", "mean error, /min (95 %)", "95th percentile", "within 5 /min", "coverage")
	for _, old := range []bool{false, true} {
		for _, ref := range []struct {
			name   string
			values func(p *recordings.Patient) []float64
		}{
			{"heart rate (ECG)", func(p *recordings.Patient) []float64 { return p.Heart }},
			{"pulse rate (light)", func(p *recordings.Patient) []float64 { return p.Pulse }},
		} {
			var errs errorsByPerson
			covered, seconds := 0, 0
			for i := range patients {
				p := &patients[i]
				if old && !(p.Age >= 65) {
					continue
				}
				for _, r := range said(heard[i], care.PulseRate) {
					errs.add(p.Person, r.Value-second(ref.values(p), replay.Seconds(r.At)))
				}
				seconds += int(heard[i].Seconds)
				covered += coveredSeconds(heard[i], care.PulseRate, 6)
			}
			t.Row(ages(old), ref.name, errs.mean(), errs.quantile(0.95), Share(errs.within(5), errs.taken), Share(covered, seconds))
		}
	}
	e.Table(t)
	byQuality(e, func(add func(q care.Quality, err float64)) {
		for i := range patients {
			for _, r := range heard[i].Readings {
				if r.Metric == care.PulseRate {
					add(r.Quality, r.Value-second(patients[i].Heart, replay.Seconds(r.At)))
				}
			}
		}
	})
}

func ages(old bool) string {
	if old {
		return "65 years and older"
	}
	return "all"
}

// said lists the believed values of a metric.
func said(o replay.Outcome, m care.Metric) (list []care.Reading) {
	for _, r := range o.Readings {
		if r.Metric == m && r.Quality >= detect.Believed {
			list = append(list, r)
		}
	}
	return list
}

// coveredSeconds counts the seconds in which the newest value is not older
// than age seconds.
func coveredSeconds(o replay.Outcome, m care.Metric, age float64) (n int) {
	list, k := said(o, m), -1
	for s := range int(o.Seconds) {
		for k+1 < len(list) && replay.Seconds(list[k+1].At) <= float64(s) {
			k++
		}
		if k >= 0 && float64(s)-replay.Seconds(list[k].At) <= age {
			n++
		}
	}
	return n
}

// byQuality prints errors by the quality that was said with the value.
func byQuality(e *Eval, each func(add func(q care.Quality, err float64))) {
	var sum [11]float64
	var n [11]int
	each(func(q care.Quality, err float64) {
		if k := min(int(q)/10, 10); !math.IsNaN(err) {
			sum[k] += math.Abs(err)
			n[k]++
		}
	})
	t := NewTable("quality", "values", "mean error, /min")
	for k := range sum {
		if n[k] > 0 {
			label := "100"
			if k < 10 {
				label = fmt.Sprintf("%d–%d", 10*k, 10*k+9)
			}
			t.Row(label, n[k], sum[k]/float64(n[k]))
		}
	}
	e.Table(t)
}

// lightBreathing compares breathing rates from light with two annotators and
// with the monitor.
func lightBreathing(e *Eval, patients []recordings.Patient, heard []replay.Outcome) {
	e.Heading("Breathing rate from light, BIDMC")
	e.Text("Values of a quality of 50 or more against the breaths that two people marked in the last 32 s, and against the monitor's impedance. Coverage is of the 10 s steps from second 32 on. Published: 1.66 /min (RRWaveNet, by its best window; between patients).")
	t := NewTable("people", "reference", "mean error, /min (95 %)", "95th percentile", "within 2 /min", "coverage")
	for _, old := range []bool{false, true} {
		for _, ref := range []struct {
			name  string
			truth func(p *recordings.Patient, at float64) float64
		}{
			{"mean of both people", func(p *recordings.Patient, at float64) float64 {
				return (marked(p.Breaths[0], at-32, at) + marked(p.Breaths[1], at-32, at)) / 2
			}},
			{"mean where they agree within 2 /min", func(p *recordings.Patient, at float64) float64 {
				a, b := marked(p.Breaths[0], at-32, at), marked(p.Breaths[1], at-32, at)
				if math.Abs(a-b) > 2 {
					return math.NaN()
				}
				return (a + b) / 2
			}},
			{"monitor", func(p *recordings.Patient, at float64) float64 { return second(p.Breathing, at) }},
		} {
			var errs errorsByPerson
			due, given := 0, 0
			for i := range patients {
				p := &patients[i]
				if old && !(p.Age >= 65) {
					continue
				}
				due += breathDue(p)
				for _, r := range said(heard[i], care.RespiratoryRate) {
					given++
					errs.add(p.Person, r.Value-ref.truth(p, replay.Seconds(r.At)))
				}
			}
			t.Row(ages(old), ref.name, errs.mean(), errs.quantile(0.95), Share(errs.within(2), errs.taken), Share(given, due))
		}
	}
	e.Table(t)
	byQuality(e, func(add func(q care.Quality, err float64)) {
		for i := range patients {
			p := &patients[i]
			for _, r := range heard[i].Readings {
				if at := replay.Seconds(r.At); r.Metric == care.RespiratoryRate {
					add(r.Quality, r.Value-(marked(p.Breaths[0], at-32, at)+marked(p.Breaths[1], at-32, at))/2)
				}
			}
		}
	})
}
