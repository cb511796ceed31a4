package detect

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

func TestTheModelsThatAreShippedAreRead(t *testing.T) {
	for _, m := range []*FallModel{wristModel(), waistModel()} {
		if len(m.hash) != 16 || !strings.HasPrefix(m.Rule, "fall-w") {
			t.Errorf("rule %q, hash %q", m.Rule, m.hash)
		}
	}
	if wristModel().hash == waistModel().hash {
		t.Error("wrist and waist are one model")
	}
}

func TestAModelIsReadBackAsItWasWritten(t *testing.T) {
	b, err := json.Marshal(waistModel())
	if err != nil {
		t.Fatal(err)
	}
	m, err := ParseFallModel(b)
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(m)
	if err != nil || string(again) != string(b) {
		t.Errorf("another model was read: %v", err)
	}
}

func TestAModelThatCannotBeIsRefused(t *testing.T) {
	good, err := json.Marshal(waistModel())
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"no JSON":                 {"{", ""},
		"of other features":       {`"peak"`, `"peek"`},
		"without a rule":          {`"rule":"fall-waist/6"`, `"rule":""`},
		"borders out of order":    {`"sure":`, `"sure":-9,"was":`},
		"a tree that is too long": {`"trees":[[`, `"trees":[[1,`},
		"a feature there is not":  {`"trees":[[`, `"trees":[[200,`},
		"a network of 8 channels": {`"in":9`, `"in":8`},
		"a network cut short":     {`"last":[`, `"last":[1,`},
		"without a network":       {`"wave":`, `"weave":`},
	} {
		bad := strings.Replace(string(good), change[0], change[1], 1)
		if bad == string(good) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := ParseFallModel([]byte(bad)); err == nil {
			t.Errorf("%s: it was read", name)
		}
	}
	if _, err := ParseFallModel([]byte(`{"rule":"fall/1"}`)); err == nil {
		t.Error("an empty model was read")
	}
}

// BenchmarkFall is a second of a walking wrist at 50 Hz with a gyroscope: an
// impact is looked at in each second.
func BenchmarkFall(b *testing.B) {
	d := newFall(Source{ID: "s-1", Resident: "r-1", Kind: IMUWrist})
	block := walkingBlock()
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		block.Start = after(float64(i))
		d.Block(&block)
	}
}

// walkingBlock is a second of hard steps, which open an impact each.
func walkingBlock() care.Block {
	b := care.Block{Source: "s-1", Resident: "r-1", Kind: care.IMU, Rate: 50, Channels: make([][]float64, 6)}
	for i := range 50 {
		t := float64(i) / 50
		step := math.Exp(-math.Pow((math.Mod(t, 0.5)-0.2)/0.03, 2)) * 0.8
		for k, v := range [6]float64{0.9 + step, 0.3 + 0.2*step, 0.1, 40 * math.Sin(2*math.Pi*t), 10, 5 * math.Cos(2*math.Pi*t)} {
			b.Channels[k] = append(b.Channels[k], v)
		}
	}
	return b
}

// TestWatchingForFallsAllocatesNothing: only an alert does.
func TestWatchingForFallsAllocatesNothing(t *testing.T) {
	d := newFall(Source{ID: "s-1", Resident: "r-1", Kind: IMUWrist})
	block, i := walkingBlock(), 0
	if n := testing.AllocsPerRun(200, func() {
		block.Start = after(float64(i))
		i++
		d.Block(&block)
	}); n > 0 && len(d.out) == 0 {
		t.Errorf("%v allocations a second", n)
	}
}

// smallModel is a whole model that fits on a page.
func smallModel() *FallModel {
	m := *waistModel()
	for _, l := range []*FallLook{&m.First, &m.Second} {
		l.Acc.Trees, l.Gyro.Trees = l.Acc.Trees[:1], l.Gyro.Trees[:1]
	}
	c := signal.Conv{In: signal.WaveChannels, Out: 1, Width: 1, Stride: 50, Weights: make([]float32, signal.WaveChannels), Bias: []float32{1}}
	m.Wave = []FallNetwork{{signal.Network{Layers: []signal.Conv{c}, Last: make([]float32, c.Length(signal.WaveLength)), Bias: 0.5}}}
	return &m
}

func TestTreesAndNetworksSpeakTogether(t *testing.T) {
	m := smallModel()
	m.Wave = append(m.Wave, m.Wave[0])
	m.Wave[1].Bias = 1.5
	var f signal.ImpactFeatures
	var w signal.ImpactWave
	want := (1-fallWaveShare)*m.Second.Logit(&f) + fallWaveShare*(0.5+1.5)/2
	if got := m.believe(&f, &w); math.Abs(got-want) > 1e-6 {
		t.Errorf("together %v, want %v", got, want)
	}
}

func FuzzFallModel(f *testing.F) {
	b, err := json.Marshal(smallModel())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(strings.Replace(string(b), `"stride":50`, `"stride":1`, 1)))
	f.Add([]byte(strings.Replace(string(b), `"width":1`, `"width":3`, 1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseFallModel(b)
		if err != nil {
			return
		}
		var x signal.ImpactFeatures
		var w signal.ImpactWave
		m.First.Logit(&x)
		m.believe(&x, &w)
	})
}
