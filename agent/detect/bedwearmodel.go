package detect

import (
	"math"
	"time"

	"osmanthus/agent/signal"
)

// WearModel tells whether somebody who has risen has left the bed: the logit is
// a sum over small trees.
type WearModel struct {
	Trees []WearTree
}

// WearTree asks one question, and by the answer one of two more: whether an
// input is below a limit. Leaf holds what it adds for below-below,
// below-above, above-below and above-above.
type WearTree struct {
	Input [3]uint8
	Limit [3]float64
	Leaf  [4]float64
}

func (m *WearModel) probability(x *[signal.RiseInputs]float64) float64 {
	z := 0.0
	for i := range m.Trees {
		t := &m.Trees[i]
		leaf, next := 0, 1
		if !(x[t.Input[0]] < t.Limit[0]) {
			leaf, next = 2, 2
		}
		if !(x[t.Input[next]] < t.Limit[next]) {
			leaf++
		}
		z += t.Leaf[leaf]
	}
	return 1 / (1 + math.Exp(-z))
}

// wearLook is what the model is asked at one moment.
type wearLook struct {
	t      float64
	begun  bool // the first since a rise
	inputs [signal.RiseInputs]float64
}

// WearMoment is what a WearModel is asked at one moment after a rise.
type WearMoment struct {
	T      float64 // s
	Rise   int     // how many rises there were so far
	Inputs [signal.RiseInputs]float64
}

// WearMoments lists what a WearModel would be asked in a recording of rows at
// times in seconds, if nobody ever left: to fit one.
func WearMoments(times []float64, acc [3][]float64) []WearMoment {
	var all []WearMoment
	rise := 0
	d := newWear(Source{Kind: BedIMU}.resolved())
	d.look = func(l wearLook) {
		if l.begun {
			rise++
		}
		all = append(all, WearMoment{T: l.t, Rise: rise, Inputs: l.inputs})
	}
	zero := time.Unix(0, 0)
	moment := func(t float64) time.Time { return zero.Add(time.Duration(math.Round(t*1e6)) * time.Microsecond) }
	d.began, d.zero = true, zero
	for i, t := range times {
		if i > 0 {
			for s := math.Floor(times[i-1]) + 1; s < t && s < times[i-1]+60; s++ {
				d.tick(moment(s), d.out[:0])
			}
		}
		d.row(moment(t), acc[0][i], acc[1][i], acc[2][i])
	}
	for s := range 30 {
		d.tick(moment(math.Floor(times[len(times)-1])+float64(s)+1), d.out[:0])
	}
	return all
}
