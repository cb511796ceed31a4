package detect

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"osmanthus/care"
)

// trunk is acceleration at the sternum in g: frontal, vertical, lateral.
type trunk func(t float64) (x, y, z float64)

// holds is a trunk that rests but for a little breathing.
func holds(x, y, z float64) trunk {
	return func(t float64) (float64, float64, float64) {
		n := 0.015 * math.Sin(2*math.Pi*0.25*t)
		return x + n, y - n, z + 0.01*hum(int(t*100))
	}
}

var (
	onBack    = holds(1.05, -0.1, 0.05)
	onSide    = holds(0.3, 0.05, -1)
	sitting   = holds(0.5, 0.88, 0.05)
	reclining = holds(0.94, 0.36, 0.05) // 69 degrees from upright
	walking   = trunk(func(t float64) (float64, float64, float64) {
		step := math.Sin(2 * math.Pi * 1.8 * t)
		return 0.12 + 0.15*hum(int(t*50)), 1 + 0.25*step, 0.1*math.Sin(2*math.Pi*0.9*t) + 0.08*hum(int(t*70))
	})
)

// wears plays a trunk at a rate, in blocks of half a second or of one row.
func (h *home) wears(rate, from, to float64, g trunk) {
	per := max(int(rate/2), 1)
	for n := 0; from+float64(n)/rate < to; n += per {
		b := care.Block{Source: "s-1", Resident: "r-1", Kind: care.IMU, Rate: rate, Start: after(from + float64(n)/rate), Channels: make([][]float64, 3)}
		for i := range per {
			x, y, z := g(from + float64(n+i)/rate)
			for k, v := range []float64{x, y, z} {
				b.Channels[k] = append(b.Channels[k], v)
			}
		}
		h.take(h.engine.Block(&b))
		end := from + float64(n+per)/rate
		if math.Floor(end) > math.Floor(from+float64(n)/rate) {
			h.take(h.engine.Tick(after(math.Floor(end))))
		}
	}
}

func newWearer(t testing.TB) (*home, *wear) {
	h := newHome(t, Source{Kind: BedIMU, Class: Unsupervised}, Plan{})
	return h, h.engine.watches[0].derive.(*wear)
}

func TestWhoLiesSitsUpAndLeavesAtAnyRate(t *testing.T) {
	for _, rate := range []float64{1, 2, 4, 10, 25, 50} {
		h, d := newWearer(t)
		h.wears(rate, 0, 120, onBack)
		if d.state != wearLies || h.said() != "" {
			t.Errorf("%v Hz: lying is state %d, said %q", rate, d.state, h.said())
		}
		h.wears(rate, 120, 180, onSide)
		if d.side.value != care.PostureRight {
			t.Errorf("%v Hz: on the side is posture %d", rate, d.side.value)
		}
		h.wears(rate, 180, 240, onBack)
		h.wears(rate, 240, 300, sitting)
		if d.state != wearUp || h.said() != "" {
			t.Errorf("%v Hz: a minute of sitting up is state %d, said %q", rate, d.state, h.said())
		}
		h.wears(rate, 300, 330, walking)
		if said := h.said(); !strings.HasSuffix(said, "bed_exit:confirmed:medium") || len(h.alerts) > 2 {
			t.Errorf("%v Hz: said %q", rate, said)
			continue
		}
		if s := h.alerts[len(h.alerts)-1].At.Sub(after(300)).Seconds(); s < 0 || s > 15 {
			t.Errorf("%v Hz: told %.1f s after standing up", rate, s)
		}
	}
}

// fidgets is a trunk on the edge of a bed that sways by so many degrees, and
// settles anew every 15 s.
func fidgets(seed uint64, lean, sway, shift float64) trunk {
	const hz = 50
	rng := rand.New(rand.NewPCG(seed, 4))
	var frontal, lateral [180 * hz]float64
	along, across, settled := 0.0, 0.0, lean
	for i := range frontal {
		along += -along/100 + sway*math.Sqrt(0.02)*rng.NormFloat64()
		across += -across/100 + sway/2*math.Sqrt(0.02)*rng.NormFloat64()
		if rng.Float64() < 1.0/(15*hz) {
			settled = lean + shift*rng.NormFloat64()
		}
		frontal[i], lateral[i] = (settled+along)*math.Pi/180, across*math.Pi/180
	}
	return func(t float64) (x, y, z float64) {
		i := min(max(int((t-60)*hz), 0), len(frontal)-1)
		n := 0.006 * hum(int(t*97))
		return math.Sin(frontal[i])*math.Cos(lateral[i]) + n, math.Cos(frontal[i])*math.Cos(lateral[i]) - n, math.Sin(lateral[i]) + n
	}
}

// TestWhoFidgetsOnTheEdgeHasNotLeftAtAnyRate: a sensor of few rows, or of many,
// is not far away, and sways are no steps.
func TestWhoFidgetsOnTheEdgeHasNotLeftAtAnyRate(t *testing.T) {
	const stays = 20
	for _, rate := range []float64{1, 2, 4, 10, 25, 50} {
		for _, c := range []struct{ lean, sway, shift float64 }{{30, 2, 3}, {20, 3, 5}, {30, 5, 8}, {10, 3, 5}, {40, 3, 8}} {
			told := 0
			for seed := range uint64(stays) {
				h, _ := newWearer(t)
				h.wears(rate, 0, 60, onBack)
				h.wears(rate, 60, 240, fidgets(seed, c.lean, c.sway, c.shift))
				if strings.Contains(h.said(), "confirmed") {
					told++
				}
			}
			if told > stays/20 {
				t.Errorf("%v Hz: of %d stays with a lean of %v degrees that sways by %v, %d are told as leaving", rate, stays, c.lean, c.sway, told)
			}
		}
	}
}

// Who gets up while the agent is down is told of when it is back.
func TestWhoLeavesTheBedDuringARestart(t *testing.T) {
	const exit = "bed_exit:confirmed:medium"
	for _, c := range []struct {
		is   string
		was  trunk
		down float64 // s
		now  trunk
		want bool
	}{
		{"they walk", onBack, 5, walking, true},
		{"they sat on the edge, and walk", sitting, 5, walking, true},
		{"they walk after ten minutes", onBack, 600, walking, true},
		{"they lie as before", onBack, 5, onBack, false},
		{"they sit up in bed", onBack, 5, sitting, false},
		{"they sit, half an hour later: in a chair, for all that is known", onBack, 1800, walking, false},
	} {
		before, _ := newWearer(t)
		before.wears(10, 0, 300, onBack)
		before.wears(10, 300, 320, c.was)
		before.want("")
		saved, err := before.engine.Save(after(320))
		if err != nil {
			t.Fatal(err)
		}
		h, _ := newWearer(t)
		if err := h.engine.Load(saved, after(320+c.down)); err != nil {
			t.Fatal(err)
		}
		h.wears(10, 320+c.down, 340+c.down, c.now)
		if got := strings.HasSuffix(h.said(), exit); got != c.want || !c.want && h.said() != "" {
			t.Errorf("%s: %q", c.is, h.said())
		}
	}
}

func TestWearEveryStateAndEvent(t *testing.T) {
	const rate = 4.0
	silent := func(h *home, from float64) { h.tick(from, from+30) }
	play := func(g trunk) func(*home, float64) {
		return func(h *home, from float64) { h.wears(rate, from, from+20, g) }
	}
	set := func(h *home, from float64) { h.wears(rate, from-7200, from-7199, walking) } // the clock goes back
	states := map[wearState]func(h *home){
		wearUnknown: func(h *home) { h.wears(rate, 0, 60, walking) },
		wearLies:    func(h *home) { h.wears(rate, 0, 60, onBack) },
		wearUp:      func(h *home) { h.wears(rate, 0, 30, onBack); h.wears(rate, 30, 60, sitting) },
		wearGone: func(h *home) {
			h.wears(rate, 0, 20, onBack)
			h.wears(rate, 20, 30, sitting)
			h.wears(rate, 30, 60, walking)
		},
	}
	const exit, back = "bed_exit:confirmed:medium", "bed_exit:cleared:medium"
	for _, c := range []struct {
		name  string
		from  wearState
		event func(*home, float64)
		to    wearState
		said  string
	}{
		{"unknown, lies", wearUnknown, play(onBack), wearLies, ""},
		{"unknown, sits", wearUnknown, play(sitting), wearUnknown, ""},
		{"unknown, walks", wearUnknown, play(walking), wearUnknown, ""},
		{"unknown, silence", wearUnknown, silent, wearUnknown, ""},
		{"unknown, the clock goes back", wearUnknown, set, wearUnknown, ""},
		{"lies, lies otherwise", wearLies, play(onSide), wearLies, ""},
		{"lies, sits up", wearLies, play(sitting), wearUp, ""},
		{"lies, walks", wearLies, play(walking), wearGone, exit},
		{"lies, silence", wearLies, silent, wearLies, ""},
		{"lies, the clock goes back", wearLies, set, wearUnknown, ""},
		{"up, lies again", wearUp, play(onBack), wearLies, ""},
		{"up, goes on sitting", wearUp, play(sitting), wearUp, ""},
		{"up, walks", wearUp, play(walking), wearGone, exit},
		{"up, silence: out of reach", wearUp, silent, wearGone, exit},
		{"up, the clock goes back", wearUp, set, wearUnknown, ""},
		{"gone, lies", wearGone, play(onBack), wearLies, exit + " " + back},
		{"gone, sits on a chair", wearGone, play(sitting), wearGone, exit},
		{"gone, leans far back for a moment", wearGone, func(h *home, from float64) {
			h.wears(rate, from, from+1.5, reclining)
			h.wears(rate, from+1.5, from+9, sitting)
		}, wearGone, exit},
		{"gone, lies with the head high", wearGone, play(reclining), wearLies, exit + " " + back},
		{"up, leans far back", wearUp, play(reclining), wearLies, ""},
		{"gone, walks", wearGone, play(walking), wearGone, exit},
		{"gone, silence", wearGone, silent, wearGone, exit},
		{"gone, the clock goes back", wearGone, set, wearUnknown, exit},
	} {
		h, d := newWearer(t)
		states[c.from](h)
		if d.state != c.from {
			t.Errorf("%s: begins in state %d", c.name, d.state)
			continue
		}
		c.event(h, 60)
		said := strings.TrimPrefix(h.said(), "bed_exit:suspected:medium ") // of a confirmed one
		if d.state != c.to || said != c.said {
			t.Errorf("%s: state %d, said %q; want %d, %q", c.name, d.state, h.said(), c.to, c.said)
		}
	}
}

func TestWhoMayHaveLeftIsSuspectedAndClearedOrConfirmed(t *testing.T) {
	const suspected, confirmed, cleared = "bed_exit:suspected:medium", " bed_exit:confirmed:medium", " bed_exit:cleared:medium"
	type step struct {
		in   float64
		sure care.Quality
	}
	for _, c := range []struct {
		name  string
		steps []step
		want  string
	}{
		{"may have left, and is there", []step{{1, 100}, {0, 40}, {1, 100}}, suspected + cleared},
		{"may have left, and has", []step{{1, 100}, {0, 40}, {0, 40}, {0, 100}}, suspected + confirmed},
		{"may have left, and nothing more", []step{{1, 100}, {0, 40}}, suspected},
		{"has left, and may be back", []step{{1, 100}, {0, 100}, {1, 40}}, confirmed[1:]},
		{"twice", []step{{1, 100}, {0, 40}, {1, 100}, {0, 40}, {0, 100}}, suspected + cleared + " " + suspected + confirmed},
		{"may leave", nil, ""},
	} {
		policy := BedPolicy{Resident: "r-1", NoExit: c.steps == nil}
		if c.steps == nil {
			c.steps = []step{{1, 100}, {0, 40}, {0, 100}}
		}
		h := newHome(t, Source{Kind: BedIMU, Class: Unsupervised}, Plan{Beds: []BedPolicy{policy}})
		for i, s := range c.steps {
			h.take(h.engine.Reading(care.NewReading("r-1", "s-1", care.BedOccupancy, s.in, s.sure, after(10*float64(i)))))
		}
		if h.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, h.said(), c.want)
		}
	}
}

// TestWhoMayHaveLeftAndSitsIsSaidToBeThere: by the sternum itself, with a model
// that believes in leaving for some seconds after a rise.
func TestWhoMayHaveLeftAndSitsIsSaidToBeThere(t *testing.T) {
	const suspected, confirmed, cleared = "bed_exit:suspected:medium", " bed_exit:confirmed:medium", " bed_exit:cleared:medium"
	const maybe, surely = 1.2, 3.0                    // logits: 77 %, which is doubt for some seconds, and 95 %
	doubts := func(until, logit float64) *WearModel { // by the logarithm of the time since the rise
		l := math.Log(1 + until)
		return &WearModel{Trees: []WearTree{{Input: [3]uint8{4, 4, 4}, Limit: [3]float64{l, l, l}, Leaf: [4]float64{logit, logit, -3, -3}}}}
	}
	for _, c := range []struct {
		name  string
		until float64 // s after the rise
		logit float64
		then  trunk
		want  string
	}{
		{"hardly doubted", 2, maybe, sitting, ""},
		{"sits", 5, maybe, sitting, suspected + cleared},
		{"lies down again", 5, maybe, onBack, suspected + cleared},
		{"believed for long", 20, maybe, sitting, suspected + confirmed},
		{"surely believed, for a moment", 0.5, surely, sitting, ""},
		{"surely believed", 2, surely, sitting, confirmed[1:]},
	} {
		h := newHome(t, Source{Kind: BedIMU, Class: Unsupervised, Wear: doubts(c.until, c.logit)}, Plan{})
		h.wears(4, 0, 60, onBack)
		h.wears(4, 60, 65, sitting)
		h.wears(4, 65, 85, c.then)
		if h.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, h.said(), c.want)
		}
	}
}

// TestTheSternumSaysEveryPostureAndAgain: on change, and every 30 s; nobody lies
// in any way who has left.
func TestTheSternumSaysEveryPostureAndAgain(t *testing.T) {
	postures := func(h *home, from float64) (all []float64) {
		for _, r := range h.values {
			if r.Metric == care.BedPosture && !r.At.Before(after(from)) {
				all = append(all, r.Value)
			}
		}
		return all
	}
	h, _ := newWearer(t)
	at := 0.0
	for _, c := range []struct {
		lies trunk
		is   float64
	}{{onBack, care.PostureBack}, {onSide, care.PostureRight}, {holds(0.3, 0.05, 1), care.PostureLeft}, {holds(-1, 0.05, 0.2), care.PostureStomach}} {
		h.wears(4, at, at+100, c.lies)
		said := postures(h, at+5)
		if len(said) < 3 || slices.ContainsFunc(said, func(v float64) bool { return v != c.is }) {
			t.Errorf("who lies in posture %v is said to lie in %v", c.is, said)
		}
		at += 100
	}
	h.wears(4, at, at+10, sitting)
	if said := postures(h, at+3); len(said) == 0 || said[len(said)-1] != care.PostureSitting {
		t.Errorf("who sits is said to lie in %v", said)
	}
	h.wears(4, at+10, at+40, walking)
	if said := postures(h, at+10); len(said) == 0 || said[len(said)-1] != care.PostureUnknown {
		t.Errorf("who left is said to lie in %v", said)
	}
}

func FuzzWear(f *testing.F) {
	f.Add([]byte{200, 10, 10, 1, 200, 10, 10, 1, 140, 180, 128, 8, 128, 190, 128, 255})
	f.Add([]byte{0, 0, 0, 0, 255, 255, 255, 255, 128, 128, 128, 7})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, d := newWearer(t)
		at := 0.0
		for ; len(b) >= 4; b = b[4:] {
			axis := func(v byte) float64 {
				switch v {
				case 0:
					return math.NaN()
				case 255:
					return math.Inf(1)
				}
				return float64(v)/64 - 2
			}
			x, y, z := axis(b[0]), axis(b[1]), axis(b[2])
			if at += float64(b[3])/16 - 1; b[3] == 255 {
				at += 90000
			}
			h.take(h.engine.Block(&care.Block{Source: "s-1", Resident: "r-1", Kind: care.IMU, Rate: 4, Start: after(at), Channels: [][]float64{{x}, {y}, {z}}}))
			h.take(h.engine.Tick(after(at + 1)))
		}
		for _, r := range h.values {
			if r.Flags&care.OutOfRange != 0 || r.Metric == 0 {
				t.Fatalf("%+v", r)
			}
		}
		if p := d.odds.mean(at, wearWindow); math.IsNaN(p) {
			t.Fatal("a probability that is no number")
		}
	})
}

func BenchmarkWear(b *testing.B) {
	h, _ := newWearer(b)
	h.wears(25, 0, 60, onBack)
	h.wears(25, 60, 90, sitting)
	block := care.Block{Source: "s-1", Resident: "r-1", Kind: care.IMU, Rate: 25, Channels: [][]float64{make([]float64, 25), make([]float64, 25), make([]float64, 25)}}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		for i := range 25 {
			block.Channels[0][i], block.Channels[1][i], block.Channels[2][i] = sitting(float64(n) + float64(i)/25)
		}
		block.Start = after(90 + float64(n))
		h.engine.Block(&block)
		h.engine.Tick(after(91 + float64(n)))
	}
}
