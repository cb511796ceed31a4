package demo

import (
	"math"
	"testing"
)

func TestTheHeartBeatsAsOftenAsItsRateSays(t *testing.T) {
	b := NewBody(1, 70, 15, 96)
	b.Exert(60, 120, 25, 6)
	b.Desaturate(200, 260, 10)
	for from := 0.0; from < 400; from += 30 {
		sum := 0.0
		for s := from; s < from+30; s += 0.01 {
			sum += b.Heart(s) * 0.01 / 60
		}
		if got := b.beats(from+30) - b.beats(from); math.Abs(got-sum) > 0.35 {
			t.Errorf("from %v s: %.2f beats, the rate says %.2f", from, got, sum)
		}
	}
}

func TestTheLightCarriesTheOxygen(t *testing.T) {
	for _, want := range []float64{80, 88, 93, 97} {
		r := ratioOf(want)
		if got := -45.060*r*r + 30.354*r + 94.845; math.Abs(got-want) > 1e-9 {
			t.Errorf("ratio of %v %% gives back %v %%", want, got)
		}
	}
	b := NewBody(2, 60, 12, 96)
	var lo, hi [2]float64
	for i := range 2 {
		lo[i], hi[i] = math.Inf(1), 0
	}
	for s := 100.0; s < 101; s += 0.0025 {
		red, ir := b.PPG(s, 0)
		for i, v := range []float64{red, ir} {
			lo[i], hi[i] = min(lo[i], v), max(hi[i], v)
		}
	}
	got := (hi[0] - lo[0]) / hi[0] / ((hi[1] - lo[1]) / hi[1])
	if want := ratioOf(b.SpO2(100.5)); math.Abs(got-want) > 0.12 {
		t.Errorf("ratio of ratios in the light %.3f, of the blood %.3f", got, want)
	}
}

func TestEffortRaisesTheHeartSlowlyAndASpellLowersTheOxygen(t *testing.T) {
	b := NewBody(3, 70, 15, 96)
	b.heartWaves = nil
	b.Exert(100, 300, 20, 5)
	if at := b.Heart(102); at > 73 {
		t.Errorf("two seconds into the effort the heart is already at %.0f", at)
	}
	if at := b.Heart(280); at < 88 {
		t.Errorf("after three minutes of effort the heart is only at %.0f", at)
	}
	b.Desaturate(400, 600, 12)
	if at := b.SpO2(580); at > 86 {
		t.Errorf("at the end of the spell SpO2 is %.1f", at)
	}
	if at := b.SpO2(900); at < 94 {
		t.Errorf("five minutes after the spell SpO2 is %.1f", at)
	}
}
