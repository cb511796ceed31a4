package eval

import (
	"math"
	"testing"

	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
	"osmanthus/care"
)

func TestAMattressTellsEmptyFromOccupied(t *testing.T) {
	wrong, turned, lying := 0, 0, 0
	for _, r := range recordings.Read(t, recordings.FSRMattress) {
		said, err := PlayMattress(r, replay.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if want := r.Posture != recordings.Empty; last(said.Readings, care.BedOccupancy) != map[bool]float64{true: 1}[want] {
			wrong++
		} else if want {
			lying++
			if last(said.Readings, care.BedPosture) != float64(r.Posture)+care.PostureBack {
				turned++
			}
		}
	}
	if wrong > 0 || turned > lying/6 {
		t.Errorf("%d beds are wrongly occupied or empty, %d of %d postures are wrong: the shipped model has become worse", wrong, turned, lying)
	}
}

func TestExitsOfOlderPeopleHeldOut(t *testing.T) {
	trials := recordings.Read(t, recordings.UCI427)
	sure, first, err := heldOut(trials, func(r *recordings.Exit) string { return block(r.File) })
	if err != nil {
		t.Fatal(err)
	}
	var n wearTally
	for i := range trials {
		n.add(&trials[i], sure[i], 2, 30)
		for k := range sure[i] {
			if first[i][k] > sure[i][k] {
				t.Errorf("%s: suspected after it was confirmed", trials[i].File)
			}
		}
	}
	t.Logf("%d of %d exits, %d of %d alarms", n.found, n.exits, n.right, n.alarms)
	if n.exits != 95 || n.found < 78 || n.right*100 < n.alarms*82 {
		t.Errorf("leaving the bed is told worse than before")
	}
}

func TestWhatAMomentIsLabelled(t *testing.T) {
	r := recordings.Exit{T: []float64{0, 1, 1, 5, 9}, Label: []int{recordings.Lying, recordings.OnBed, recordings.OnBed, recordings.Ambulant, recordings.OnBed}}
	for at, want := range map[float64]int{-1: 0, 0: recordings.Lying, 0.5: recordings.Lying, 1: recordings.OnBed, 3: 0, 5: recordings.Ambulant, 7: 0, 9: recordings.OnBed, 10: 0} {
		if got := labelAt(&r, at); got != want {
			t.Errorf("at %v s: %d, want %d", at, got, want)
		}
	}
	if e := exits(&r); len(e) != 1 || e[0] != (exit{1, 5}) {
		t.Errorf("exits %v", e)
	}
	for file, want := range map[string]string{"S1_Dataset/d1p07M": "1/0", "S1_Dataset/d1p08F": "1/1", "S2_Dataset/d2p13F": "2/3", "odd": "odd"} {
		if got := block(file); got != want {
			t.Errorf("%s is in block %s, want %s", file, got, want)
		}
	}
}

func TestTreesLearnAQuestionWithinAQuestion(t *testing.T) {
	var rows []moment
	for i := range 400 {
		m := moment{weight: 1}
		m.x[3], m.x[7] = float64(i%20), float64(i/20)
		m.gone = m.x[3] >= 10 && m.x[7] >= 10
		rows = append(rows, m)
	}
	boost(rows)
	wrong := 0
	for _, r := range rows {
		if (r.logit > 0) != r.gone {
			wrong++
		}
	}
	if wrong > 20 {
		t.Errorf("%d of %d rows are wrong", wrong, len(rows))
	}
}

func TestSoftmaxFindsThreeClasses(t *testing.T) {
	var inputs [][]float64
	var classes []int
	var weights []float64
	for i := range 90 {
		a := float64(i) * 2 * math.Pi / 90
		inputs = append(inputs, []float64{math.Cos(a), math.Sin(a)})
		classes, weights = append(classes, i/30), append(weights, 1)
	}
	fit := softmax(inputs, classes, weights, 3, 0.001)
	wrong, p := 0, make([]float64, 3)
	for i, x := range inputs {
		if odds(fit, x, p); p[classes[i]] < max(p[0], p[1], p[2]) {
			wrong++
		}
	}
	if wrong > 4 {
		t.Errorf("%d of %d are wrong", wrong, len(inputs))
	}
}
