package detect

import (
	"math"
	"slices"
	"testing"
	"time"

	"osmanthus/agent/eval/recordings"
	"osmanthus/care"
)

// errorsOf gathers how far estimates lie from the reference.
type errorsOf struct {
	sum          float64
	n, near, due int
	all          []float64
}

func (e *errorsOf) add(estimate, truth, near float64) {
	d := math.Abs(estimate - truth)
	e.sum += d
	e.n++
	e.all = append(e.all, d)
	if d <= near {
		e.near++
	}
}

func (e *errorsOf) mean() float64 { return e.sum / float64(max(e.n, 1)) }

func (e *errorsOf) report(t *testing.T, what string) {
	slices.Sort(e.all)
	p95 := 0.0
	if e.n > 0 {
		p95 = e.all[e.n*95/100]
	}
	t.Logf("%s: mean error %.2f, 95th percentile %.2f, %d values, given in %.0f %% of the windows", what, e.mean(), p95, e.n, 100*float64(e.n)/float64(e.due))
}

// TestA6_PulseAndBreathOnIntensiveCarePatients compares with monitors and with
// breaths that two people marked (BIDMC, finger, lying still): an upper bound
// of what a wrist can do.
func TestA6_PulseAndBreathOnIntensiveCarePatients(t *testing.T) {
	var rate, light, chest errorsOf
	for _, p := range recordings.Read(t, recordings.BIDMC) {
		resp, pleth, breaths := p.Resp, p.Pleth, p.Breaths
		heart := map[int]float64{}
		for i, v := range p.Heart {
			if v > 0 {
				heart[i] = v
			}
		}
		truth := func(at float64) float64 { // of the last 32 s, where both people agree
			a, b := perMinute(breaths[0], at-32, at), perMinute(breaths[1], at-32, at)
			if math.Abs(a-b) > 2 {
				return 0
			}
			return (a + b) / 2
		}
		for _, s := range []struct {
			wave  []float64
			kind  Kind
			block care.BlockKind
		}{{pleth, PPG, care.PPG}, {resp, Breathing, care.BedLoad}} {
			e, err := New(Plan{Sources: []Source{{ID: "s", Resident: "r", Kind: s.kind, Contact: -1}}})
			if err != nil {
				t.Fatal(err)
			}
			start := time.Unix(0, 0)
			for i := 0; i+125 <= len(s.wave); i += 125 {
				at := float64(i) / 125
				b := care.Block{Source: "s", Resident: "r", Kind: s.block, Rate: 125, Start: start.Add(seconds(at)), Channels: [][]float64{s.wave[i : i+125]}}
				readings, _ := e.Block(&b)
				for _, r := range readings {
					at := r.At.Sub(start).Seconds()
					switch v, tr := heart[int(at)], truth(at); {
					case r.Metric == care.PulseRate && v > 0:
						rate.add(r.Value, v, 5)
					case r.Metric == care.RespiratoryRate && tr > 0 && s.kind == PPG:
						light.add(r.Value, tr, 2)
					case r.Metric == care.RespiratoryRate && tr > 0:
						chest.add(r.Value, tr, 2)
					}
				}
			}
		}
		rate.due += len(pleth) / 125 / 5
		for at := 32.0; at < 480; at += 10 {
			if truth(at) > 0 {
				light.due++
				chest.due++
			}
		}
	}
	rate.report(t, "pulse rate, /min")
	light.report(t, "breathing rate from light, /min")
	chest.report(t, "breathing rate from the chest, /min")
	t.Logf("within 5 /min: %.1f %%; within 2 /min: %.1f %% and %.1f %%", 100*float64(rate.near)/float64(rate.n),
		100*float64(light.near)/float64(light.n), 100*float64(chest.near)/float64(chest.n))
	if rate.mean() > 1.2 || float64(rate.near) < 0.95*float64(rate.n) || float64(rate.n) < 0.94*float64(rate.due) {
		t.Error("the pulse rate has become worse")
	}
	if light.mean() > 0.9 || float64(light.n) < 0.66*float64(light.due) || chest.mean() > 0.6 {
		t.Error("the breathing rate has become worse")
	}
}

func perMinute(breaths []float64, from, to float64) float64 {
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
		return 0
	}
	return 60 * float64(n-1) / (last - first)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
