package radio

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/care"
)

// decode reads a pack of one record: its name, metric, value, and how many
// seconds ago it was.
func decode(payload []byte, received time.Time) ([]Record, error) {
	var name, metric string
	var v float64
	var ago int
	if _, err := fmt.Sscan(string(payload), &name, &metric, &v, &ago); err != nil {
		return nil, err
	}
	return []Record{{name, metric, v, received.Add(-time.Duration(ago) * time.Second)}}, nil
}

func TestSenMLOfThirdPartyGateways(t *testing.T) {
	devices := []Device{
		{ID: "air", Resident: "r-1", Kind: "climate", Name: "urn:dev:1:"},
		{ID: "room", Resident: "r-1", Kind: "climate", Name: "urn:dev:1:room:"},
		{ID: "call", Resident: "r-1", Kind: "callpoint", Name: "urn:dev:2:", Silence: time.Minute},
	}
	synctest.Test(t, func(t *testing.T) {
		w := &ward{t: t, notes: &notebook{}, aerials: []*aerial{newAerial("a")}}
		stations := []Station{{Name: "a", Radio: w.aerials[0]}}
		w.run(stations, devices, Opts{Decode: decode}, func(w *ward) {
			for _, p := range []string{
				"urn:dev:1:x air_temperature 21 0", "urn:dev:1:x air_temperature 21 0", // twice: a message may be
				"urn:dev:1:x air_temperature 20 60", // history
				"urn:dev:1:room:x air_temperature 19 0", "urn:dev:1:x smoke 1 0", "urn:dev:3:x air_temperature 5 0",
				"urn:dev:1:x air_temperature 30 -900", // from the future
				"urn:dev:2:b button_press 1 0", "{",
			} {
				w.hub.pack(w.hub.stations[0], []byte(p))
			}
			w.want("air", care.AirTemperature, 21)
			w.want("room", care.AirTemperature, 19)
			w.want("call", care.ButtonPress, 1)
			if s := w.hub.Stats(); s.Packs != 9 || s.Refused != 2 || s.Repeated != 2 || s.Unknown != 1 {
				t.Errorf("%+v", s)
			}
			time.Sleep(time.Minute)
			w.want("call", care.SensorState, care.SensorWorks, care.SensorSilent)
		})
	})
}

// inPacks runs a test of one sensor that comes in SenML packs; say hands over a
// record of so many seconds ago.
func inPacks(t *testing.T, kind string, test func(w *ward, say func(metric string, v float64, ago int))) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &ward{t: t, notes: &notebook{}, aerials: []*aerial{newAerial("a")}}
		devices := []Device{{ID: "s-1", Resident: "r-1", Kind: kind, Name: "urn:dev:1:"}}
		w.run([]Station{{Name: "a", Radio: w.aerials[0]}}, devices, Opts{Decode: decode}, func(w *ward) {
			test(w, func(metric string, v float64, ago int) {
				w.hub.pack(w.hub.stations[0], fmt.Appendf(nil, "urn:dev:1:%s %s %v %d", metric, metric, v, ago))
			})
		})
	})
}

// A clock that is set back, by seconds or by years, costs no state.
func TestSenMLOfAGatewayWhoseClockIsSetBack(t *testing.T) {
	for kind, m := range map[string]care.Metric{"smoke": care.Smoke, "leak": care.WaterLeak, "mat": care.BedOccupancy, "door": care.Door} {
		for _, back := range []int{5, 3600, 40_000_000} {
			inPacks(t, kind, func(w *ward, say func(string, float64, int)) {
				say(m.String(), 0, 0)
				time.Sleep(2 * time.Second)
				say(m.String(), 1, back)
				say(m.String(), 1, back) // the pack came twice
				time.Sleep(2 * time.Second)
				say(m.String(), 0, back)
				w.want("s-1", m, 0, 1, 0)
				for _, r := range w.notes.all() {
					if ago := time.Since(r.At); ago < 0 || ago > 5*time.Second {
						t.Errorf("%v of %v ago", r.Metric, ago)
					}
				}
			})
		}
	}
}

// Two changes within one second, of a sender that tells whole seconds.
func TestSenMLOfTwoStatesInOneSecond(t *testing.T) {
	inPacks(t, "door", func(w *ward, say func(string, float64, int)) {
		say("door", 1, 0)
		say("door", 0, 0)
		w.want("s-1", care.Door, 1, 0)
	})
}

// A sender without a clock gives all that it tells one time.
func TestSenMLOfASenderWhoseClockStandsStill(t *testing.T) {
	inPacks(t, "smoke", func(w *ward, say func(string, float64, int)) {
		since := 40_000_000
		for _, v := range []float64{0, 1, 1, 0, 1, 0} {
			say("smoke", v, since)
			time.Sleep(10 * time.Second)
			since += 10
		}
		w.want("s-1", care.Smoke, 0, 1, 0, 1, 0)
	})
}

// A call button that sleeps begins its clock anew with each press: in 2000, or a
// year ahead.
func TestSenMLOfACallButtonWhoseClockBeginsAnewWithEachPress(t *testing.T) {
	for _, c := range []struct {
		ago  int
		want []float64
	}{
		{800_000_000, []float64{1, 1}}, {-30_000_000, []float64{1, 1}},
		{3600, []float64{1}}, // an hour ago can be: the same press is told again and again
	} {
		inPacks(t, "callpoint", func(w *ward, say func(string, float64, int)) {
			ago := c.ago
			for _, wait := range []int{10, 50, 10} { // twice each, as packs come
				say("button_press", 1, ago)
				time.Sleep(time.Duration(wait) * time.Second)
				ago += wait
			}
			say("button_press", 1, ago)
			w.want("s-1", care.ButtonPress, c.want...)
		})
	}
}

// A monitor whose clock cannot be measures for nobody: somebody has to know.
func TestSenMLOfAMonitorWhoseClockIsWrongIsTold(t *testing.T) {
	for _, ago := range []int{-90, 3600} { // ahead, and set back
		inPacks(t, "tag", func(w *ward, say func(string, float64, int)) {
			say("spo2", 97, 0)
			for range 4 {
				time.Sleep(time.Minute)
				say("spo2", 70, ago)
			}
			w.want("s-1", care.SensorState, care.SensorWorks)
			time.Sleep(2 * time.Minute)
			say("spo2", 70, ago)
			w.want("s-1", care.SensorState, care.SensorWorks, care.SensorWrong)
			w.want("s-1", care.SpO2, 97)
			say("spo2", 96, 0) // it was set right
			w.want("s-1", care.SensorState, care.SensorWorks, care.SensorWrong, care.SensorWorks)
			w.want("s-1", care.SpO2, 97, 96)
		})
	}
	inPacks(t, "smoke", func(w *ward, say func(string, float64, int)) { // history, and then nothing but states
		say("battery_level", 80, 0)
		say("battery_level", 81, 600)
		for range 10 {
			time.Sleep(time.Minute)
			say("smoke", 0, 0)
		}
		w.want("s-1", care.SensorState, care.SensorWorks, care.SensorWorks, care.SensorWorks)
	})
}

// A device of one name that is a thermometer, a call button and a contact.
func TestSenMLOfSeveralSensorsOfOneName(t *testing.T) {
	var devices []Device
	for _, kind := range []string{"climate", "callpoint", "door"} {
		devices = append(devices, Device{ID: care.SourceID(kind), Resident: "r-1", Kind: kind, Name: "urn:dev:1:"})
	}
	synctest.Test(t, func(t *testing.T) {
		w := &ward{t: t, notes: &notebook{}, aerials: []*aerial{newAerial("a")}}
		w.run([]Station{{Name: "a", Radio: w.aerials[0]}}, devices, Opts{Decode: decode}, func(w *ward) {
			for _, r := range []string{"air_temperature 21", "button_press 1", "door 1", "battery_level 80"} {
				w.hub.pack(w.hub.stations[0], []byte("urn:dev:1:x "+r+" 0"))
			}
			w.want("climate", care.AirTemperature, 21)
			w.want("callpoint", care.ButtonPress, 1)
			w.want("door", care.Door, 1)
			w.want("climate", care.BatteryLevel, 80) // it has one
			for _, d := range devices {
				w.want(d.ID, care.SensorState, care.SensorWorks)
			}
			if got := len(w.notes.of("callpoint", care.BatteryLevel)); got != 0 {
				t.Errorf("its battery is told %d times more", got)
			}
		})
	})
}

// Names end with the name of the metric, as the reference configuration says.
func TestSenMLNamesEveryMetricOfAKind(t *testing.T) {
	for kind, m := range map[string]care.Metric{
		"callpoint": care.ButtonPress, "well_button": care.WellPress, "care_button": care.CareGiven, "flush": care.Flush,
		"door": care.Door, "contact": care.Door, "motion": care.Motion, "mat": care.BedOccupancy, "seat": care.Seat,
		"smoke": care.Smoke, "gas": care.Gas, "carbon_monoxide": care.CarbonMonoxide, "leak": care.WaterLeak,
		"thermometer": care.BodyTemperature, "climate": care.AirTemperature, "scale": care.BodyWeight, "tag": care.SpO2,
	} {
		inPacks(t, kind, func(w *ward, say func(string, float64, int)) {
			say(m.String(), 90, 0)
			if got := w.notes.of("s-1", m); len(got) == 0 {
				t.Errorf("a %s does not take %s", kind, m)
			}
		})
	}
	inPacks(t, "well_button", func(w *ward, say func(string, float64, int)) { // a press by its metric is one each time
		for range 2 {
			say("well_press", 1, 0)
			time.Sleep(time.Minute)
		}
		w.want("s-1", care.WellPress, 0, 1, 0, 1, 0)
	})
}

func TestSenMLOfMotionThatTellsItsBeginningOnly(t *testing.T) {
	inPacks(t, "motion", func(w *ward, say func(string, float64, int)) {
		for range 3 {
			say("motion", 1, 0)
			time.Sleep(time.Minute)
		}
		w.want("s-1", care.Motion, 1, 1, 1)
		time.Sleep(time.Minute)
		w.want("s-1", care.Motion, 1, 1, 1, 0)
		say("motion", 1, 0)
		time.Sleep(time.Second)
		say("motion", 0, 0)
		time.Sleep(10 * time.Minute)
		w.want("s-1", care.Motion, 1, 1, 1, 0, 1, 0)
	})
}
