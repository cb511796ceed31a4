package detect

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"
	"time"

	"osmanthus/care"
)

// stage is what a thermal array sees: the warmth of each row of one column,
// above a room of 22 °C.
type stage [4]float64

var (
	nobody  = stage{}
	upright = stage{1.5, 1.8, 1.8, 1.6}
	bending = stage{0, 0.6, 1.8, 1.8}
	onFloor = stage{0, 0, 0.3, 3.5}
	inBed   = stage{0, 0, 2.5, 0.6}
	hiding  = stage{0, 0, 0, 0} // behind the sofa
)

// watching is a home with a thermal array.
type watching struct {
	*home
	at float64 // s
}

func newWatching(t testing.TB) *watching {
	w := &watching{home: newHome(t, Source{Kind: ThermalArray, Class: Unsupervised}, Plan{})}
	w.sees(nobody, 3)
	return w
}

// sees shows a stage for some seconds, at 8 pictures a second.
func (w *watching) sees(s stage, seconds float64) {
	for end := w.at + seconds - 1e-9; w.at < end; w.at += 0.125 {
		w.take(w.engine.Block(thermalBlock(s, w.at, 1)))
		if math.Mod(w.at, 1) == 0 {
			w.take(w.engine.Tick(after(w.at)))
		}
	}
}

func thermalBlock(s stage, at float64, n int) *care.Block {
	b := &care.Block{Source: "s-1", Resident: "r-1", Kind: care.Thermal, Rate: 8, Start: after(at), Channels: make([][]float64, thermalPixels)}
	for k := range thermalPixels {
		for i := range n {
			v := 22 + 0.1*hum(k+16*i+int(at*800))
			if k%4 == 1 {
				v += s[k/4]
			}
			b.Channels[k] = append(b.Channels[k], v)
		}
	}
	return b
}

func TestD2_AFallBeforeTheThermalArrayIsConfirmed(t *testing.T) {
	w := newWatching(t)
	w.sees(upright, 4)
	fell := w.at
	w.sees(onFloor, 12)
	w.want("fall:suspected:high fall:confirmed:high")
	if off := w.alerts[0].Onset.Sub(after(fell)); off < -time.Second || off > time.Second {
		t.Errorf("the fall is said to have begun %v after it did", off)
	}
	if late := w.alerts[1].At.Sub(w.alerts[1].Onset); late > 12*time.Second {
		t.Errorf("it took %v to confirm", late)
	}
	if e := w.alerts[0].Evidence; len(e.Hash) != 16 || len(e.Features) == 0 || e.Snippet == nil {
		t.Errorf("the alert does not explain itself: %+v", e)
	}
}

// TestThermalStates is every state and event.
func TestThermalStates(t *testing.T) {
	suspected := func(w *watching) { w.sees(upright, 4); w.sees(onFloor, 2) }
	settled := func(w *watching) { w.sees(upright, 4); w.sees(onFloor, 12) }
	idle := func(w *watching) { w.sees(upright, 4) }
	resting := func(w *watching) { w.sees(upright, 4); w.sees(bending, 1); w.sees(inBed, 40) }
	for name, c := range map[string]struct {
		state func(*watching)
		event func(*watching)
		want  string
	}{
		"idle, low":                 {idle, func(w *watching) { w.sees(onFloor, 2) }, "fall:suspected:high"},
		"idle, low for a moment":    {idle, func(w *watching) { w.sees(onFloor, 0.25); w.sees(upright, 3) }, ""},
		"idle, bends":               {idle, func(w *watching) { w.sees(bending, 5); w.sees(upright, 3) }, ""},
		"idle, lies in the bed":     {idle, func(w *watching) { w.sees(bending, 1); w.sees(inBed, 40) }, "fall:suspected:high fall:cleared:high"},
		"idle, goes":                {idle, func(w *watching) { w.sees(nobody, 40) }, ""},
		"idle, silence":             {idle, func(w *watching) { w.tick(w.at, w.at+60) }, ""},
		"suspected, low":            {suspected, func(w *watching) { w.sees(onFloor, 10) }, "fall:suspected:high fall:confirmed:high"},
		"suspected, up":             {suspected, func(w *watching) { w.sees(upright, 3) }, "fall:suspected:high fall:cleared:high"},
		"suspected, up for a while": {suspected, func(w *watching) { w.sees(upright, 0.25); w.sees(onFloor, 12) }, "fall:suspected:high fall:confirmed:high"},
		"suspected, out of sight":   {suspected, func(w *watching) { w.sees(hiding, 30) }, "fall:suspected:high fall:confirmed:high"},
		"suspected, silence":        {suspected, func(w *watching) { w.tick(w.at, w.at+30) }, "fall:suspected:high fall:confirmed:high"},
		"settled, low":              {settled, func(w *watching) { w.sees(onFloor, 60) }, "fall:suspected:high fall:confirmed:high"},
		"settled, up":               {settled, func(w *watching) { w.sees(upright, 3) }, "fall:suspected:high fall:confirmed:high fall:cleared:high"},
		"settled, up and down": {settled, func(w *watching) { w.sees(upright, 3); w.sees(onFloor, 2) },
			"fall:suspected:high fall:confirmed:high fall:cleared:high fall:suspected:high"},
		"settled, goes":                   {settled, func(w *watching) { w.sees(nobody, 60) }, "fall:suspected:high fall:confirmed:high"},
		"resting, low":                    {resting, func(w *watching) { w.sees(onFloor, 12) }, "fall:suspected:high fall:cleared:high fall:suspected:high fall:confirmed:high"},
		"resting, low for a moment":       {resting, func(w *watching) { w.sees(onFloor, 1); w.sees(inBed, 60) }, "fall:suspected:high fall:cleared:high"},
		"resting, turns in a low bed":     {resting, func(w *watching) { w.sees(onFloor, 4); w.sees(inBed, 60) }, "fall:suspected:high fall:cleared:high fall:suspected:high fall:cleared:high"},
		"resting, falls out of sight":     {resting, func(w *watching) { w.sees(onFloor, 4); w.sees(hiding, 60) }, "fall:suspected:high fall:cleared:high fall:suspected:high fall:confirmed:high"},
		"resting, up":                     {resting, func(w *watching) { w.sees(upright, 3); w.sees(onFloor, 2) }, "fall:suspected:high fall:cleared:high fall:suspected:high"},
		"resting, goes and is back":       {resting, func(w *watching) { w.sees(nobody, 60); w.sees(inBed, 60) }, "fall:suspected:high fall:cleared:high"},
		"resting, silence":                {resting, func(w *watching) { w.tick(w.at, w.at+60) }, "fall:suspected:high fall:cleared:high"},
		"resting for hours, on the floor": {func(w *watching) { resting(w); w.sees(inBed, 3600) }, func(w *watching) { w.sees(onFloor, 12) }, "fall:suspected:high fall:cleared:high fall:suspected:high fall:confirmed:high"},
		"settled, silence":                {settled, func(w *watching) { w.tick(w.at, w.at+60) }, "fall:suspected:high fall:confirmed:high"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWatching(t)
			c.state(w)
			c.event(w)
			w.want(c.want)
		})
	}
}

// beside shows a stage while the window, two pixels in the upper right, is so
// much colder.
func (w *watching) beside(s stage, seconds, cold float64) {
	for end := w.at + seconds - 1e-9; w.at < end; w.at += 0.125 {
		b := thermalBlock(s, w.at, 1)
		b.Channels[3][0] -= cold
		b.Channels[7][0] -= cold
		w.take(w.engine.Block(b))
		if math.Mod(w.at, 1) == 0 {
			w.take(w.engine.Tick(after(w.at)))
		}
	}
}

// A window that was open left a cold background: when it is closed its pixels
// are not somebody who stands there.
func TestD2_AFallIsSeenAfterTheRoomWasAired(t *testing.T) {
	for _, cold := range []float64{2, 5, 15} {
		w := newWatching(t)
		w.sees(nobody, 60)
		w.beside(nobody, 300, cold)
		w.sees(nobody, 1)
		w.sees(upright, 5)
		w.sees(onFloor, 30)
		if got := w.said(); got != "fall:suspected:high fall:confirmed:high" {
			t.Errorf("%v °C colder: %q", cold, got)
		}
	}
}

func TestD2_OneDamagedPictureHidesNoFall(t *testing.T) {
	w := newWatching(t)
	b := thermalBlock(nobody, w.at, 1)
	b.Channels[2][0] -= 5.5
	w.take(w.engine.Block(b))
	w.at += 0.125
	w.sees(nobody, 5)
	w.sees(upright, 5)
	w.sees(onFloor, 30)
	w.want("fall:suspected:high fall:confirmed:high")
}

func TestARoomThatGetsWarmerIsNobody(t *testing.T) {
	w := newWatching(t)
	for minute := range 60 { // the sun: 3 °C in an hour, the floor most
		k := 3 * float64(minute) / 60
		for range 12 {
			w.take(w.engine.Block(thermalBlock(stage{k / 2, k / 2, k, k}, w.at, 40)))
			w.at += 5
		}
		w.take(w.engine.Tick(after(w.at)))
	}
	for _, a := range w.alerts {
		if a.State == care.Confirmed {
			t.Fatalf("the sun fell: %s", w.said())
		}
	}
}

func TestPicturesThatAreNoneAreLeftOut(t *testing.T) {
	w := newWatching(t)
	w.sees(upright, 4)
	for _, v := range []float64{math.NaN(), math.Inf(1), -60, 200} {
		b := thermalBlock(onFloor, w.at, 8)
		for k := range b.Channels {
			b.Channels[k][3] = v
		}
		w.take(w.engine.Block(b))
		w.at++
		w.sees(upright, 2)
	}
	w.take(w.engine.Block(&care.Block{Source: "s-1", Kind: care.Thermal, Rate: 8, Start: after(w.at), Channels: make([][]float64, 3)}))
	for _, a := range w.alerts {
		if a.State == care.Confirmed {
			t.Error("a picture that is none was a fall")
		}
	}
}

func FuzzThermal(f *testing.F) {
	f.Add([]byte{0, 10, 255, 3, 1, 80, 2, 7, 200, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		w := newWatching(t)
		at := 10.0
		for len(data) >= 3 {
			at += float64(int8(data[0])) / 4
			v := math.Float64frombits(uint64(binary.BigEndian.Uint16(data[1:])) << 48)
			s := stage{0, 0, 0, float64(data[1]) / 20}
			b := thermalBlock(s, at, 1+int(data[2]%16))
			b.Channels[data[2]%16][0] = v
			w.engine.Block(b)
			w.engine.Tick(after(at))
			data = data[3:]
		}
	})
}

func BenchmarkThermal(b *testing.B) {
	d := newThermal(Source{ID: "s-1", Kind: ThermalArray}.resolved())
	blocks := make([]*care.Block, 64)
	for i := range blocks {
		blocks[i] = thermalBlock(upright, float64(i)/8, 1)
	}
	b.ReportAllocs()
	for i := range b.N {
		k := blocks[i%64]
		k.Start = start.Add(time.Duration(i) * time.Second / 8)
		d.Block(k)
	}
}

func ExampleThermalPicture() {
	var p ThermalPicture
	room := func(int) float64 { return 22 }
	floor := func(k int) float64 { return 22 + 3*float64(k/12) }
	_, somebody := p.Push(room, start)
	f, _ := p.Push(floor, start.Add(time.Second))
	fmt.Printf("%v, then in row %.0f, %.0f %% on the floor\n", somebody, f.Low, 100*f.Floor)
	// Output: false, then in row 3, 100 % on the floor
}
