package detect

import (
	"math"
	"testing"
	"time"

	"osmanthus/care"
)

// ramp is a block whose channels say when each sample was, in seconds.
func ramp(from, seconds, rate float64) *care.Block {
	b := &care.Block{Source: "s-1", Kind: care.IMU, Rate: rate, Start: after(from), Channels: make([][]float64, 3)}
	for i := range int(seconds * rate) {
		for k := range b.Channels {
			b.Channels[k] = append(b.Channels[k], from+float64(i)/rate+float64(k))
		}
	}
	return b
}

func TestD10_ASnippetShowsTheStretchThatWasAskedFor(t *testing.T) {
	for _, rate := range []float64{10, 25, 50, 104, 200} {
		r := newRecorder(care.IMU, 25, 30*time.Second, 3)
		for at := 0.0; at < 47; at++ {
			r.block(ramp(at, 1, rate))
		}
		s := r.snapshot(after(30), after(45), 1e-3)
		if s == nil || s.Kind != care.IMU || s.Rate != 25 || len(s.Channels) != 3 {
			t.Fatalf("%v Hz: %+v", rate, s)
		}
		if n := s.Len(); n < 374 || n > 377 {
			t.Errorf("%v Hz: 15 s at 25 Hz are %d samples", rate, n)
		}
		for _, i := range []int{0, 100, s.Len() - 1} {
			at := s.Start.Add(time.Duration(float64(i) / s.Rate * float64(time.Second))).Sub(start).Seconds()
			if v := s.Channels[0].Value(i); math.Abs(v-at) > 0.12 {
				t.Errorf("%v Hz: sample %d of %v s was recorded at %v s", rate, i, at, v)
			}
		}
		if s := r.snapshot(after(-100), after(500), 1e-3); s.Len() != 750 {
			t.Errorf("%v Hz: all of it are %d samples, want 30 s", rate, s.Len())
		}
		if s := r.snapshot(after(60), after(70), 1e-3); s != nil {
			t.Errorf("%v Hz: there is nothing after the end: %d samples", rate, s.Len())
		}
	}
}

func TestD10_ASnippetIsNeverGluedTogether(t *testing.T) {
	r := newRecorder(care.IMU, 25, 30*time.Second, 3)
	r.block(ramp(0, 10, 50))
	r.block(ramp(20, 5, 50)) // ten seconds are missing
	s := r.snapshot(after(0), after(30), 1e-3)
	if s.Len() != 125 || s.Start.Before(after(20)) {
		t.Errorf("%d samples from %v", s.Len(), s.Start.Sub(start))
	}
	r.block(ramp(20, 5, 50)) // the same again
	if again := r.snapshot(after(0), after(30), 1e-3); again.Len() != s.Len() {
		t.Errorf("a repeated block was recorded: %d samples", again.Len())
	}
}

// TestAHoleOfASnippetStaysAHole: what was measured before it is shown, in
// its place.
func TestAHoleOfASnippetStaysAHole(t *testing.T) {
	for _, rate := range []float64{10, 25, 50, 104, 200} {
		for _, missing := range []float64{0.3, 1, 4.9} {
			r := newRecorder(care.IMU, 25, 30*time.Second, 3)
			r.block(ramp(0, 10, rate))
			next := ramp(10+missing, 5, rate)
			next.Gap = true
			r.block(next)
			s := r.snapshot(after(0), after(30), 1e-3)
			holes := 0
			for i := range s.Len() {
				at := s.Start.Add(time.Duration(float64(i) / s.Rate * float64(time.Second))).Sub(start).Seconds()
				if s.Channels[0].Counts[i] == care.SnippetHole {
					holes++
				} else if v := s.Channels[0].Value(i); math.Abs(v-at) > 0.12 {
					t.Fatalf("%v Hz without %v s: sample %d of %v s was recorded at %v s", rate, missing, i, at, v)
				}
			}
			if n := float64(holes) / s.Rate; s.Start.After(after(0.2)) || math.Abs(n-missing) > 0.15 {
				t.Errorf("%v Hz without %v s: from %v, a hole of %v s", rate, missing, s.Start.Sub(start), n)
			}
		}
	}
}

// TestASnippetOfSinglesThatAreLostToo: a sample here and there, of which none
// makes a frame.
func TestASnippetOfSinglesThatAreLostToo(t *testing.T) {
	for _, from := range []float64{0, 10} {
		r := newRecorder(care.IMU, 25, 30*time.Second, 3)
		r.block(ramp(0, from, 100))
		for at := from + 0.5; at < from+10; at++ {
			r.block(ramp(at, 0.01, 100))
		}
		r.block(ramp(from+10, 5, 100))
		s := r.snapshot(after(0), after(30), 1e-3)
		want := 5.0 // before, there was no frame
		if from > 0 {
			want = 25
		}
		if n := float64(s.Len()) / s.Rate; math.Abs(n-want) > 0.3 {
			t.Errorf("after %v s: %v s are shown, want %v s", from, n, want)
		}
	}
}

func TestRecorderTakesAnythingAndAllocatesNothing(t *testing.T) {
	r := newRecorder(care.IMU, 25, 30*time.Second, 3)
	r.block(&care.Block{Kind: care.PPG, Rate: 50, Start: start, Channels: [][]float64{{1}, {2}, {3}}})
	r.block(&care.Block{Kind: care.IMU, Rate: 50, Start: start, Channels: [][]float64{{1}}})
	if s := r.snapshot(start, after(10), 0); s != nil {
		t.Errorf("recorded %+v", s)
	}
	nan := ramp(0, 1, 50)
	nan.Channels[0][10], nan.Channels[1][20] = math.NaN(), math.Inf(1)
	r.block(nan)
	if s := r.snapshot(start, after(1), 0); s.Channels[0].Counts[5] != care.SnippetHole || s.Channels[2].Counts[5] == care.SnippetHole {
		t.Errorf("what was not measured is no hole: %v", s.Channels[0].Counts)
	}
	b, at := ramp(0, 0.5, 50), 1.0
	if n := testing.AllocsPerRun(200, func() { b.Start = after(at); at += 0.5; r.block(b) }); n != 0 {
		t.Errorf("%v allocations a block", n)
	}
}

func TestDiaryKeepsTheLastValues(t *testing.T) {
	var d diary
	if d.snapshot(care.HeartRate) != nil {
		t.Error("nothing was noted")
	}
	for i := range 40 {
		d.note(after(float64(i)*5), 60+float64(i))
		d.note(after(float64(i)*5), 999) // the same again
	}
	s := d.snapshot(care.HeartRate)
	if s.Len() != diaryLen || s.Channels[0].Value(diaryLen-1) != 99 || s.Offsets[1] != 5000 || s.Start != after(24*5) {
		t.Errorf("%+v", s)
	}
	d.note(after(4*3600), 70)
	if s := d.snapshot(care.HeartRate); s.Len() != 1 {
		t.Errorf("values of long ago are shown: %d", s.Len())
	}
	d.note(after(-3600), 71) // the clock was set back
	if s := d.snapshot(care.HeartRate); s.Len() != 1 || s.Channels[0].Value(0) != 71 {
		t.Errorf("after the clock was set back: %+v", s)
	}
}

func TestRuleHashChangesWithTheRule(t *testing.T) {
	limits := []care.Feature{{Name: "quiet", Value: 3, Unit: "s"}}
	h := ruleHash("fall/1", limits, []byte("model"))
	if len(h) != 16 || h != ruleHash("fall/1", limits, []byte("model")) {
		t.Errorf("%q", h)
	}
	for _, other := range []string{ruleHash("fall/2", limits, []byte("model")), ruleHash("fall/1", nil, []byte("model")),
		ruleHash("fall/1", limits, []byte("other")), ruleHash("fall/1", []care.Feature{{Name: "quiet", Value: 4, Unit: "s"}}, []byte("model"))} {
		if other == h {
			t.Error("another rule has the same hash")
		}
	}
}
