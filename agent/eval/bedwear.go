package eval

import (
	"fmt"
	"math"
	"slices"

	"osmanthus/agent/detect"
	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
	"osmanthus/care"
)

// inBed reports whether a label says so.
func inBed(label int) bool { return label == recordings.OnBed || label == recordings.Lying }

// exit is a bed exit: the last row in the bed and the first out of it, s.
type exit struct{ from, to float64 }

func exits(r *recordings.Exit) (all []exit) {
	for i := 1; i < len(r.T); i++ {
		if inBed(r.Label[i-1]) && !inBed(r.Label[i]) {
			all = append(all, exit{r.T[i-1], r.T[i]})
		}
	}
	return all
}

// FitWear fits the model of leaving the bed to trials. Of each rise its
// moments in the bed count as much as those of the 15 s after, at most.
func FitWear(trials []recordings.Exit) detect.WearModel {
	var all []moment
	for i := range trials {
		all = append(all, moments(&trials[i])...)
	}
	return boost(all)
}

// moments are what a trial teaches.
func moments(r *recordings.Exit) (all []moment) {
	const share, after = 12.0, 15.0
	looks := detect.WearMoments(r.T, r.Acc)
	for len(looks) > 0 {
		n := 1
		for n < len(looks) && looks[n].Rise == looks[0].Rise {
			n++
		}
		left := math.Inf(1)
		var in, gone []moment
		for _, l := range looks[:n] {
			label := labelAt(r, l.T)
			switch {
			case label == 0 || l.T >= left+after:
			case inBed(label) && math.IsInf(left, 1):
				in = append(in, moment{x: l.Inputs})
			case !inBed(label):
				left = min(left, l.T)
				gone = append(gone, moment{x: l.Inputs, gone: true})
			}
		}
		for _, part := range [][]moment{in, gone} {
			for i := range part {
				part[i].weight = min(1, share/float64(len(part)))
			}
			all = append(all, part...)
		}
		looks = looks[n:]
	}
	return all
}

// labelAt is what a trial says about a moment, 0 where somebody left between
// the rows around it, or nobody knows what came after the last.
func labelAt(r *recordings.Exit, t float64) int {
	i, row := slices.BinarySearch(r.T, t)
	for row && i+1 < len(r.T) && r.T[i+1] == t {
		i++
	}
	if !row {
		i--
	}
	last := i == len(r.T)-1
	switch {
	case i < 0, last && !row && inBed(r.Label[i]):
		return 0
	case !row && !last && inBed(r.Label[i]) != inBed(r.Label[i+1]):
		return 0
	}
	return r.Label[i]
}

// block returns the block of trials to which one belongs. The set does not name
// its people; their trials are next to each other, so neighbours are held out
// together.
func block(file string) string {
	var set, trial int
	if _, err := fmt.Sscanf(file, "S%d_Dataset/d", &set); err != nil {
		return file
	}
	if _, err := fmt.Sscanf(file[len(file)-3:len(file)-1], "%d", &trial); err != nil {
		return file
	}
	last := []int{7, 12, 17, 22, 26, 31, 35, 39, 43, 53, 56, 60}
	if set == 2 {
		last = []int{5, 9, 12, 99}
	}
	for k, l := range last {
		if trial <= l {
			return fmt.Sprintf("%d/%d", set, k)
		}
	}
	return file
}

// matching is what counts as the alarm of an exit.
type matching struct {
	name        string
	early, late float64 // s before the last row in the bed, and after the first out of it
	alarms      [][]float64
	rooms       bool // each room by itself, too
}

// wearTally counts exits and alarms.
type wearTally struct{ exits, found, alarms, right int }

func (t *wearTally) add(r *recordings.Exit, alarms []float64, early, late float64) {
	used := make([]bool, len(alarms))
	for _, e := range exits(r) {
		t.exits++
		for i, a := range alarms {
			if !used[i] && a >= e.from-early && a <= e.to+late {
				used[i] = true
				t.found++
				break
			}
		}
	}
	t.alarms += len(alarms)
	for _, u := range used {
		if u {
			t.right++
		}
	}
}

// wears plays every trial with a model that never saw its block, and with one
// that never saw its room.
func wears(e *Eval) error {
	trials, err := recordings.UCI427()
	if err != nil {
		return fmt.Errorf("eval: bed: %w", err)
	}
	e.Heading("Leaving the bed, by an accelerometer at the sternum (UCI 427, aged 66 to 86)")
	t := NewTable("held out", "room", "alarm", "exits", "recall (95 %)", "alarms", "precision (95 %)")
	for _, way := range []struct {
		name string
		held func(*recordings.Exit) string
	}{
		{"blocks of trials", func(r *recordings.Exit) string { return block(r.File) }},
		{"the room", func(r *recordings.Exit) string { return r.File[:2] }},
	} {
		sure, first, err := heldOut(trials, way.held)
		if err != nil {
			return err
		}
		for _, m := range []matching{
			{"confirmed within -2 to 30 s", 2, 30, sure, true}, {"suspected within -2 to 30 s", 2, 30, first, false},
			{"suspected within ±5 s", 5, 5, first, false}, {"confirmed within ±5 s", 5, 5, sure, false}, {"confirmed within ±10 s", 10, 10, sure, false},
		} {
			for _, room := range []int{0, 1, 2} {
				if room != 0 && !m.rooms {
					continue
				}
				var n wearTally
				for i := range trials {
					if room == 0 || room == trials[i].Room {
						n.add(&trials[i], m.alarms[i], m.early, m.late)
					}
				}
				name := "both"
				if room != 0 {
					name = fmt.Sprint(room)
				}
				t.Row(way.name, name, m.name, n.exits, Share(n.found, n.exits), n.alarms, Share(n.right, n.alarms))
			}
		}
	}
	e.Table(t)
	e.Text("An exit is a row on the bed followed by one off it. Published on this set, leave one out, by event: recall over 0.93 and precision over 0.78 for bed exits (Shinmoto Torres et al., Sensors 2016, 16, 546), with the strength of the radio signal and the antennas, which are not used here.")
	return nil
}

// heldOut plays every trial with a model that never saw what is held out with
// it, and returns the times of its alarms in s: when they were sure, and when
// they were suspected first.
func heldOut(trials []recordings.Exit, held func(*recordings.Exit) string) (sure, first [][]float64, err error) {
	models := map[string]*detect.WearModel{}
	sure, first = make([][]float64, len(trials)), make([][]float64, len(trials))
	for i := range trials {
		out := held(&trials[i])
		if models[out] == nil {
			var rest []recordings.Exit
			for k := range trials {
				if held(&trials[k]) != out {
					rest = append(rest, trials[k])
				}
			}
			m := FitWear(rest)
			models[out] = &m
		}
		said, err := PlayExit(trials[i], replay.Options{Alter: func(p *detect.Plan) { p.Sources[0].Wear = models[out] }})
		if err != nil {
			return nil, nil, fmt.Errorf("eval: bed: %w", err)
		}
		for _, a := range Raised(said.Alerts, care.BedExit) {
			sure[i] = append(sure[i], replay.Seconds(a.At))
			first[i] = append(first[i], replay.Seconds(a.Onset))
		}
	}
	return sure, first, nil
}

// PlayExit plays a trial of bed exits.
func PlayExit(x recordings.Exit, o replay.Options) (replay.Outcome, error) {
	r := replay.Recording{Name: x.File, Columns: []replay.Column{{Name: "t", Values: x.T}}}
	for k, name := range []string{"frontal", "vertical", "lateral"} {
		r.Columns = append(r.Columns, replay.Column{Name: name, Values: x.Acc[k]})
	}
	return replay.Play("bed-imu", r, o)
}
