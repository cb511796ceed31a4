package agent

import (
	"context"
	"fmt"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/i2c"

	"osmanthus/agent/config"
	"osmanthus/agent/detect"
	"osmanthus/agent/sense"
	"osmanthus/agent/sim"
	"osmanthus/care"
)

// The scenes here are made up: boxes of warmth before a wall, seen by modelled
// arrays with the geometry of real ones. They show that a fall passes through
// driver, averaging and detector. They do not show how often falls are found.

// figure is somebody in a room, as a box: metres across, and above the floor.
type figure struct {
	left, right, top float64
	there            bool
}

var (
	absent  = figure{}
	onFloor = figure{left: -0.85, right: 0.85, top: 0.3, there: true}
)

func standing(x float64) figure {
	return figure{left: x - 0.25, right: x + 0.25, top: 1.7, there: true}
}
func bending(x float64) figure { return figure{left: x - 0.3, right: x + 0.3, top: 1.0, there: true} }

// scene is who is where, from a time on.
type scene struct {
	array *sim.Device
	away  float64 // metres from the array

	mu     sync.Mutex
	figure figure
}

func (s *scene) shows(b figure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.figure = b
}

// seen is the scene before an array that hangs 1.2 m high and sees so many
// degrees across and upright: a wall of 22 °C, clothes of 29 °C, and the noise
// of a pixel.
func (s *scene) seen(across, upright float64) sim.Heat {
	const hangs = 1.2
	span := func(degrees float64) float64 { return 2 * s.away * math.Tan(degrees/2*math.Pi/180) }
	return func(at time.Time, x, y float64) float64 {
		s.mu.Lock()
		defer s.mu.Unlock()
		metres, height := (x-0.5)*span(across), hangs+(0.5-y)*span(upright)
		celsius := 22 + 0.2*noise(at, x, y)
		if b := s.figure; b.there && metres > b.left && metres < b.right && height > 0 && height < b.top {
			celsius += 7
		}
		return celsius
	}
}

// noise is between −1 and 1, arbitrary and always the same.
func noise(at time.Time, x, y float64) float64 {
	v := math.Sin(float64(at.UnixMilli()%1_000_000)*12.9898+x*7833.1+y*3571.7) * 43758.5453
	return 2*(v-math.Floor(v)) - 1
}

// onItsSide turns what an array sees that hangs on its side: its columns are
// rows, from the bottom of its own picture to the top.
func onItsSide(h sim.Heat) sim.Heat {
	return func(at time.Time, x, y float64) float64 { return h(at, 1-y, x) }
}

// witness is the engine behind the sensors.
type witness struct {
	mu     sync.Mutex
	engine *detect.Engine
	alerts []care.Alert
	blocks int
}

func (w *witness) Block(b *care.Block) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.blocks++
	_, alerts := w.engine.Block(b)
	w.alerts = append(w.alerts, alerts...)
}

func (w *witness) Reading(r care.Reading) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, alerts := w.engine.Reading(r)
	w.alerts = append(w.alerts, alerts...)
}

func (w *witness) tick(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, alerts := w.engine.Tick(at)
	w.alerts = append(w.alerts, alerts...)
}

// said is the alerts so far, as words.
func (w *witness) said() (words []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.alerts {
		words = append(words, fmt.Sprintf("%v:%v", a.Kind, a.State))
	}
	return words
}

// arrays are the kinds with a model of each, and how it hangs.
var arrays = map[string]struct {
	addr   uint16
	turned int
	chip   func(s *scene) sim.Chip
}{
	"amg8833":  {0x69, 0, func(s *scene) sim.Chip { return sim.NewAMG8833(s.seen(60, 60)) }},
	"mlx90640": {0x33, 90, func(s *scene) sim.Chip { return sim.NewMLX90640(onItsSide(s.seen(35, 55))) }},
}

// before runs a home with an array in which play happens.
func before(t *testing.T, kind string, away float64, play func(t *testing.T, s *scene, w *witness)) {
	synctest.Test(t, func(t *testing.T) {
		array, s, home := arrays[kind], &scene{away: away}, sim.NewHome(nil)
		cfg, err := config.Parse(fmt.Appendf(nil, `
site: home-1
gateway: gw-1
residents: [{id: r-1}]
buses: [{name: wall, device: /dev/i2c-1}]
sensors: [{id: array, kind: %s, resident: r-1, bus: wall, room: living-room, turned: %d}]
`, kind, array.turned), Kinds())
		if err != nil {
			t.Fatal(err)
		}
		s.array = home.Bus("/dev/i2c-1").Attach(array.addr, array.chip(s))
		w := &witness{}
		if w.engine, err = detect.New(plan(cfg)); err != nil {
			t.Fatal(err)
		}
		buses, sensors := senses(cfg)
		all, err := sense.New(buses, sensors, w, sense.Opts{OpenBus: func(d string) (i2c.BusCloser, error) { return home.Bus(d).Open(), nil }})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { _ = all.Run(ctx) })
		running.Go(func() {
			for beat := time.NewTicker(time.Second); ctx.Err() == nil; w.tick((<-beat.C).UTC()) {
			}
		})
		time.Sleep(30 * time.Second) // the array settles, and learns the empty room
		play(t, s, w)
		stop()
		running.Wait()
	})
}

// walk goes to and fro for so long.
func walk(s *scene, d time.Duration) {
	for i := range int(d / (200 * time.Millisecond)) {
		s.shows(standing(0.6 * math.Sin(float64(i)/8)))
		time.Sleep(200 * time.Millisecond)
	}
}

func TestD2_ASyntheticFallBeforeAModelledArrayIsRaised(t *testing.T) {
	for i := range 3 * len(arrays) {
		kind, away := []string{"amg8833", "mlx90640"}[i/3], []float64{2, 3, 3.5}[i%3]
		t.Run(fmt.Sprintf("%s at %v m", kind, away), func(t *testing.T) {
			before(t, kind, away, func(t *testing.T, s *scene, w *witness) {
				walk(s, 20*time.Second)
				if said := w.said(); len(said) > 0 {
					t.Errorf("before anybody fell: %v", said)
				}
				s.shows(bending(0))
				time.Sleep(400 * time.Millisecond)
				fell := time.Now()
				s.shows(onFloor)
				time.Sleep(4 * time.Second)
				if said := w.said(); len(said) != 1 || said[0] != "fall:suspected" {
					t.Fatalf("4 s after the fall: %v", said)
				}
				time.Sleep(26 * time.Second)
				if said := w.said(); len(said) != 2 || said[1] != "fall:confirmed" {
					t.Fatalf("30 s after the fall: %v", said)
				}
				w.mu.Lock()
				defer w.mu.Unlock()
				if a := w.alerts[0]; a.Resident != "r-1" || a.Priority != care.High || a.Onset.Sub(fell).Abs() > 2*time.Second {
					t.Errorf("%+v", a)
				}
				t.Logf("synthetic: suspected %v and confirmed %v after the fall, of %d pictures",
					w.alerts[0].At.Sub(fell), w.alerts[1].At.Sub(fell), w.blocks)
			})
		})
	}
}

func TestD2_WhoWalksBendsAndLeavesBeforeAModelledArrayIsNotRaised(t *testing.T) {
	for kind := range arrays {
		t.Run(kind, func(t *testing.T) {
			before(t, kind, 3, func(t *testing.T, s *scene, w *witness) {
				for range 5 {
					walk(s, 20*time.Second)
					s.shows(bending(0.2))
					time.Sleep(2 * time.Second)
					walk(s, 5*time.Second)
					s.shows(absent)
					time.Sleep(30 * time.Second)
				}
				for _, word := range w.said() {
					if word == "fall:confirmed" {
						t.Fatalf("%v", w.said())
					}
				}
				t.Logf("synthetic: %v", w.said())
			})
		})
	}
}

// An array that dies is said within a minute, and is no fall.
func TestA2_AnArrayThatFallsSilentIsTechnical(t *testing.T) {
	for kind := range arrays {
		t.Run(kind, func(t *testing.T) {
			before(t, kind, 3, func(t *testing.T, s *scene, w *witness) {
				walk(s, 10*time.Second)
				s.array.SetFault(sim.NoAnswer)
				time.Sleep(time.Minute)
				said := w.said()
				if len(said) != 1 || said[0] != "sensor_fault:confirmed" {
					t.Fatalf("a minute after it fell silent: %v", said)
				}
				s.array.SetFault(sim.NoFault)
				time.Sleep(time.Minute)
				if said = w.said(); len(said) != 2 || said[1] != "sensor_fault:cleared" {
					t.Errorf("a minute after it came back: %v", said)
				}
			})
		})
	}
}
