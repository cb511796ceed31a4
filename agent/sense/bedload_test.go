package sense_test

import (
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/agent/sense"
	"osmanthus/agent/sim"
	"osmanthus/care"
)

// lastBlock keeps the last value of each channel of a source's blocks.
type lastBlock struct {
	mu     sync.Mutex
	kind   care.BlockKind
	values []float64
}

func (l *lastBlock) note(b *care.Block) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kind, l.values = b.Kind, l.values[:0]
	for _, c := range b.Channels {
		l.values = append(l.values, c[len(c)-1])
	}
}

func (l *lastBlock) get() (care.BlockKind, []float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.kind, append([]float64(nil), l.values...)
}

func TestLoadCellsComeInKilogramsAtTheirRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const tare, perKg = 84_000, -21_000.0
		b := newBed(t,
			sense.Sensor{ID: "slow", Resident: "r2", Kind: "hx711", Pin: "dt", Clock: "sck", Load: sense.Load{Tare: tare, PerKg: perKg}},
			sense.Sensor{ID: "fast", Resident: "r2", Kind: "hx711", Pin: "dt-2", Clock: "sck-2", Rate: 80, Load: sense.Load{PerKg: 1000}})
		lies := func(kg float64) sim.Counts { return func(time.Time) float64 { return tare + kg*perKg } }
		chip := sim.NewHX711(b.home.Pin("dt"), b.home.Pin("sck"), 10, lies(70))
		sim.NewHX711(b.home.Pin("dt-2"), b.home.Pin("sck-2"), 80, func(time.Time) float64 { return 0 })
		b.watch("slow")
		time.Sleep(5 * time.Second)
		before := b.count("fast")
		if share := b.share("slow", 10, 2*time.Minute); share < 0.999 || share > 1.001 {
			t.Errorf("10 Hz brought %.2f %% of its samples", 100*share)
		}
		if share := float64(b.count("fast")-before) / (80 * 120); share < 0.999 || share > 1.001 {
			t.Errorf("80 Hz brought %.2f %%", 100*share)
		}
		if kind, v := b.watched["slow"].get(); kind != care.BedLoad || len(v) != 1 || math.Abs(v[0]-70) > 1e-4 {
			t.Errorf("%v %v", kind, v)
		}
		chip.PowerCycle()
		if share := b.share("slow", 10, time.Minute); share < 0.95 {
			t.Errorf("around a dip of its supply it brought %.1f %%", 100*share)
		}
		// A wire of the cells that breaks drives the converter to an end of its
		// range: that is neither an empty bed nor an occupied one.
		chip.SetSource(func(time.Time) float64 { return math.Inf(1) })
		before = b.count("slow")
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if n := b.count("slow") - before; n > 5 {
			t.Errorf("%d samples of broken cells", n)
		}
		if values, _ := b.states("slow", care.SensorState); values[len(values)-1] != care.SensorSilent {
			t.Errorf("broken cells: states %v", values)
		}
		chip.SetSource(lies(0))
		time.Sleep(time.Minute)
		if values, _ := b.states("slow", care.SensorState); values[len(values)-1] != care.SensorWorks {
			t.Errorf("mended cells: states %v", values)
		}
		b.end()
	})
}

func TestAMattressSharesAConverterWithItsNeighbour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t, sense.Sensor{ID: "mattress", Resident: "r1", Kind: "fsrmatrix", Bus: "one", Channel: 2,
			Select: []string{"s0", "s1", "s2", "s3"}})
		var selects [4]*sim.Pin
		for i, name := range []string{"s0", "s1", "s2", "s3"} {
			selects[i] = b.home.Pin(name)
		}
		cells := sim.NewMattress(selects, func(time.Time) (v [16]float64) {
			for i := range v {
				v[i] = 0.2 * float64(i)
			}
			return v
		})
		b.home.Bus("one").Attach(0x48, sim.NewADS1115([4]sim.Volts{volts, volts, cells.Volts, volts}))
		b.watch("mattress")
		time.Sleep(10 * time.Second)
		before := b.count("mattress")
		if share := b.share("pad", 10, 5*time.Minute); share < 0.98 {
			t.Errorf("the pad beside it brought %.1f %%", 100*share)
		}
		if n := b.count("mattress") - before; n < 298 || n > 301 {
			t.Errorf("%d rows in 5 min", n)
		}
		kind, v := b.watched["mattress"].get()
		if kind != care.BedMatrix || len(v) != 16 {
			t.Fatalf("%v %v", kind, v)
		}
		for i, c := range v {
			if want := 0.2 * float64(i) / 3.3 * 1023; math.Abs(c-want) > 0.2 {
				t.Errorf("cell %d: %v counts, want %v", i, c, want)
			}
		}
		b.end()
	})
}
