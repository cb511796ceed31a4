package detect

import (
	"testing"

	"osmanthus/care"
)

func TestE6_EachClassHasItsLimit(t *testing.T) {
	for _, c := range []struct {
		class  Class
		kind   Kind
		limit  float64
		urgent float64
	}{
		{Wired, PPG, 60, 0}, {CallRadio, CallLine, 60, 0}, {Bed, BedPad, 300, 0}, {Band, Vitals, 900, 1800},
	} {
		h := newHome(t, Source{Kind: c.kind, Class: c.class}, Plan{})
		h.tick(0, 20)
		h.reading(care.SkinContact, 1, 20.5)
		h.tick(21, 4000)
		if c.urgent == 0 {
			h.want("source_stale:confirmed:medium")
		} else {
			h.want("source_stale:confirmed:low source_stale:confirmed:medium")
			if d := h.alerts[1].At.Sub(after(20)).Seconds(); d < 0.9*c.urgent || d > 1.1*c.urgent {
				t.Errorf("%v: more urgent after %v s, want %v", c.class, d, c.urgent)
			}
			if h.alerts[0].Episode != h.alerts[1].Episode {
				t.Errorf("%v: two episodes of one silence", c.class)
			}
		}
		if d := h.alerts[0].At.Sub(after(20)).Seconds(); d < 0.9*c.limit || d > 1.1*c.limit {
			t.Errorf("%v: told after %v s, want %v", c.class, d, c.limit)
		}
		n := len(h.alerts)
		h.reading(care.SkinContact, 1, 4001)
		h.tick(4001, 4030)
		if len(h.alerts) != n+1 || h.alerts[n].State != care.Cleared || h.alerts[n].Episode != h.alerts[0].Episode {
			t.Errorf("%v: a source that speaks again did not clear: %s", c.class, h.said())
		}
	}
}

func TestE6_ASourceThatNeverSpokeIsStale(t *testing.T) {
	h := newHome(t, Source{Kind: IMUWrist}, Plan{})
	h.tick(0, 100)
	h.want("source_stale:confirmed:medium")
}

func TestE6_AClockThatIsSetIsNoSilence(t *testing.T) {
	h := newHome(t, Source{Kind: IMUWrist}, Plan{})
	h.tick(0, 10)
	h.tick(1e6, 1e6+10) // forward
	h.tick(30, 35)      // and back
	h.want("")
	h.tick(36, 90)
	h.want("source_stale:confirmed:medium")
}

// A chip that is asleep, or whose FIFO was switched off by a spike, answers for
// ever and measures nothing.
func TestE6_ASensorThatAnswersAndMeasuresNothingIsStale(t *testing.T) {
	h := newHome(t, Source{Kind: IMUWrist}, Plan{})
	h.imu(50, 0, 10, modelFall(1e9))
	for at := 10.0; at < 100; at += 30 {
		h.reading(care.SensorState, care.SensorWorks, at)
		h.tick(at, at+29)
	}
	h.want("source_stale:confirmed:medium")
}

func TestE6_WhoSpeaksEveryTwentySecondsIsNotStale(t *testing.T) {
	h := newHome(t, Source{Kind: CallLine}, Plan{})
	for at := 0.0; at < 600; at++ {
		if int(at)%20 == 0 {
			h.reading(care.CallLine, care.CallLineNormal, at)
		}
		h.tick(at, at)
	}
	h.want("")
}

func TestA2_AFaultySensorIsOneTechnicalAlertWithinAMinute(t *testing.T) {
	h := newHome(t, Source{Kind: IMUWrist}, Plan{})
	h.tick(0, 10)
	for at := 10.0; at < 200; at += 30 {
		h.reading(care.SensorState, care.SensorSilent, at)
		h.tick(at, at+29)
	}
	h.want("sensor_fault:confirmed:medium") // and no stale source
	if d := h.alerts[0].At.Sub(after(10)).Seconds(); d > 60 {
		t.Errorf("told after %v s", d)
	}
	h.reading(care.SensorState, care.SensorWorks, 220)
	h.tick(220, 240)
	h.want("sensor_fault:confirmed:medium sensor_fault:cleared:medium")
}

func TestASensorThatLosesSamplesAndThenIsSilent(t *testing.T) {
	h := newHome(t, Source{Kind: IMUWrist}, Plan{})
	h.reading(care.SensorState, care.SensorLosing, 0)
	h.tick(0, 20)
	h.want("sensor_fault:confirmed:low")
	h.reading(care.SensorState, care.SensorBusStuck, 21)
	h.want("sensor_fault:confirmed:low sensor_fault:confirmed:medium")
	if h.alerts[0].Episode != h.alerts[1].Episode {
		t.Error("two episodes of one fault")
	}
}

func TestAShortFaultIsNotTold(t *testing.T) {
	h := newHome(t, Source{Kind: IMUWrist}, Plan{})
	h.reading(care.SensorState, care.SensorSilent, 0)
	h.tick(0, 5)
	h.reading(care.SensorState, care.SensorWorks, 5)
	h.tick(5, 40)
	h.want("")
}

func TestAStaleSourceWhoseFaultIsFoundIsExplained(t *testing.T) {
	h := newHome(t, Source{Kind: IMUWrist}, Plan{})
	h.tick(0, 70)
	h.reading(care.SensorState, care.SensorSilent, 71)
	h.tick(71, 90)
	h.want("source_stale:confirmed:medium source_stale:cleared:medium sensor_fault:confirmed:medium")
}

// A band that is connected and measures nothing still tells of its battery.
func TestABatteryIsNoSignOfLife(t *testing.T) {
	h := newHome(t, Source{Kind: Vitals, Class: Band}, Plan{})
	h.reading(care.HeartRate, 70, 0)
	for at := 0.0; at < 4*3600; at += 600 {
		h.reading(care.BatteryLevel, 80, at)
		h.tick(at, at+599)
	}
	h.want("source_stale:confirmed:low source_stale:confirmed:medium")
}

// Samples that are being lost are told once, and once more when nothing comes
// any more.
func TestASensorThatGetsWorseIsToldOnceMore(t *testing.T) {
	h := newHome(t, Source{Kind: IMUWrist}, Plan{})
	at := 0.0
	for _, state := range []float64{care.SensorLosing, care.SensorLosing, care.SensorLosing, care.SensorSilent, care.SensorSilent, care.SensorLosing} {
		h.reading(care.SensorState, state, at)
		h.tick(at, at+12)
		at += 13
	}
	h.want("sensor_fault:confirmed:low sensor_fault:confirmed:medium")
	h.reading(care.SensorState, care.SensorWorks, at)
	h.tick(at, at+12)
	if n := len(h.alerts); n != 3 || h.alerts[2].State != care.Cleared || h.alerts[2].Episode != h.alerts[0].Episode || h.alerts[1].Episode != h.alerts[0].Episode {
		t.Errorf("said %s", h.said())
	}
}
