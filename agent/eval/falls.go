package eval

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"osmanthus/agent/detect"
)

// falls evaluates the detectors of falls on people who were held out.
func falls(e *Eval) error {
	e.Text("One recording is one chance: a fall is found where one is suspected or confirmed and not cleared when the recording ends, and of others anything that is raised so is wrong. Recordings are of exercises: people clap, hit tables, jump and collapse into chairs on purpose. The borders, the same for everybody, were chosen with these recordings in view. Published results are per window where that is said: a window is not an alarm.")
	for _, p := range fallPlaces() {
		d, err := readFalls(p)
		if err != nil {
			return err
		}
		if err := d.report(e); err != nil {
			return err
		}
	}
	return nil
}

func (d *fallData) report(e *Eval) error {
	modelOf, err := d.heldOut(e)
	if err != nil {
		return err
	}
	e.Heading("Worn at the " + string(d.place) + ", people held out of the fit")
	t := NewTable("recordings", "by", "falls found", "sensitivity (95 %)", "others let be", "specificity (95 %)", "false alarms an hour (95 %)", "published")
	wrong := NewTable("recordings", "by", "recordings with a mistake, by the set's names of activities")
	delays := NewTable("recordings", "by", "confirmed", "s from impact to confirmation: median", "95th percentile", "longest")
	for _, s := range d.sets {
		for _, gyro := range []bool{true, false} {
			all, old, err := d.score(s.name, gyro, modelOf)
			if err != nil {
				return err
			}
			if all.falls+all.others == 0 {
				continue
			}
			all.row(&t, s.name, by(gyro), s.published)
			if old.falls+old.others > 0 {
				old.row(&t, "… older people", by(gyro), "")
			}
			all.delayRow(&delays, s.name, by(gyro))
			wrong.Row(s.name, by(gyro), all.wrong())
		}
	}
	e.Table(t)
	e.Table(wrong)
	e.Table(delays)
	if err := d.strangersReport(e); err != nil {
		return err
	}
	if err := d.precededReport(e, modelOf); err != nil {
		return err
	}
	return d.joinedReport(e, modelOf)
}

// score plays the recordings of a set, the older people's apart, too.
func (d *fallData) score(set string, gyro bool, modelOf func(set, person string) *detect.FallModel) (all, old fallScore, err error) {
	for i := range d.trials {
		r := &d.trials[i]
		if r.Set != set || gyro && r.Gyro[0] == nil {
			continue
		}
		heard, err := playFalls(r, gyro, modelOf(r.Set, r.Person))
		if err != nil {
			return all, old, err
		}
		all.add(r, heard)
		if r.Old {
			old.add(r, heard)
		}
	}
	return all, old, nil
}

func by(gyro bool) string {
	if gyro {
		return "acceleration and gyroscope"
	}
	return "acceleration"
}

func (n *fallScore) row(t *Table, name, by, others string) {
	t.Row(name, by, count(n.found, n.falls), Share(n.found, n.falls), count(n.kept, n.others), Share(n.kept, n.others), Rate(n.alarms, n.hours), others)
}

func (n *fallScore) delayRow(t *Table, name, by string) {
	if len(n.delays) == 0 {
		return
	}
	slices.Sort(n.delays)
	at := func(share float64) float64 { return n.delays[int(share*float64(len(n.delays)-1)+0.5)] }
	t.Row(name, by, count(len(n.delays), n.falls), at(0.5), at(0.95), at(1))
}

func count(k, n int) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprintf("%d of %d", k, n)
}

// wrong lists the activities in which something was raised falsely or missed.
func (n *fallScore) wrong() string {
	var all []string
	for _, a := range slices.Sorted(maps.Keys(n.mistakes)) {
		all = append(all, fmt.Sprintf("%s %d/%d", a, n.mistakes[a], n.played[a]))
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

// strangersReport plays each set with a model that never saw the set: other
// people, another device, another laboratory.
func (d *fallData) strangersReport(e *Eval) error {
	e.Heading("Worn at the " + string(d.place) + ", whole sets held out of the fit")
	t := NewTable("recordings", "by", "falls found", "sensitivity (95 %)", "others let be", "specificity (95 %)")
	models, err := d.fitAll(e, len(d.sets), func(k int, c *fallCase) bool { return c.set != d.sets[k].name })
	if err != nil {
		return err
	}
	for k, s := range d.sets {
		for _, gyro := range []bool{true, false} {
			n, _, err := d.score(s.name, gyro, func(string, string) *detect.FallModel { return models[k] })
			if err != nil {
				return err
			}
			if n.falls+n.others > 0 {
				t.Row(s.name, by(gyro), count(n.found, n.falls), Share(n.found, n.falls), count(n.kept, n.others), Share(n.kept, n.others))
			}
		}
	}
	e.Table(t)
	e.Text("The borders stay those that were chosen with these sets in view.")
	return nil
}
