package sense_test

import (
	"context"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/agent/sense"
	"osmanthus/agent/sim"
	"osmanthus/care"
	"osmanthus/drivers/callpoint"
	"osmanthus/drivers/lines"

	"periph.io/x/conn/v3/gpio"
)

// said demands the distinct values of a metric so far, in order.
func (b *bed) said(id care.SourceID, m care.Metric, want ...float64) {
	b.t.Helper()
	synctest.Wait()
	if got, _ := b.states(id, m); !slices.Equal(got, want) {
		b.t.Errorf("%s of %s: %v, want %v", m, id, got, want)
	}
}

// A contact that never holds still cannot call, and that is said until it is calm
// again; of a button that calls nobody it says nothing.
func TestACallPointThatFlickersIsALineThatIsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t, sense.Sensor{ID: "cord", Resident: "r1", Kind: "callpoint", Pin: "cord"},
			sense.Sensor{ID: "well", Resident: "r1", Kind: "well_button", Pin: "well"})
		contacts := []*sim.Contact{
			sim.NewContact(b.home.Pin("cord"), lines.NormallyOpen), sim.NewContact(b.home.Pin("well"), lines.NormallyOpen),
		}
		time.Sleep(5 * time.Second)
		for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(9 * time.Millisecond) {
			for _, c := range contacts {
				c.Press()
			}
			time.Sleep(9 * time.Millisecond)
			for _, c := range contacts {
				c.Release()
			}
		}
		b.said("cord", care.CallLine, care.CallLineNormal, care.CallLineOpen)
		time.Sleep(2 * time.Second)
		b.said("cord", care.CallLine, care.CallLineNormal, care.CallLineOpen, care.CallLineNormal)
		b.said("well", care.WellPress, 0)
		b.end()
	})
}

func TestA8_AMatSaysWhoLiesOnItAndForHowLongNobodyCould(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t, sense.Sensor{ID: "mat", Resident: "r1", Kind: "mat", Pin: "mat"},
			sense.Sensor{ID: "floor", Resident: "r1", Kind: "floor_mat", Pin: "floor"})
		bed, floor := sim.NewContact(b.home.Pin("mat"), lines.NormallyOpen), sim.NewContact(b.home.Pin("floor"), lines.NormallyOpen)
		time.Sleep(5 * time.Second)
		bed.Press()
		time.Sleep(time.Minute)
		bed.Release() // turns over
		time.Sleep(time.Second)
		bed.Press()
		time.Sleep(time.Minute)
		b.said("mat", care.BedOccupancy, 0, 1)
		bed.Release()
		floor.Press()
		time.Sleep(200 * time.Millisecond)
		floor.Release()
		time.Sleep(3 * time.Second)
		b.said("mat", care.BedOccupancy, 0, 1, 0)
		b.said("floor", care.Motion, 0, 1, 0)
		b.said("mat", care.LineState) // nobody supervises it
		b.end()
	})
}

func TestA8_AMotionSensorIsHeardWhileItWarmsUpAndMeansNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t, sense.Sensor{ID: "hall", Resident: "r1", Kind: "motion", Pin: "hall", NormallyClosed: true})
		b.home.Pin("hall").Drive(gpio.High)
		time.Sleep(59 * time.Second)
		b.said("hall", care.Motion, 0)
		b.mu.Lock()
		for _, r := range b.readings {
			if r.Source == "hall" && r.Metric == care.Motion && r.Quality != 0 {
				t.Errorf("%+v", r)
			}
		}
		b.mu.Unlock()
		time.Sleep(2 * time.Second)
		b.said("hall", care.Motion, 0, 1)
		b.end()
	})
}

func TestA8_ADetectorSaysAlarmAndFault(t *testing.T) {
	for kind, metric := range map[string]care.Metric{
		"smoke": care.Smoke, "gas": care.Gas, "carbon_monoxide": care.CarbonMonoxide, "leak": care.WaterLeak,
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBed(t, sense.Sensor{ID: "d", Kind: kind, Pin: "alarm", FaultPin: "fault"})
			alarm := sim.NewContact(b.home.Pin("alarm"), lines.NormallyOpen)
			fault := sim.NewContact(b.home.Pin("fault"), lines.NormallyClosed)
			time.Sleep(5 * time.Second)
			alarm.Press()
			time.Sleep(150 * time.Millisecond)
			b.said("d", metric, care.HazardNone, care.HazardAlarm)
			alarm.Release()
			time.Sleep(time.Second)
			fault.CutCord()
			time.Sleep(2 * time.Second)
			b.said("d", metric, care.HazardNone, care.HazardAlarm, care.HazardNone, care.HazardFault)
			b.end()
		})
	}
}

func TestA4_ACutLineOfADoorOrDetectorIsSaidAndClears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		door, smoke := sim.NewLine(lines.DefaultSupervised), sim.NewLine(lines.DefaultSupervised)
		b := newBed(t, sense.Sensor{ID: "door", Resident: "r1", Kind: "door", Line: &sense.Tap{Bus: "two", Channel: 2}},
			sense.Sensor{ID: "smoke", Kind: "smoke", Line: &sense.Tap{Bus: "one", Address: 0x49, Channel: 3}})
		b.home.Bus("two").Attach(0x48, sim.NewADS1115([4]sim.Volts{volts, volts, door.Volts, volts}))
		b.home.Bus("one").Attach(0x49, sim.NewADS1115([4]sim.Volts{volts, volts, volts, smoke.Volts}))
		time.Sleep(5 * time.Second)
		for _, s := range []callpoint.State{callpoint.Open, callpoint.Normal, callpoint.Pressed, callpoint.Short} {
			door.Set(s)
			smoke.Set(s)
			time.Sleep(5 * time.Second)
		}
		b.said("door", care.Door, 0, 1)
		b.said("door", care.LineState, care.CallLineNormal, care.CallLineOpen, care.CallLineNormal, care.CallLineShort)
		b.said("smoke", care.Smoke, care.HazardNone, care.HazardCut, care.HazardNone, care.HazardAlarm, care.HazardCut)
		b.end()
	})
}

func TestA8_WaterThatFlowsIsSaidInLitresPerMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t, sense.Sensor{ID: "water", Kind: "water_flow", Pin: "water", PulsesPerLitre: 60})
		time.Sleep(time.Minute)
		synctest.Wait()
		b.said("water", care.WaterFlow, 0)
		turbine, done := sim.NewTurbine(b.home.Pin("water"), 60), make(chan error)
		ctx, stop := context.WithCancel(t.Context())
		go func() { done <- turbine.Run(ctx) }()
		turbine.Flow(6)
		time.Sleep(2 * time.Minute)
		stop()
		<-done
		synctest.Wait()
		values, _ := b.states("water", care.WaterFlow)
		if n := len(values); n < 2 || math.Abs(values[n-1]-6) > 0.15 {
			t.Errorf("%v", values)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if values, _ = b.states("water", care.WaterFlow); values[len(values)-1] != 0 {
			t.Errorf("the tap is closed: %v", values)
		}
		b.mu.Lock()
		litres := 0.0
		for i, r := range b.readings {
			if r.Source == "water" && r.Metric == care.WaterFlow {
				litres += r.Value / 6
				if first := r.Flags&care.AfterGap != 0; first != !slices.ContainsFunc(b.readings[:i], func(o care.Reading) bool { return o.Source == "water" && o.Metric == care.WaterFlow }) {
					t.Errorf("%+v", r)
				}
			}
		}
		b.mu.Unlock()
		if math.Abs(litres-12) > 0.2 {
			t.Errorf("%v L in all, want 12", litres)
		}
		b.end()
	})
}

func TestA8_TheMainsAndTheirBattery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t, sense.Sensor{ID: "ups", Kind: "mains", Pin: "mains", NormallyClosed: true,
			Battery: &sense.Tap{Bus: "two", Address: 0x49, Channel: 1}, Divider: 10})
		two := b.home.Bus("two")
		began := time.Now()
		adc := two.Attach(0x49, sim.NewADS1115([4]sim.Volts{volts, func(at time.Time) float64 {
			return 1.26 - 0.02*at.Sub(began).Minutes()
		}, volts, volts}))
		relay := sim.NewContact(b.home.Pin("mains"), lines.NormallyClosed)
		time.Sleep(30 * time.Second)
		b.said("ups", care.MainsPower, 1)
		relay.Press() // the mains let the relay go
		time.Sleep(3 * time.Second)
		b.said("ups", care.MainsPower, 1, 0)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		values, _ := b.states("ups", care.BatteryVoltage)
		if n := len(values); n < 3 || math.Abs(values[0]-12.6) > 0.05 || values[n-1] > 11.8 {
			t.Errorf("battery: %v", values)
		}
		// A converter that dies is told, and the mains are watched on.
		adc.SetFault(sim.NoAnswer)
		relay.Release()
		time.Sleep(2 * time.Minute)
		b.said("ups", care.MainsPower, 1, 0, 1)
		if states, _ := b.states("ups", care.SensorState); !slices.Contains(states, care.SensorSilent) {
			t.Errorf("%v", states)
		}
		relay.Press() // long after it died
		time.Sleep(3 * time.Second)
		b.said("ups", care.MainsPower, 1, 0, 1, 0)
		adc.SetFault(sim.NoFault)
		time.Sleep(time.Minute)
		synctest.Wait()
		if states, _ := b.states("ups", care.SensorState); states[len(states)-1] != care.SensorWorks {
			t.Errorf("the converter is back: %v", states)
		}
		b.end()
	})
}

// A detector whose fault contact cannot be read calls all the same, at once.
func TestA8_ADetectorCallsWithoutItsFaultContact(t *testing.T) {
	for _, fault := range []string{"deaf", "absent"} {
		synctest.Test(t, func(t *testing.T) {
			b := newBed(t, sense.Sensor{ID: "smoke", Kind: "smoke", Pin: "smoke", FaultPin: fault})
			relay := sim.NewContact(b.home.Pin("smoke"), lines.NormallyOpen)
			time.Sleep(130 * time.Second)
			relay.Press()
			time.Sleep(time.Second)
			b.said("smoke", care.Smoke, care.HazardAlarm)
			if states, _ := b.states("smoke", care.SensorState); !slices.Contains(states, care.SensorSilent) {
				t.Errorf("%s: %v", fault, states)
			}
			b.end()
		})
	}
}
