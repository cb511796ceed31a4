package agent

import (
	"context"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"

	"osmanthus/agent/config"
	"osmanthus/agent/detect"
	"osmanthus/agent/sense"
	"osmanthus/agent/sim"
	"osmanthus/care"
)

// bedJudge gives an engine what is sensed.
type bedJudge struct {
	mu     sync.Mutex
	engine *detect.Engine
	alerts []care.Alert
	at     []time.Time
}

func (j *bedJudge) do(f func() ([]care.Reading, []care.Alert)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, alerts := f()
	for _, a := range alerts {
		j.alerts, j.at = append(j.alerts, a), append(j.at, time.Now())
	}
}

func (j *bedJudge) Block(b *care.Block) {
	j.do(func() ([]care.Reading, []care.Alert) { return j.engine.Block(b) })
}

func (j *bedJudge) Reading(r care.Reading) {
	j.do(func() ([]care.Reading, []care.Alert) { return j.engine.Reading(r) })
}

// From the configuration to the alert: who leaves a bed on load cells is told of
// within three seconds, and a bag on it or a broken wire is nobody who leaves.
func TestA5_WhoLeavesABedOnLoadCellsIsTold(t *testing.T) {
	const tare, perKg = 84_213, -21_400.0
	for name, c := range map[string]struct {
		load func(since time.Duration) float64 // kg
		left time.Duration                     // 0: nobody does
		bad  bool                              // the sensor is
	}{
		"somebody lies for 4 min and leaves": {func(d time.Duration) float64 {
			if d < 10*time.Second || d > 250*time.Second {
				return 2 // bedding
			}
			return 63 + 0.2*math.Sin(2*math.Pi*d.Seconds()/4)
		}, 250 * time.Second, false},
		"a bag is put there and taken away": {func(d time.Duration) float64 {
			if d < 10*time.Second || d > 250*time.Second {
				return 2
			}
			return 12
		}, 0, false},
		"somebody lies, and a wire of the cells breaks": {func(d time.Duration) float64 {
			if d > 250*time.Second {
				return math.Inf(1) // the wires are exchanged: the lower end of the range
			}
			return 63 + 0.2*math.Sin(2*math.Pi*d.Seconds()/4)
		}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				home, began := sim.NewHome(nil), time.Now()
				sim.NewHX711(home.Pin("dt"), home.Pin("sck"), 10, func(at time.Time) float64 { return tare + perKg*c.load(at.Sub(began)) })
				cfg := config.Config{Residents: []config.Resident{{ID: "r1"}}, Sensors: []config.Sensor{
					{ID: "bed", Kind: "hx711", Resident: "r1", Pin: "dt", Clock: "sck", Load: &config.LoadCells{Tare: tare, PerKg: perKg}}}}
				engine, err := detect.New(plan(cfg))
				if err != nil {
					t.Fatal(err)
				}
				j := &bedJudge{engine: engine}
				buses, sensors := senses(cfg)
				s, err := sense.New(buses, sensors, j, sense.Opts{OpenPin: func(n string) (gpio.PinIO, error) { return home.Pin(n), nil }})
				if err != nil {
					t.Fatal(err)
				}
				ctx, stop := context.WithCancel(t.Context())
				done := make(chan error)
				go func() { done <- s.Run(ctx) }()
				time.Sleep(6 * time.Minute)
				stop()
				if err := <-done; err != nil {
					t.Error(err)
				}
				exits, bad := 0, false
				for i, a := range j.alerts {
					if bad = bad || a.Kind.Technical() && a.State != care.Cleared; a.Kind != care.BedExit {
						continue
					}
					exits++
					if late := j.at[i].Sub(began) - c.left; c.left == 0 || late < 0 || late > 3*time.Second {
						t.Errorf("bed exit at %v", j.at[i].Sub(began))
					}
				}
				if bad != c.bad {
					t.Errorf("a technical alert: %v, want %v", bad, c.bad)
				}
				if want := min(1, int(c.left)); exits != want {
					t.Errorf("%d bed exits, want %d: %v", exits, want, j.alerts)
				}
			})
		})
	}
}
