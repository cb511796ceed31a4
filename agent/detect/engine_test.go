package detect

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
)

func TestThePlanIsChecked(t *testing.T) {
	for want, p := range map[string]Plan{
		"without an id":  {Sources: []Source{{Kind: PPG}}},
		"listed twice":   {Sources: []Source{{ID: "a", Kind: PPG}, {ID: "a", Kind: BedPad}}},
		"unknown kind":   {Sources: []Source{{ID: "a", Kind: 99}}},
		"unknown class":  {Sources: []Source{{ID: "a", Kind: PPG, Class: 99}}},
		"need a hystere": {Sources: []Source{{ID: "a", Kind: BedPad, Pad: Pad{On: 1, Off: 1}}}},
	} {
		if _, err := New(p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, have %v", want, err)
		}
	}
}

func TestNamesAreReadBack(t *testing.T) {
	for k := IMUWrist; int(k) < len(kindNames); k++ {
		if got, ok := KindByName(k.String()); !ok || got != k {
			t.Errorf("kind %v is read as %v", k, got)
		}
	}
	for c := Wired; int(c) < len(classNames); c++ {
		if got, ok := ClassByName(c.String()); !ok || got != c {
			t.Errorf("class %v is read as %v", c, got)
		}
	}
	if _, ok := KindByName("crystal-ball"); ok {
		t.Error("a kind that does not exist was found")
	}
}

// household plays ten minutes of a home with every kind of source and writes
// all that its engine says.
func household(t testing.TB) string {
	var p Plan
	for i := range 5 {
		r := care.ResidentID(fmt.Sprintf("r-%d", i))
		for _, k := range []Kind{IMUWrist, PPG, BedPad, CallLine, Vitals} {
			p.Sources = append(p.Sources, Source{ID: care.SourceID(fmt.Sprintf("%v-%d", k, i)), Resident: r, Kind: k})
		}
	}
	e, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	take := func(r []care.Reading, a []care.Alert) { fmt.Fprintf(&said, "%v\n%v\n", r, a) }
	fall := modelFall(200)
	for s := range 600 {
		for _, src := range p.Sources {
			at := after(float64(s))
			switch src.Kind {
			case IMUWrist:
				b := care.Block{Source: src.ID, Resident: src.Resident, Kind: care.IMU, Rate: 50, Start: at, Channels: make([][]float64, 3)}
				for i := range 50 {
					x, y, z := fall(float64(s) + float64(i)/50)
					b.Channels[0], b.Channels[1], b.Channels[2] = append(b.Channels[0], x), append(b.Channels[1], y), append(b.Channels[2], z)
				}
				take(e.Block(&b))
			case PPG:
				b := care.Block{Source: src.ID, Resident: src.Resident, Kind: care.PPG, Rate: 100, Start: at, Channels: make([][]float64, 2)}
				for i := range 100 {
					w := math.Sin(2 * math.Pi * 1.2 * (float64(s) + float64(i)/100))
					b.Channels[0] = append(b.Channels[0], 90000-400*w)
					b.Channels[1] = append(b.Channels[1], 110000-900*w)
				}
				take(e.Block(&b))
			case CallLine:
				take(e.Reading(care.NewReading(src.Resident, src.ID, care.CallLine, float64(s/300%2), 100, at)))
			case Vitals:
				take(e.Reading(care.NewReading(src.Resident, src.ID, care.HeartRate, 60+float64(s%200), 100, at)))
			}
		}
		take(e.Tick(after(float64(s + 1))))
	}
	return said.String()
}

func TestD1_TheSameTraceGivesTheSameBytes(t *testing.T) {
	a := household(t)
	for _, word := range []string{"fall", "call", "vital_high", "source_stale"} {
		if !strings.Contains(a, word) {
			t.Errorf("nothing about %s happened in the trace", word)
		}
	}
	for range 3 {
		if household(t) != a {
			t.Fatal("the same trace gave other bytes")
		}
	}
}

func TestABlockOfTheWrongShapeIsIgnored(t *testing.T) {
	h := newHome(t, Source{Kind: IMUWrist}, Plan{})
	for _, b := range []care.Block{
		{Source: "s-1", Kind: care.IMU, Rate: 50},
		{Source: "s-1", Kind: care.IMU, Rate: 0, Channels: [][]float64{{1}, {1}, {1}}},
		{Source: "s-1", Kind: care.IMU, Rate: math.NaN(), Channels: [][]float64{{1}, {1}, {1}}},
		{Source: "s-1", Kind: care.IMU, Rate: 50, Channels: [][]float64{{1, 2}, {1}, {1}}},
		{Source: "s-1", Kind: care.IMU, Rate: 50, Channels: [][]float64{{1}}},
		{Source: "s-1", Kind: care.PPG, Rate: 50, Channels: [][]float64{{1}}},
		{Source: "unknown", Kind: care.IMU, Rate: 50, Channels: [][]float64{{1}, {1}, {1}}},
	} {
		h.take(h.engine.Block(&b))
	}
	if len(h.values)+len(h.alerts) != 0 {
		t.Errorf("something was made of nothing: %v %v", h.values, h.alerts)
	}
}

func TestAReadingOfAnUnknownSourcePassesUnjudged(t *testing.T) {
	h := newHome(t, Source{Kind: Vitals}, Plan{})
	r := care.NewReading("r-9", "elsewhere", care.HeartRate, 200, 90, start)
	readings, alerts := h.engine.Reading(r)
	if len(readings) != 1 || !reflect.DeepEqual(readings[0], r) || len(alerts) != 0 {
		t.Errorf("it became %v, %v", readings, alerts)
	}
}

// What comes by another road than NewReading is as implausible.
func TestAReadingThatNobodyFlaggedIsFlagged(t *testing.T) {
	for _, v := range []float64{700, -3, math.NaN(), math.Inf(1)} {
		h := newHome(t, Source{Kind: Spot}, Plan{})
		readings, alerts := h.engine.Reading(care.Reading{Resident: "r-1", Source: "s-1", Metric: care.HeartRate, Value: v, Quality: 100, At: start})
		h.take(readings, alerts)
		if len(readings) != 1 || readings[0].Flags&care.OutOfRange == 0 || slices.ContainsFunc(alerts, func(a care.Alert) bool { return !a.Kind.Technical() }) {
			t.Errorf("%v became %v, %v", v, readings, alerts)
		}
	}
}

// BenchmarkBlock is one second of one source; it must not allocate.
func BenchmarkBlock(b *testing.B) {
	for _, k := range []Kind{IMUWrist, PPG, BedPad} {
		b.Run(k.String(), func(b *testing.B) {
			e, err := New(Plan{Sources: []Source{{ID: "s-1", Resident: "r-1", Kind: k}}})
			if err != nil {
				b.Fatal(err)
			}
			block := care.Block{Source: "s-1", Kind: care.IMU, Rate: 100, Channels: make([][]float64, 3)}
			switch k {
			case PPG:
				block.Kind = care.PPG
			case BedPad:
				block.Kind = care.BedLoad
			}
			for c := range block.Channels {
				for i := range 100 {
					v := 0.3 + 0.01*hum(i)
					if k == PPG {
						v = 100000 - 500*math.Sin(2*math.Pi*float64(i)/100)
					}
					block.Channels[c] = append(block.Channels[c], v)
				}
			}
			at := start
			b.ReportAllocs()
			for b.Loop() {
				block.Start = at
				e.Block(&block)
				e.Tick(at)
				at = at.Add(time.Second)
			}
		})
	}
}
