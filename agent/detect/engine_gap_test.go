package detect

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
)

// TestAGapResetsWhatMustBeReset: what a waveform gives after half an hour of
// silence is the same as if nothing had been before. (A mattress of cells keeps
// whether somebody is in the bed, until its cells say otherwise for some
// seconds.)
func TestAGapResetsWhatMustBeReset(t *testing.T) {
	shapes := map[Kind]struct {
		kind     care.BlockKind
		rate     float64
		channels int
	}{
		IMUWrist: {care.IMU, 50, 6}, IMUWaist: {care.IMU, 50, 6}, BedIMU: {care.IMU, 4, 3}, PPG: {care.PPG, 100, 2},
		BedPad: {care.BedLoad, 50, 1}, Breathing: {care.Breathing, 50, 1},
	}
	for k, shape := range shapes {
		before := func(c int, s float64) float64 { return usual(k, c) * (1 + 0.03*math.Sin(2*math.Pi*1.4*s+float64(c))) }
		breath := 0.005
		if k == Breathing {
			breath = 0.1
		}
		beyond := func(c int, s float64) float64 {
			return usual(k, c) * (1 + breath*math.Sin(2*math.Pi*0.3*s) + 0.01*math.Sin(2*math.Pi*1.1*s))
		}
		play := func(e *Engine, from, seconds float64, wave func(c int, s float64) float64) string {
			var said strings.Builder
			for s := 0.0; s < seconds; s++ {
				b := care.Block{Source: "s-1", Resident: "r-1", Kind: shape.kind, Rate: shape.rate, Start: after(from + s), Channels: make([][]float64, shape.channels)}
				for c := range b.Channels {
					for i := range int(shape.rate) {
						b.Channels[c] = append(b.Channels[c], wave(c, s+float64(i)/shape.rate))
					}
				}
				readings, alerts := e.Block(&b)
				tell(&said, readings, alerts)
				tell(&said, nil, second(e.Tick(after(from+s+1))))
			}
			return said.String()
		}
		engines := [2]*Engine{}
		for i := range engines {
			var err error
			if engines[i], err = New(Plan{Sources: []Source{{ID: "s-1", Resident: "r-1", Kind: k, Contact: -1, Class: Unsupervised}}}); err != nil {
				t.Fatal(err)
			}
		}
		play(engines[0], 0, 200, before)
		for s := 200; s < 2000; s++ {
			engines[0].Tick(after(float64(s)))
		}
		had, fresh := play(engines[0], 2000, 240, beyond), play(engines[1], 2000, 240, beyond)
		if fresh == "" && k != BedIMU {
			t.Errorf("%v: nothing was said", k)
		}
		if had != fresh {
			t.Errorf("%v: after a gap\n%s\nfrom new\n%s", k, had, fresh)
		}
	}
}

// usual is about what a channel of a kind shows.
func usual(k Kind, channel int) float64 {
	switch k {
	case PPG:
		return 90000
	case BedPad:
		return 2.4
	case BedIMU: // lies on the side
		return [...]float64{0.3, 0.1, 0.95}[channel%3]
	}
	return [...]float64{0.3, 0.4, 0.86, 1, 1, 1}[channel%6]
}

func second[A, B any](_ A, b B) B { return b }

// tell writes what is about a person, without the mark that samples were lost.
func tell(said *strings.Builder, readings []care.Reading, alerts []care.Alert) {
	for _, r := range readings {
		fmt.Fprintf(said, "%v %v %v %v\n", r.At.Format(time.TimeOnly), r.Metric, r.Value, r.Quality)
	}
	for _, a := range alerts {
		if !a.Kind.Technical() {
			fmt.Fprintf(said, "%v %v %v\n", a.At.Format(time.TimeOnly), a.Kind, a.State)
		}
	}
}
