package eval

import (
	"errors"
	"math"
	"strconv"

	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
	"osmanthus/care"
)

// vitals evaluates the score, the limits and the baseline of vital signs.
func vitals(e *Eval) error {
	return errors.Join(news2(e), desaturations(e), oximeterNight(e), drifts(e))
}

// dip is a stretch of seconds, the last included.
type dip struct{ from, to int }

const (
	dipBelow = 90 // %
	dipFor   = 10 // s
)

// dips returns the stretches in which an oximeter that speaks once a second
// stays below 90 % for ten seconds.
func dips(spo2 []float64) (all []dip) {
	from := -1
	for i := 0; i <= len(spo2); i++ {
		switch below := i < len(spo2) && spo2[i] < dipBelow; {
		case below && from < 0:
			from = i
		case !below && from >= 0:
			if i-from >= dipFor {
				all = append(all, dip{from, i - 1})
			}
			from = -1
		}
	}
	return all
}

// spo2 plays an oximeter as -kind vitals; what is not known is the 0 that it
// says without a finger.
func spo2(name string, seconds, values []float64) (replay.Outcome, error) {
	metric := make([]string, len(values))
	said := make([]float64, len(values))
	for i, v := range values {
		metric[i] = care.SpO2.String()
		if !math.IsNaN(v) {
			said[i] = v
		}
	}
	return replay.Play("vitals", replay.Recording{Name: name, Columns: []replay.Column{
		{Name: "t", Values: seconds}, {Name: "metric", Texts: metric}, {Name: "value", Values: said}}}, replay.Options{})
}

func desaturations(e *Eval) error {
	people, err := recordings.HypoxiaSpO2()
	if err != nil {
		return err
	}
	e.Heading("Desaturation, induced (hypoxia-spo2), each oximeter alone")
	e.Text("True is what the oximeter itself says: a stretch of seconds below %d %% of at least %d s. It is found where an alert holds in its tenth second. Alerts of stretches that are apart by less than the hysteresis are one. A false alert is one that holds in no such stretch. Nothing was fitted to people; the rule for values that hover (vitals.md) was looked at on these recordings.", dipBelow, dipFor)
	t := NewTable("person", "oximeter", "minutes", "lowest %", "stretches", "found", "alerts", "false", "raised at most after s")
	var all, found, alerts, false_ int
	for _, p := range people {
		for k, values := range p.SpO2 {
			low := math.Inf(1)
			at := make([]float64, len(values))
			for i, v := range values {
				at[i] = float64(i)
				if v < low {
					low = v
				}
			}
			if math.IsInf(low, 1) {
				continue // it measured nothing
			}
			heard, err := spo2(p.ID, at, values)
			if err != nil {
				return err
			}
			truth := dips(values)
			n := desaturation(truth, holds(heard.Alerts, len(values)+60))
			raised := Raised(heard.Alerts, care.VitalLow)
			wrong := 0
			for _, a := range raised {
				if !within(truth, heard.Alerts, a) {
					wrong++
				}
			}
			t.Row(p.ID, strconv.Itoa(k+1), float64(len(values))/60, low, len(truth), n.found, len(raised), wrong, n.late)
			all, found, alerts, false_ = all+len(truth), found+n.found, alerts+len(raised), false_+wrong
		}
	}
	e.Table(t)
	e.Text("Found: %d of %d, %s. Alerts: %d, of them false: %d.", found, all, Share(found, all), alerts, false_)
	return nil
}

// holds says of each second whether an alert of low oxygen holds.
func holds(alerts []care.Alert, seconds int) []bool {
	open := make([]bool, seconds)
	for _, a := range alerts {
		if a.Kind != care.VitalLow || a.Evidence.Metric != care.SpO2 {
			continue
		}
		for i := int(math.Ceil(replay.Seconds(a.At))); i >= 0 && i < seconds; i++ {
			open[i] = a.State == care.Confirmed
		}
	}
	return open
}

type dipsFound struct {
	found int
	late  int // s from the beginning of a stretch to the alert, the most
}

func desaturation(truth []dip, open []bool) (n dipsFound) {
	for _, d := range truth {
		for i := d.from; i <= d.to; i++ {
			if open[i] {
				n.late = max(n.late, i-d.from+1)
				if i-d.from < dipFor {
					n.found++
				}
				break
			}
		}
	}
	return n
}

// within reports whether the episode of an alert holds in one of the stretches.
func within(truth []dip, alerts []care.Alert, of care.Alert) bool {
	from, to := math.Inf(1), math.Inf(1)
	for _, a := range alerts {
		if a.Episode != of.Episode {
			continue
		}
		if a.State == care.Cleared {
			to = replay.Seconds(a.At)
		} else {
			from = math.Min(from, replay.Seconds(a.At))
		}
	}
	for _, d := range truth {
		if float64(d.to) >= from && float64(d.from) <= to {
			return true
		}
	}
	return false
}
