package sim

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func read(t *testing.T, text string, rateHz float64, columns ...string) *Recording {
	t.Helper()
	r, err := ReadRecording(strings.NewReader(text), rateHz, columns...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRecordingPlaysAtItsOwnRateThenHolds(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for name, r := range map[string]*Recording{
		"with t":    read(t, "t,ax,ay,az,gx\n100.0,0,0,1,5\n100.5,1,0,1,15\n101.0,1,-2,1,25\n", 0, "ax"),
		"with rate": read(t, "ax, ay, az, gx\n0,0,1,5\n1,0,1,15\n1,-2,1,25\n", 2, "ax"),
	} {
		if r.Duration() != time.Second || !r.Has("gx") || r.Has("gy") {
			t.Errorf("%s: %v", name, r.Duration())
		}
		source := r.IMU(start)
		for _, c := range []struct {
			after     time.Duration
			acc, gyro [3]float64
		}{
			{-time.Hour, [3]float64{0, 0, 1}, [3]float64{5, 0, 0}},
			{0, [3]float64{0, 0, 1}, [3]float64{5, 0, 0}},
			{250 * time.Millisecond, [3]float64{0.5, 0, 1}, [3]float64{10, 0, 0}},
			{500 * time.Millisecond, [3]float64{1, 0, 1}, [3]float64{15, 0, 0}},
			{750 * time.Millisecond, [3]float64{1, -1, 1}, [3]float64{20, 0, 0}},
			{time.Second, [3]float64{1, -2, 1}, [3]float64{25, 0, 0}},
			{time.Hour, [3]float64{1, -2, 1}, [3]float64{25, 0, 0}},
		} {
			acc, gyro := source(start.Add(c.after))
			if acc != c.acc || gyro != c.gyro {
				t.Errorf("%s after %v: %v %v, want %v %v", name, c.after, acc, gyro, c.acc, c.gyro)
			}
		}
	}
}

func TestRecordingWithTwoRowsAtOneTime(t *testing.T) {
	start := time.Unix(0, 0)
	v := read(t, "t,v\n0,0\n1,1\n1,3\n2,3\n", 0).Volts(start, "v")
	for _, at := range []float64{0, 0.5, 1, 1.5, 2} {
		got := v(start.Add(time.Duration(at * float64(time.Second))))
		if math.IsNaN(got) || got < 0 || got > 3 {
			t.Errorf("at %v: %v", at, got)
		}
	}
}

func TestBadRecordings(t *testing.T) {
	for _, c := range []struct{ name, text, says string }{
		{"empty", "", "header"},
		{"no rows", "t,ax\n", "no rows"},
		{"column twice", "t,ax,ax\n0,0,0\n", "twice"},
		{"missing column", "t,ay\n0,0\n", `no column "ax"`},
		{"not a number", "t,ax\n0,0\n1,fast\n", `line 3, column "ax": "fast"`},
		{"infinite", "t,ax\n0,Inf\n", "not a number"},
		{"short row", "t,ax\n0\n", "wrong number of fields"},
		{"time goes back", "t,ax\n1,0\n0,0\n", "time goes back"},
		{"no time and no rate", "ax\n1\n", "no rate"},
	} {
		_, err := ReadRecording(strings.NewReader(c.text), 0, "ax")
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// sine is a pulse wave of 1 Hz in a unit of its own, at 100 Hz.
func sine(withRed bool) string {
	var b strings.Builder
	b.WriteString("ir")
	if withRed {
		b.WriteString(",red")
	}
	for i := range 1000 {
		v := math.Sin(2*math.Pi*float64(i)/100)*0.3 + 0.5
		b.WriteString("\n" + formatFloat(v))
		if withRed {
			b.WriteString("," + formatFloat(2*v))
		}
	}
	return b.String()
}

func TestPulseRecordingBecomesLight(t *testing.T) {
	start := time.Unix(1000, 0)
	for _, spo2 := range []float64{97, 90} {
		source := read(t, sine(false), 100, "ir").PPG(start, Light{SpO2: spo2})
		var reds, irs []float64
		for i := range 900 {
			red, ir := source(start.Add(time.Duration(i) * 10 * time.Millisecond))
			reds, irs = append(reds, red), append(irs, ir)
		}
		acRed, dcRed := span(reds)
		acIR, dcIR := span(irs)
		if math.Abs(dcIR-110_000) > 200 || math.Abs(acIR/dcIR-0.02) > 0.0005 {
			t.Errorf("infrared %v ± %v", dcIR, acIR)
		}
		ratio := (acRed / dcRed) / (acIR / dcIR)
		if got := -45.060*ratio*ratio + 30.354*ratio + 94.845; math.Abs(got-spo2) > 0.2 {
			t.Errorf("red says %v %%, want %v", got, spo2)
		}
		// Systole (a rise) takes light away.
		if irs[25] > irs[75] {
			t.Error("light rises with the blood")
		}
	}
	red, ir := read(t, sine(true), 100).PPG(start, Light{Recorded: true})(start)
	if red != 1 || ir != 0.5 {
		t.Errorf("recorded light was changed: %v %v", red, ir)
	}
	red, ir = read(t, "x\n1\n", 100).PPG(start, Light{})(start)
	if red != 0 || ir != 0 {
		t.Errorf("light from a recording without any: %v %v", red, ir)
	}
}

func span(v []float64) (ac, dc float64) {
	low, high := slices.Min(v), slices.Max(v)
	return high - low, (high + low) / 2
}

func FuzzReadRecording(f *testing.F) {
	f.Add("t,ax\n0,1\n1,2\n", 0.0)
	f.Add("ax\n1\n", 50.0)
	f.Add("t\n0\n", 0.0)
	f.Add("t,t\n0,1\n", 0.0)
	f.Fuzz(func(t *testing.T, text string, rateHz float64) {
		r, err := ReadRecording(strings.NewReader(text), rateHz)
		if err != nil {
			return
		}
		start := time.Unix(0, 0)
		for _, after := range []time.Duration{-1, 0, time.Millisecond, time.Second, time.Hour} {
			r.IMU(start)(start.Add(after))
			r.PPG(start, Light{})(start.Add(after))
			r.Volts(start, "v")(start.Add(after))
		}
	})
}

func formatFloat(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
