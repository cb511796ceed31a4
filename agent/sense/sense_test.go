package sense_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"

	"osmanthus/agent/sense"
	"osmanthus/agent/sim"
	"osmanthus/care"
	"osmanthus/drivers/callpoint"
	"osmanthus/drivers/lines"
)

// sink counts what arrives, by source.
type sink struct {
	t  *testing.T
	mu sync.Mutex

	samples  map[care.SourceID]int
	gaps     map[care.SourceID]int
	last     map[care.SourceID]time.Time
	uneven   map[care.SourceID]time.Duration // largest step from the end of a block to the next
	readings []care.Reading
	watched  map[care.SourceID]*lastBlock // of the sources that are watched
}

// watch keeps the last values of a source.
func (s *sink) watch(id care.SourceID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watched == nil {
		s.watched = map[care.SourceID]*lastBlock{}
	}
	s.watched[id] = &lastBlock{}
}

func newSink(t *testing.T) *sink {
	return &sink{t: t, samples: map[care.SourceID]int{}, gaps: map[care.SourceID]int{},
		last: map[care.SourceID]time.Time{}, uneven: map[care.SourceID]time.Duration{}}
}

func (s *sink) Block(b *care.Block) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := b.Len()
	if last := s.last[b.Source]; !last.IsZero() && !b.Gap {
		step := b.Start.Sub(last)
		if step < -time.Duration(float64(time.Second)/b.Rate/2)-time.Microsecond {
			s.t.Errorf("%s: block of %v begins before the last one ended, by %v", b.Source, b.Start, -step)
		}
		s.uneven[b.Source] = max(s.uneven[b.Source], step, -step)
	}
	if b.Gap {
		s.gaps[b.Source]++
	}
	if end := b.At(n - 1); end.After(time.Now()) {
		s.t.Errorf("%s: a sample of the future, by %v", b.Source, time.Until(end))
	}
	s.last[b.Source] = b.At(n)
	s.samples[b.Source] += n
	if w := s.watched[b.Source]; w != nil {
		w.note(b)
	}
}

func (s *sink) Reading(r care.Reading) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readings = append(s.readings, r)
}

func (s *sink) count(id care.SourceID) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.samples[id]
}

// states are the distinct values of a metric, in order, with the time of each.
func (s *sink) states(id care.SourceID, m care.Metric) (values []float64, at []time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.readings {
		if r.Source == id && r.Metric == m && (len(values) == 0 || values[len(values)-1] != r.Value) {
			values, at = append(values, r.Value), append(at, r.At)
		}
	}
	return values, at
}

func still(time.Time) (accel, gyro [3]float64) { return [3]float64{0, 0, 1}, [3]float64{} }
func light(time.Time) (red, ir float64)        { return 90_000, 110_000 }
func volts(time.Time) float64                  { return 1.25 }

// bed is a modelled bus with all three chips, and its neighbour.
type bed struct {
	*sink
	home           *sim.Home
	wrist, ppg, ad *sim.Device
	chip           *sim.MPU6050
	sense          *sense.Sense
	stop           context.CancelFunc
	done           chan error
}

// deafPin cannot be read.
type deafPin struct{ gpio.PinIO }

func (deafPin) Err() error { return syscall.ENODEV }

func newBed(t *testing.T, extra ...sense.Sensor) *bed {
	b := &bed{sink: newSink(t), home: sim.NewHome(nil), done: make(chan error)}
	one, two := b.home.Bus("one"), b.home.Bus("two")
	b.chip = sim.NewMPU6050(still)
	b.wrist = one.Attach(0x68, b.chip)
	b.ppg = one.Attach(0x57, sim.NewMAX30102(light))
	b.ad = one.Attach(0x48, sim.NewADS1115([4]sim.Volts{volts, volts, volts, volts}))
	two.Attach(0x68, sim.NewMPU6050(still))
	sensors := append([]sense.Sensor{
		{ID: "wrist", Resident: "r1", Kind: "mpu6050", Bus: "one"},
		{ID: "finger", Resident: "r1", Kind: "max30102", Bus: "one"},
		{ID: "pad", Resident: "r1", Kind: "ads1115", Bus: "one"},
		{ID: "neighbour", Resident: "r2", Kind: "mpu6050", Bus: "two", Rate: 50},
	}, extra...)
	var err error
	b.sense, err = sense.New([]sense.Bus{{Name: "one", Device: "one"}, {Name: "two", Device: "two"}}, sensors, b.sink, sense.Opts{
		OpenBus: func(d string) (i2c.BusCloser, error) { return b.home.Bus(d).Open(), nil },
		OpenPin: func(n string) (gpio.PinIO, error) {
			switch n {
			case "absent":
				return nil, syscall.ENOENT
			case "deaf":
				return deafPin{b.home.Pin(n)}, nil
			}
			return b.home.Pin(n), nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var ctx context.Context
	ctx, b.stop = context.WithCancel(t.Context())
	go func() { b.done <- b.sense.Run(ctx) }()
	return b
}

func (b *bed) end() {
	b.stop()
	if err := <-b.done; err != nil {
		b.t.Error(err)
	}
}

// share is how much of what a minute should bring has come from a source in d.
func (b *bed) share(id care.SourceID, rate float64, d time.Duration) float64 {
	before := b.count(id)
	time.Sleep(d)
	synctest.Wait()
	return float64(b.count(id)-before) / (rate * d.Seconds())
}

func (b *bed) shares(d time.Duration) map[care.SourceID]float64 {
	rates := map[care.SourceID]float64{"wrist": 100, "finger": 100, "pad": 10, "neighbour": 50}
	before := map[care.SourceID]int{}
	for id := range rates {
		before[id] = b.count(id)
	}
	time.Sleep(d)
	synctest.Wait()
	got := map[care.SourceID]float64{}
	for id, rate := range rates {
		got[id] = float64(b.count(id)-before[id]) / (rate * d.Seconds())
	}
	return got
}

func TestEverySensorKeepsItsRateWithTrueTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		time.Sleep(2 * time.Second)
		for id, share := range b.shares(10 * time.Minute) {
			if share < 0.999 || share > 1.001 {
				t.Errorf("%s brought %.2f %% of its samples", id, 100*share)
			}
		}
		b.end()
		for id, d := range b.uneven {
			if d > 15*time.Millisecond {
				t.Errorf("%s: two blocks lie %v apart", id, d)
			}
		}
		if len(b.gaps) != 0 {
			t.Errorf("gaps without losses: %v", b.gaps)
		}
		for id, last := range b.last {
			if age := time.Since(last); age < -time.Millisecond || age > 600*time.Millisecond {
				t.Errorf("%s: after ten minutes its clock is off by %v", id, age)
			}
		}
		values, _ := b.states("wrist", care.SensorState)
		if len(values) != 1 || values[0] != care.SensorWorks {
			t.Errorf("the states of a sensor that works are %v", values)
		}
	})
}

// Row A2: per-transaction deadline, reopening, siblings that keep their rate, one
// technical state within 60 s, recovery without a restart.
func TestA2_ASensorThatHangsItsBus(t *testing.T) {
	for name, fault := range map[string]sim.Fault{"hang": sim.Hang, "no answer": sim.NoAnswer, "no device": sim.NoDevice, "corrupted": sim.Corrupted} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed(t)
				time.Sleep(5 * time.Second)
				b.wrist.SetFault(fault)
				broken := time.Now()
				got := b.shares(2 * time.Minute)
				for _, id := range []care.SourceID{"finger", "pad"} {
					if got[id] < 0.95 {
						t.Errorf("its sibling %s kept %.1f %% of its samples", id, 100*got[id])
					}
				}
				if got["neighbour"] < 0.999 {
					t.Errorf("the other bus kept %.1f %%", 100*got["neighbour"])
				}
				values, at := b.states("wrist", care.SensorState)
				if len(values) != 2 || values[1] == care.SensorWorks || at[1].Sub(broken) > 60*time.Second {
					t.Errorf("the states were %v at %v after %v", values, at, broken)
				}
				b.wrist.SetFault(sim.NoFault)
				time.Sleep(30 * time.Second)
				if share := b.share("wrist", 100, time.Minute); share < 0.99 {
					t.Errorf("after it was mended it brings %.1f %%", 100*share)
				}
				if values, _ := b.states("wrist", care.SensorState); len(values) != 3 || values[2] != care.SensorWorks {
					t.Errorf("the states were %v", values)
				}
				b.end()
			})
		})
	}
}

func TestA2_ABusThatIsDead(t *testing.T) {
	for name, fault := range map[string]sim.Fault{"hang": sim.Hang, "corrupted": sim.Corrupted} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed(t)
				time.Sleep(5 * time.Second)
				b.home.Bus("one").SetFault(fault)
				if share := b.share("neighbour", 50, 10*time.Minute); share < 0.999 {
					t.Errorf("the other bus kept %.1f %%", 100*share)
				}
				for _, id := range []care.SourceID{"wrist", "finger", "pad"} {
					if values, _ := b.states(id, care.SensorState); len(values) != 2 {
						t.Errorf("the states of %s were %v", id, values)
					}
				}
				b.home.Bus("one").SetFault(sim.NoFault)
				time.Sleep(90 * time.Second)
				for id, share := range b.shares(time.Minute) {
					if share < 0.99 {
						t.Errorf("after it was mended %s brings %.1f %%", id, 100*share)
					}
				}
				b.end()
			})
		})
	}
}

func TestA2_NineClocksFreeABus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		time.Sleep(5 * time.Second)
		b.home.Bus("one").SetFault(sim.StuckLow)
		time.Sleep(15 * time.Second)
		for id, share := range b.shares(time.Minute) {
			if share < 0.99 {
				t.Errorf("%s brings %.1f %%", id, 100*share)
			}
		}
		if b.sense.Stats().Reopened == 0 {
			t.Error("the bus was not opened again")
		}
		b.end()
	})
}

func TestAnotherChipAndALostSupplyAreSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		time.Sleep(5 * time.Second)
		b.chip.PowerCycle()
		time.Sleep(5 * time.Second)
		if share := b.share("wrist", 100, time.Minute); share < 0.99 {
			t.Errorf("after its supply dipped it brings %.1f %%", 100*share)
		}
		if values, _ := b.states("wrist", care.SensorState); len(values) != 1 {
			t.Errorf("one dip made the states %v", values)
		}
		b.mu.Lock()
		if b.gaps["wrist"] != 1 {
			t.Errorf("%d gaps for one dip", b.gaps["wrist"])
		}
		b.mu.Unlock()
		b.chip.SetIdentity(0x19)
		b.chip.PowerCycle()
		time.Sleep(time.Minute)
		if values, _ := b.states("wrist", care.SensorState); len(values) != 2 || values[1] != care.SensorWrong {
			t.Errorf("another chip made the states %v", values)
		}
		b.end()
	})
}

// A chip whose FIFO was switched off by a spike answers, and measures nothing:
// it is set up again.
func TestASensorThatAnswersAndMeasuresNothingIsSetUpAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		time.Sleep(5 * time.Second)
		if err := b.chip.Tx([]byte{0x23, 0}, nil, time.Now()); err != nil { // FIFO_EN
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if share := b.share("wrist", 100, 10*time.Second); share < 0.97 {
			t.Errorf("%.0f %% of the samples", 100*share)
		}
		if got, _ := b.states("wrist", care.SensorState); !slices.Equal(got, []float64{care.SensorWorks, care.SensorSilent, care.SensorWorks}) {
			t.Errorf("states %v", got)
		}
		b.end()
	})
}

func TestA3_APressIsSaidWithin150ms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t, sense.Sensor{ID: "button", Resident: "r1", Kind: "callpoint", Pin: "button"})
		contact := sim.NewContact(b.home.Pin("button"), lines.NormallyOpen)
		time.Sleep(5 * time.Second)
		pressed := time.Now()
		contact.Press()
		time.Sleep(150 * time.Millisecond)
		synctest.Wait()
		values, at := b.states("button", care.CallLine)
		if len(values) != 2 || values[0] != care.CallLineNormal || values[1] != care.CallLinePressed || at[1].Sub(pressed) > 150*time.Millisecond {
			t.Errorf("150 ms after a press the states are %v at %v", values, at)
		}
		contact.Release()
		time.Sleep(time.Minute)
		synctest.Wait()
		b.mu.Lock()
		n := 0
		for _, r := range b.readings {
			if r.Source == "button" && r.Metric == care.CallLine {
				n++
			}
		}
		b.mu.Unlock()
		if n < 5 {
			t.Errorf("an idle line was said to be watched %d times in a minute", n-3)
		}
		b.end()
	})
}

func TestD3_AButtonSaysItsLevelAndNothingElse(t *testing.T) {
	for kind, metric := range map[string]care.Metric{"well_button": care.WellPress, "care_button": care.CareGiven,
		"door": care.Door, "contact": care.Door, "motion": care.Motion, "flush": care.Flush, "seat": care.Seat} {
		synctest.Test(t, func(t *testing.T) {
			b := newBed(t, sense.Sensor{ID: "button", Resident: "r1", Kind: kind, Pin: "button"})
			contact := sim.NewContact(b.home.Pin("button"), lines.NormallyOpen)
			time.Sleep(70 * time.Second) // a motion sensor is warm by then
			contact.Press()
			time.Sleep(300 * time.Millisecond)
			contact.Release()
			time.Sleep(10 * time.Second)
			synctest.Wait()
			if values, _ := b.states("button", metric); !slices.Equal(values, []float64{0, 1, 0}) {
				t.Errorf("%s: %v", kind, values)
			}
			if values, _ := b.states("button", care.CallLine); len(values) > 0 {
				t.Errorf("%s: it called: %v", kind, values)
			}
			b.end()
		})
	}
}

func TestA4_ACutLineIsSaidAndClears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line := sim.NewLine(lines.DefaultSupervised)
		b := newBed(t, sense.Sensor{ID: "cord", Resident: "r1", Kind: "callpoint", Line: &sense.Tap{Bus: "two", Channel: 2}})
		b.home.Bus("two").Attach(0x48, sim.NewADS1115([4]sim.Volts{volts, volts, line.Volts, volts}))
		time.Sleep(5 * time.Second)
		for _, s := range []callpoint.State{callpoint.Open, callpoint.Normal, callpoint.Pressed, callpoint.Normal} {
			line.Set(s)
			time.Sleep(5 * time.Second)
		}
		synctest.Wait()
		values, _ := b.states("cord", care.CallLine)
		want := []float64{care.CallLineNormal, care.CallLineOpen, care.CallLineNormal, care.CallLinePressed, care.CallLineNormal}
		if !slices.Equal(values, want) {
			t.Errorf("the line was %v, want %v", values, want)
		}
		b.end()
	})
}

// stubborn is a bus whose transactions hang whatever is closed.
type stubborn struct {
	i2c.BusCloser
	hang <-chan struct{}
}

func (s stubborn) Tx(addr uint16, w, r []byte) error {
	<-s.hang
	return errors.New("at last")
}

func TestAnIoctlThatNeverEndsIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home, out := sim.NewHome(nil), newSink(t)
		home.Bus("one").Attach(0x68, sim.NewMPU6050(still))
		hang := make(chan struct{})
		var mu sync.Mutex
		opened, broken := 0, true
		s, err := sense.New([]sense.Bus{{Name: "one", Device: "one"}},
			[]sense.Sensor{{ID: "wrist", Resident: "r1", Kind: "mpu6050", Bus: "one"}}, out,
			sense.Opts{OpenBus: func(d string) (i2c.BusCloser, error) {
				mu.Lock()
				defer mu.Unlock()
				opened++
				if broken {
					return stubborn{home.Bus(d).Open(), hang}, nil
				}
				return home.Bus(d).Open(), nil
			}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		time.Sleep(24 * time.Hour)
		if n := s.Stats().Abandoned; n > 50 {
			t.Errorf("%d transactions were left behind in a day", n)
		}
		mu.Lock()
		broken = false
		mu.Unlock()
		close(hang)
		time.Sleep(2 * time.Minute)
		before := out.count("wrist")
		time.Sleep(time.Minute)
		if n := out.count("wrist") - before; n < 5900 {
			t.Errorf("%d samples in a minute after the bus came back", n)
		}
		stop()
		<-done
	})
}

// mad is a bus that panics.
type mad struct{ i2c.BusCloser }

func (mad) Tx(uint16, []byte, []byte) error { panic("mad bus") }

func TestADriverThatPanicsHarmsNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home, out := sim.NewHome(nil), newSink(t)
		home.Bus("two").Attach(0x68, sim.NewMPU6050(still))
		s, err := sense.New([]sense.Bus{{Name: "one", Device: "one"}, {Name: "two", Device: "two"}}, []sense.Sensor{
			{ID: "mad", Kind: "mpu6050", Bus: "one"}, {ID: "well", Kind: "mpu6050", Bus: "two"},
			{ID: "pin", Kind: "callpoint", Pin: "x"},
		}, out, sense.Opts{
			OpenBus: func(d string) (i2c.BusCloser, error) {
				if d == "one" {
					return mad{home.Bus(d).Open()}, nil
				}
				return home.Bus(d).Open(), nil
			},
			OpenPin: func(string) (gpio.PinIO, error) { panic("mad pin") },
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		time.Sleep(time.Minute)
		stop()
		<-done
		if n := out.count("well"); n < 5900 {
			t.Errorf("the other sensor brought %d samples in a minute", n)
		}
		for _, id := range []care.SourceID{"mad", "pin"} {
			if values, _ := out.states(id, care.SensorState); len(values) != 1 || values[0] != care.SensorSilent {
				t.Errorf("%s: states %v", id, values)
			}
		}
		if s.Stats().Panics == 0 {
			t.Error("panics are not counted")
		}
	})
}
