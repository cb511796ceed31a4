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
		if d := b.At.Sub(b.Onset).Seconds(); d > 13 {
			t.Errorf("%v Hz: confirmed after %v s", rate, d)
		}
		if a.Episode != b.Episode || b.Resident != "r-1" || b.Source != "s-1" || len(b.Evidence.Features) == 0 {
			t.Errorf("%v Hz: %+v", rate, b)
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

// TestD2_AClockThatIsSetBackHidesNoFallAndMakesNone: what belongs to the last
// fall is told by the time that passed, whatever the clock says.
func TestD2_AClockThatIsSetBackHidesNoFallAndMakesNone(t *testing.T) {
	for _, back := range []float64{0.4, 20, 45, 3600} {
		h := newHome(t, Source{Kind: IMUWrist}, Plan{})
		h.imu(50, 0, 60, modelFall(20))
		h.imuAt(true, 50, 60-back, 60, modelFall(15)) // half a minute after the first was confirmed
		if h.said() != suspected+" "+confirmed+" "+suspected+" "+confirmed {
			t.Errorf("another fall, the clock set back by %v s: %s", back, h.said())
		}

		h = newHome(t, Source{Kind: IMUWrist}, Plan{})
		h.imu(50, 0, 28, modelFall(20))
		h.imuAt(true, 50, 28-back, 30, modelFall(4)) // what the same fall shakes loose
		if h.said() != suspected+" "+confirmed {
			t.Errorf("the same fall, the clock set back by %v s: %s", back, h.said())
		}
	}
}

func TestFallEveryStateAndEvent(t *testing.T) {
	m := &FallModel{Rule: "fall-test/1", Suspect: -1, Believe: 0, Sure: 2}
	quiet := func(d *fall) { d.watch(0.01, 0.02) }
	active := func(d *fall) { d.watch(0.4, 0.6) }
	dead := func(d *fall) { d.watch(0.001, 0.002) }
	free := func(f float64) signal.ImpactFeatures {
		var all signal.ImpactFeatures
		all[floatTime] = f
		return all
	}
	glance := func(z, float float64) func(*fall) {
		return func(d *fall) { f := free(float); d.judge(0, &f, z, d.at) }
	}
	look := func(z float64) func(*fall) { // the second look at the impact that waited longest
		return func(d *fall) {
			if len(d.waiting) > 0 {
				d.waiting = d.waiting[:len(d.waiting)-1]
			}
			f := free(0)
			d.weigh(&f, z, d.model.Believe, d.at)
		}
	}
	wait := func(s float64) func(*fall) {
		return func(d *fall) { d.at = d.at.Add(time.Duration(s * float64(time.Second))); d.expire(d.at) }
	}
	many := func(n int, e func(*fall)) func(*fall) {
		return func(d *fall) {
			for range n {
				e(d)
			}
		}
	}
	const nothing, like, doubtful, sure = -3, 1, 0.5, 3
	impact, thing := glance(like, 0), glance(like, 0.4)
	for _, c := range []struct {
		name   string
		events []func(*fall)
		state  fallState
		want   string
	}{
		{"idle, seconds", []func(*fall){quiet, active, dead}, fallIdle, ""},
		{"idle, an impact like none", []func(*fall){glance(nothing, 0)}, fallIdle, ""},
		{"idle, time", []func(*fall){wait(100)}, fallIdle, ""},
		{"idle, an impact like a fall", []func(*fall){impact}, fallSuspected, suspected},
		{"suspected, an impact like none", []func(*fall){impact, glance(nothing, 0)}, fallSuspected, suspected},
		{"suspected, quiet before the second look", []func(*fall){impact, many(20, quiet)}, fallSuspected, suspected},
		{"suspected, active before the second look", []func(*fall){impact, many(20, active)}, fallSuspected, suspected},
		{"suspected, not believed", []func(*fall){impact, look(nothing)}, fallSettled, suspected + " " + cleared},
		{"suspected, sure", []func(*fall){impact, look(sure)}, fallSettled, suspected + " " + confirmed},
		{"suspected, believed", []func(*fall){impact, look(doubtful)}, fallSuspected, suspected},
		{"suspected, time", []func(*fall){impact, wait(29)}, fallSettled, suspected + " " + confirmed},
		{"two impacts, the first not believed", []func(*fall){impact, impact, look(nothing)}, fallSuspected, suspected},
		{"two impacts, none believed", []func(*fall){impact, impact, look(nothing), look(nothing)}, fallSettled, suspected + " " + cleared},
		{"two impacts, the second believed", []func(*fall){impact, impact, look(nothing), look(doubtful)}, fallSuspected, suspected},
		{"two impacts, the second sure", []func(*fall){impact, impact, look(nothing), look(sure)}, fallSettled, suspected + " " + confirmed},
		{"more impacts than are followed", []func(*fall){impact, impact, impact, impact, impact, impact}, fallSuspected, suspected},
		{"believed, seven quiet seconds", []func(*fall){impact, look(doubtful), many(7, quiet)}, fallSuspected, suspected},
		{"believed, eight quiet seconds", []func(*fall){impact, quiet, look(doubtful), active, many(7, quiet)}, fallSettled, suspected + " " + confirmed},
		{"believed, another impact counts anew", []func(*fall){impact, look(doubtful), many(7, quiet), impact, many(7, quiet)}, fallSuspected, suspected},
		{"believed, moving for four seconds", []func(*fall){impact, look(doubtful), many(4, active)}, fallSuspected, suspected},
		{"believed, moving", []func(*fall){impact, look(doubtful), many(5, active)}, fallSettled, suspected + " " + cleared},
		{"believed, moving and resting", []func(*fall){impact, look(doubtful), active, many(3, quiet), many(5, active)}, fallSuspected, suspected},
		{"believed, time", []func(*fall){impact, look(doubtful), wait(29)}, fallSettled, suspected + " " + confirmed},
		{"a thing, dead", []func(*fall){thing, dead, dead, dead}, fallSettled, suspected + " " + cleared},
		{"a thing, sure, waits for what follows", []func(*fall){thing, look(sure)}, fallSuspected, suspected},
		{"a thing, sure, moves a little", []func(*fall){thing, look(sure), many(8, quiet)}, fallSettled, suspected + " " + confirmed},
		{"a thing, sure, then dead", []func(*fall){thing, look(sure), dead, dead, dead}, fallSettled, suspected + " " + cleared},
		{"settled, seconds and time", []func(*fall){impact, look(sure), many(9, quiet), many(9, active), wait(99)}, fallSettled, suspected + " " + confirmed},
		{"settled, a late second look", []func(*fall){impact, look(sure), look(nothing)}, fallSettled, suspected + " " + confirmed},
		{"confirmed, again at once", []func(*fall){impact, look(sure), impact}, fallSettled, suspected + " " + confirmed},
		{"confirmed, again later", []func(*fall){impact, look(sure), wait(25), impact}, fallSuspected, suspected + " " + confirmed + " " + suspected},
		{"cleared, again at once", []func(*fall){impact, look(nothing), impact}, fallSuspected, suspected + " " + cleared + " " + suspected},
	} {
		d := newFall(Source{ID: "s-1", Resident: "r-1", Kind: IMUWrist, Fall: m})
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
