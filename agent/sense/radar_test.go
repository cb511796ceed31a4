package sense_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/agent/sense"
	"osmanthus/agent/sim"
	"osmanthus/care"
)

// room is a room before a radar, which changes.
type room struct {
	mu    sync.Mutex
	scene sim.Scene
}

func (r *room) see(time.Time) sim.Scene {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.scene
}

func (r *room) is(s sim.Scene) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.scene = s
}

// watched is a radar that an agent reads.
type watched struct {
	*sink
	room
	line *sim.Serial
	log  bytes.Buffer // good after stop
	stop func()
}

// watch runs a radar of a kind; model makes the module that is really there.
func watch(t *testing.T, sees sim.Scene, kind string, baud int, model func(sim.Radar) sim.Talker) *watched {
	w := &watched{sink: newSink(t)}
	w.is(sees) // before it can look
	w.line = sim.NewHome(nil).Serial("radar")
	w.line.Plug(model(w.see))
	w.start(sense.Sensor{Kind: kind, Baud: baud})
	return w
}

// start reads the sensor from the line.
func (w *watched) start(sensor sense.Sensor) {
	t := w.t
	sensor.ID, sensor.Resident, sensor.Port = "radar", "r1", "sim:radar"
	s, err := sense.New(nil, []sense.Sensor{sensor}, w.sink,
		sense.Opts{Log: slog.New(slog.NewTextHandler(&w.log, nil)), OpenPort: func(_ string, baud int) (io.ReadWriteCloser, error) { return w.line.Open(baud) }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	w.stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func (w *watched) want(m care.Metric, want string) {
	w.t.Helper()
	if values, _ := w.states("radar", m); fmt.Sprint(values) != want {
		w.t.Errorf("%v: %v, want %s", m, values, want)
	}
}

// said is how many readings of a metric came.
func (w *watched) said(m care.Metric) (n int) {
	w.sink.mu.Lock()
	defer w.sink.mu.Unlock()
	for _, r := range w.readings {
		if r.Metric == m {
			n++
		}
	}
	return n
}

var (
	empty   = sim.Scene{}
	sits    = sim.Scene{Present: true, Metres: 1.6, Heart: 68, Breath: 14}
	walks   = sim.Scene{Present: true, Moving: true, Metres: 2.4, Heart: 80, Breath: 18}
	lies    = sim.Scene{Present: true, Fallen: true, Metres: 1.2}
	sleeps  = sim.Scene{Present: true, InBed: true, Metres: 1.1, Heart: 56, Breath: 12}
	modules = map[string]func(sim.Radar) sim.Talker{
		"ld2410":   func(s sim.Radar) sim.Talker { return sim.NewLD2410(s) },
		"ld6002":   func(s sim.Radar) sim.Talker { return sim.NewLD6002(s) },
		"ld6002b":  func(s sim.Radar) sim.Talker { return sim.NewLD6002B(s) },
		"ld6002c":  func(s sim.Radar) sim.Talker { return sim.NewLD6002C(s) },
		"mr60bha1": func(s sim.Radar) sim.Talker { return sim.NewR60(s) },
		"mr60bha2": func(s sim.Radar) sim.Talker { return sim.NewMR60BHA2(s) },
		"mr60fda2": func(s sim.Radar) sim.Talker { return sim.NewMR60FDA2(s) },
		"r60abd1":  func(s sim.Radar) sim.Talker { return sim.NewR60(s) },
	}
)

func TestA7_ARadarSaysWhoIsThereAndNoMore(t *testing.T) {
	for kind, model := range modules {
		synctest.Test(t, func(t *testing.T) {
			w := watch(t, empty, kind, 0, model)
			for _, s := range []sim.Scene{empty, walks, sits, empty} {
				w.is(s)
				time.Sleep(time.Minute)
			}
			w.stop()
			w.want(care.Presence, "[0 1 0]")
			w.want(care.SensorState, "[0]")
			// Levels are said when they change and three times a minute, vital
			// signs six times a minute.
			if n := w.said(care.Presence); n < 12 || n > 18 {
				t.Errorf("%s: presence was said %d times in 4 min", kind, n)
			}
			if n := w.said(care.HeartRate); n > 13 {
				t.Errorf("%s: the heart was said %d times in 2 min", kind, n)
			}
			for _, r := range w.readings {
				if vital := r.Metric == care.HeartRate || r.Metric == care.RespiratoryRate; vital && r.Quality >= 50 {
					t.Errorf("%s: %v of quality %d: clinical rules would judge it", kind, r.Metric, r.Quality)
				}
				if r.Flags&care.Simulated == 0 {
					t.Errorf("%s: a model's reading does not say so: %+v", kind, r)
				}
			}
		})
	}
}

func TestA7_ARadarTellsMovementFallAndBed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, walks, "ld2410", 0, modules["ld2410"])
		time.Sleep(10 * time.Second)
		w.is(sits) // moves again and again for less than the hold
		for range 5 {
			time.Sleep(3 * time.Second)
			w.is(walks)
			time.Sleep(time.Second)
			w.is(sits)
		}
		time.Sleep(20 * time.Second)
		w.stop()
		w.want(care.Motion, "[1 0]")
		w.want(care.Presence, "[1]")
		w.want(care.Distance, "[2.4 1.6]")
	})
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, walks, "mr60fda2", 0, modules["mr60fda2"])
		time.Sleep(10 * time.Second)
		fell := time.Now()
		w.is(lies)
		time.Sleep(time.Minute)
		w.is(walks)
		time.Sleep(10 * time.Second)
		w.stop()
		w.want(care.FallDetected, "[0 1 0]")
		if _, at := w.states("radar", care.FallDetected); at[1].Sub(fell) > 500*time.Millisecond {
			t.Errorf("the fall was said %v after it", at[1].Sub(fell))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, sleeps, "r60abd1", 0, modules["r60abd1"])
		time.Sleep(time.Minute)
		w.is(walks)
		time.Sleep(time.Minute)
		w.stop()
		w.want(care.BedOccupancy, "[1 0]")
		w.want(care.RespiratoryRate, "[12 18]")
	})
}

// A module that knows its place works; one that does not take it is told of, for
// it sees falls of somebody at another height.
func TestA7_ARadarIsToldItsPlace(t *testing.T) {
	for _, c := range []struct {
		kind          string
		height, metre float64
		present       string
	}{
		{"mr60fda2", 2.6, 0, "[1]"},
		{"ld2410", 0, 3, "[0]"}, // beyond its range
	} {
		synctest.Test(t, func(t *testing.T) {
			w := &watched{sink: newSink(t)}
			w.line = sim.NewHome(nil).Serial("radar")
			w.line.Plug(modules[c.kind](w.see))
			w.start(sense.Sensor{Kind: c.kind, MountHeight: c.height, Range: c.metre})
			w.is(sim.Scene{Present: true, Moving: true, Metres: 4})
			time.Sleep(time.Minute)
			w.stop()
			w.want(care.SensorState, "[0]")
			w.want(care.Presence, c.present)
		})
	}
}

// A module without a rate in the configuration is found at any that it is sold
// with, and one that had no power, soon after it has.
func TestTheRateOfAModuleIsFound(t *testing.T) {
	for _, baud := range []int{256000, 115200, 460800, 9600} {
		synctest.Test(t, func(t *testing.T) {
			w := &watched{sink: newSink(t)}
			w.line = sim.NewHome(nil).Serial("radar")
			w.line.Plug(rated{modules["ld2410"](w.see), baud})
			w.start(sense.Sensor{Kind: "ld2410"})
			w.is(sits)
			time.Sleep(3 * time.Minute)
			w.line.SetMute(true)
			time.Sleep(10 * time.Minute)
			w.line.SetMute(false)
			time.Sleep(time.Minute)
			w.stop()
			states, _ := w.states("radar", care.SensorState)
			if n := len(states); n == 0 || states[n-1] != care.SensorWorks || w.said(care.Presence) < 5 {
				t.Errorf("%d baud: states %v, presence %d times", baud, states, w.said(care.Presence))
			}
		})
	}
}

// rated is a module that was set to another rate.
type rated struct {
	sim.Talker
	baud int
}

func (r rated) Baud() int { return r.baud }

// deafModule hears nothing: its receiving wire is off.
type deafModule struct{ sim.Talker }

func (deafModule) Hear(_ []byte, _ time.Time, answer []byte) []byte { return answer }

func TestAModuleThatCannotBeToldItsPlaceIsAFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &watched{sink: newSink(t)}
		w.line = sim.NewHome(nil).Serial("radar")
		w.line.Plug(deafModule{modules["mr60fda2"](w.see)})
		w.start(sense.Sensor{Kind: "mr60fda2", MountHeight: 2.6})
		w.is(lies)
		time.Sleep(3 * time.Minute)
		w.stop()
		w.want(care.SensorState, "[1]")
		if w.said(care.FallDetected) == 0 {
			t.Error("what it says is not passed on")
		}
		if !strings.Contains(w.log.String(), "mr60fda2 does not take its settings") {
			t.Errorf("the log says\n%s", w.log.String())
		}
	})
}

// A module that says only what changes is asked, so that a frame that was lost
// costs ten seconds and not the night.
func TestALostFrameIsMadeUpFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, sleeps, "r60abd1", 0, modules["r60abd1"])
		time.Sleep(30 * time.Second)
		w.line.Cut(3)
		w.is(walks)
		time.Sleep(11 * time.Second)
		w.stop()
		w.want(care.BedOccupancy, "[1 0]")
	})
}

func TestNoiseAndCutFramesHarmNobody(t *testing.T) {
	for kind, model := range modules {
		synctest.Test(t, func(t *testing.T) {
			w := watch(t, sits, kind, 0, model)
			for i := range 120 {
				time.Sleep(500 * time.Millisecond)
				w.line.Noise([]byte{byte(i), 0x01, 0xF4, 0x53, 0xF3, 0x59})
				if i%16 == 0 { // a module may speak once in three seconds only
					w.line.Cut(i % 9)
				}
			}
			w.stop()
			w.want(care.Presence, "[1]")
			w.want(care.SensorState, "[0]")
		})
	}
}

func TestA2_ARadarThatIsPulledOutIsSaidAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, sits, "ld2410", 0, modules["ld2410"])
		time.Sleep(30 * time.Second)
		out := time.Now()
		w.line.Unplug()
		time.Sleep(3 * time.Minute)
		w.line.Plug(modules["ld2410"](w.see))
		in := time.Now()
		time.Sleep(time.Minute)
		w.stop()
		w.want(care.SensorState, "[0 1 0]")
		_, at := w.states("radar", care.SensorState)
		if at[1].Sub(out) > 10*time.Second || at[2].Sub(in) > 30*time.Second {
			t.Errorf("silent after %v, back after %v", at[1].Sub(out), at[2].Sub(in))
		}
	})
}

// A wire that is off is silence, another module is another module, and a module
// at another rate is found.
func TestWhatIsWrongOnTheLineIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		kind  string
		baud  int
		model string
		mute  bool
		want  string
	}{
		"silent":                  {"mr60fda2", 0, "mr60fda2", true, "[1]"},
		"another family":          {"mr60fda2", 115200, "r60abd1", false, "[2]"},
		"another rate":            {"ld2410", 115200, "ld2410", false, "[2]"},
		"another rate, not given": {"ld6002", 0, "mr60bha2", false, "[2 0]"},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := watch(t, sits, c.kind, c.baud, modules[c.model])
			w.line.SetMute(c.mute)
			time.Sleep(2 * time.Minute)
			w.stop()
			if values, _ := w.states("radar", care.SensorState); fmt.Sprint(values) != c.want {
				t.Errorf("%s: states %v, want %s", name, values, c.want)
			}
			if ok := c.want[len(c.want)-2] == '0'; ok != (w.said(care.Presence) > 0) {
				t.Errorf("%s: presence was said %d times", name, w.said(care.Presence))
			}
		})
	}
}
