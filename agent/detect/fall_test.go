package detect

import (
	"math"
	"testing"
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

const (
	suspected = "fall:suspected:high"
	confirmed = "fall:confirmed:high"
	cleared   = "fall:cleared:high"
)

func TestD2_AModelledFallIsConfirmedInTime(t *testing.T) {
	for _, rate := range []float64{20, 50, 100, 125, 200} {
		h := newHome(t, Source{Kind: IMUWrist}, Plan{})
		h.imu(rate, 0, 60, modelFall(20))
		h.want(suspected + " " + confirmed)
		if len(h.alerts) != 2 {
			continue
		}
		a, b := h.alerts[0], h.alerts[1]
		if d := a.Onset.Sub(after(20)).Seconds(); math.Abs(d) > 0.3 {
			t.Errorf("%v Hz: the impact is %v s off", rate, d)
		}
		if d := b.At.Sub(b.Onset).Seconds(); d > 8 {
			t.Errorf("%v Hz: confirmed after %v s", rate, d)
		}
		if a.Episode != b.Episode || b.Resident != "r-1" || b.Source != "s-1" || len(b.Evidence.Features) == 0 {
			t.Errorf("%v Hz: %+v", rate, b)
		}
	}
}

func TestD2_WhatIsNoFall(t *testing.T) {
	still := func(i int, x, y, z float64) (float64, float64, float64) {
		return x + 0.01*hum(i), y + 0.01*hum(i+1), z + 0.01*hum(i+2)
	}
	for name, g := range map[string]func(t float64) (x, y, z float64){
		"lying": func(t float64) (x, y, z float64) { return still(int(t*1000), 0, 0, 1) },
		"walking": func(t float64) (x, y, z float64) {
			s := 0.35 * math.Sin(2*math.Pi*1.8*t)
			return still(int(t*1000), 0.97+s, 0.18+0.2*s, 0.16)
		},
		"clapping": func(t float64) (x, y, z float64) {
			clap := 0.0
			if t > 5 && t < 12 && math.Mod(t, 0.4) < 0.04 {
				clap = 2.5
			}
			return still(int(t*1000), 0.3+clap, 0.2, 0.9)
		},
		"sitting down hard": func(t float64) (x, y, z float64) {
			bump := 0.0
			if u := t - 10; u > 0 && u < 0.15 {
				bump = 0.8
			}
			return still(int(t*1000), 0.9+bump, 0.2, 0.3)
		},
		"a band that drops on the floor": func(t float64) (x, y, z float64) {
			switch u := t - 20; {
			case u < -0.45:
				return still(int(t*1000), 0.5, 0.5, 0.7)
			case u < 0:
				return 0.02, 0.01, 0.03 // nothing holds it
			case u < 0.06:
				return 3, -4, 6
			case u < 0.3:
				return -0.5, 0.2, 1.3
			}
			return 0.0, 0.001, 1.0
		},
	} {
		h := newHome(t, Source{Kind: IMUWrist}, Plan{})
		h.imu(50, 0, 60, g)
		for i, a := range h.alerts {
			if a.State == care.Confirmed || a.State == care.Suspected && i == len(h.alerts)-1 {
				t.Errorf("%s: %s", name, h.said())
				break
			}
		}
	}
}

func TestD2_AFallAfterWhichTheBandIsSilentIsConfirmed(t *testing.T) {
	h := newHome(t, Source{Kind: IMUWrist, Class: Band}, Plan{})
	h.imu(50, 0, 22, modelFall(20))
	h.want(suspected)
	h.tick(23, 60)
	h.want(suspected + " " + confirmed)
	if d := h.alerts[1].At.Sub(h.alerts[1].Onset).Seconds(); d > 30 {
		t.Errorf("confirmed %v s after the impact", d)
	}
}

func TestD2_AnImpactWithWhichTheSamplesEndIsJudged(t *testing.T) {
	h := newHome(t, Source{Kind: IMUWrist, Class: Band}, Plan{})
	h.imu(50, 0, 21.5, modelFall(20)) // the band breaks with the impact
	h.want("")
	h.tick(22, 60)
	h.want(suspected + " " + confirmed)
}

func TestD2_ABandWhoseBlocksComeLateSeesTheSameFall(t *testing.T) {
	want := newHome(t, Source{Kind: IMUWrist}, Plan{})
	want.imu(50, 0, 40, modelFall(20))
	late := newHome(t, Source{Kind: IMUWrist}, Plan{})
	for at := 0.0; at < 40; at += 5 { // five seconds at once, and ticks between
		for _, tick := range []float64{0, 1, 2, 3, 4} {
			late.tick(at+5+tick, at+5+tick)
		}
		for k := range 10 {
			b := care.Block{Source: "s-1", Resident: "r-1", Kind: care.IMU, Rate: 50, Start: after(at + float64(k)/2), Channels: make([][]float64, 3)}
			for i := range 25 {
				x, y, z := modelFall(20)(at + float64(k)/2 + float64(i)/50)
				b.Channels[0], b.Channels[1], b.Channels[2] = append(b.Channels[0], x), append(b.Channels[1], y), append(b.Channels[2], z)
			}
			late.take(late.engine.Block(&b))
		}
	}
	if late.said() != want.said() || len(late.alerts) == 0 || late.alerts[0].Episode != want.alerts[0].Episode {
		t.Errorf("%s\nin time it was\n%s", late.said(), want.said())
	}
}

func TestD2_AFallAfterTheClockWasSetBackIsSeen(t *testing.T) {
	h := newHome(t, Source{Kind: IMUWrist}, Plan{})
	h.imu(50, 0, 40, modelFall(20))
	h.imu(50, -3600, 40, modelFall(20))
	h.want(suspected + " " + confirmed + " " + suspected + " " + confirmed)
}

func TestFallEveryStateAndEvent(t *testing.T) {
	yes := signal.ImpactFeatures{Age: 1.5, Peak: 5, Dip: 0.4, Fall: 0.1, Turn: 90, Rest: 0.02, Sway: 0.03, Before: 0.2, Sharp: 3, After: 1.3, Thud: 4, Swing: 2}
	no := signal.ImpactFeatures{Age: 1.5, Peak: 1.7, Dip: 0.9, Turn: 2, Rest: 0.3, Sway: 0.6, Before: 0.3, Beats: 8, Sharp: 0.8, After: 1.6, Thud: 1.2, Swing: 0.5}
	if wristModel.logit(yes) < 0 || wristModel.logit(no) > -1 {
		t.Fatalf("the cases are not what they should be: %v, %v", wristModel.logit(yes), wristModel.logit(no))
	}
	quiet := func(d *fall) { d.watch(0.01, 0.02) }
	active := func(d *fall) { d.watch(0.4, 0.6) }
	dead := func(d *fall) { d.watch(0.001, 0.002) }
	impact := func(f signal.ImpactFeatures) func(*fall) { return func(d *fall) { d.judge(f, d.at) } }
	doubtful := func(d *fall) { d.logit = 0.5 }
	floating := func(d *fall) { d.found.Float = 0.4 }
	wait := func(s float64) func(*fall) {
		return func(d *fall) { d.at = d.at.Add(time.Duration(s * float64(time.Second))); d.expire(d.at) }
	}
	for _, c := range []struct {
		name   string
		events []func(*fall)
		state  fallState
		want   string
	}{
		{"idle, seconds", []func(*fall){quiet, active, dead}, fallIdle, ""},
		{"idle, no fall", []func(*fall){impact(no)}, fallIdle, ""},
		{"idle, time", []func(*fall){wait(100)}, fallIdle, ""},
		{"idle, fall", []func(*fall){impact(yes)}, fallSuspected, suspected},
		{"suspected, no fall", []func(*fall){impact(yes), impact(no)}, fallSuspected, suspected},
		{"suspected, another impact counts anew", []func(*fall){impact(yes), quiet, quiet, impact(yes), quiet}, fallSuspected, suspected},
		{"suspected, two quiet seconds", []func(*fall){impact(yes), quiet, quiet}, fallSuspected, suspected},
		{"suspected, three quiet seconds", []func(*fall){impact(yes), quiet, active, quiet, quiet}, fallSettled, suspected + " " + confirmed},
		{"suspected, moving, sure", []func(*fall){impact(yes), active, active, active, active, active}, fallSuspected, suspected},
		{"suspected, moving, doubtful", []func(*fall){impact(yes), doubtful, active, active, active}, fallSettled, suspected + " " + cleared},
		{"suspected, it was a thing", []func(*fall){impact(yes), floating, dead, dead, dead}, fallSettled, suspected + " " + cleared},
		{"suspected, fell freely, and moves a little", []func(*fall){impact(yes), floating, quiet, quiet, quiet}, fallSettled, suspected + " " + confirmed},
		{"suspected, time", []func(*fall){impact(yes), wait(27)}, fallSettled, suspected + " " + confirmed},
		{"settled, seconds and time", []func(*fall){impact(yes), quiet, quiet, quiet, quiet, active, wait(99)}, fallSettled, suspected + " " + confirmed},
		{"confirmed, again at once", []func(*fall){impact(yes), quiet, quiet, quiet, impact(yes)}, fallSettled, suspected + " " + confirmed},
		{"confirmed, again later", []func(*fall){impact(yes), quiet, quiet, quiet, wait(25), impact(yes)}, fallSuspected, suspected + " " + confirmed + " " + suspected},
		{"cleared, again at once", []func(*fall){impact(yes), doubtful, active, active, active, impact(yes)}, fallSuspected, suspected + " " + cleared + " " + suspected},
	} {
		d := newFall(Source{ID: "s-1", Resident: "r-1", Kind: IMUWrist})
		d.at = after(0)
		for _, e := range c.events {
			d.at = d.at.Add(time.Millisecond)
			e(d)
		}
		h := home{t: t, alerts: d.out}
		if h.said() != c.want || d.state != c.state {
			t.Errorf("%s: %q in state %d, want %q in %d", c.name, h.said(), d.state, c.want, c.state)
		}
	}
}
