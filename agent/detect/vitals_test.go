package detect

import (
	"strings"
	"testing"

	"osmanthus/care"
)

const (
	hrHigh   = "vital_high:confirmed:high"
	hrMedium = "vital_high:confirmed:medium"
	hrClear  = "vital_high:cleared:medium"
)

// rate plays heart rates, one a second.
func (h *home) rate(from float64, values ...float64) float64 {
	for i, v := range values {
		h.reading(care.HeartRate, v, from+float64(i))
	}
	return from + float64(len(values))
}

func times(n int, v ...float64) (all []float64) {
	for range n {
		all = append(all, v...)
	}
	return all
}

func TestD8_PersistenceAndHysteresis(t *testing.T) {
	cat := func(parts ...[]float64) (all []float64) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	for _, c := range []struct {
		name   string
		values []float64
		want   string
	}{
		{"quiet", times(60, 70), ""},
		{"a spike of 3 s", cat(times(20, 70), times(3, 126), times(60, 70)), ""},
		{"12 s", cat(times(20, 70), times(12, 126), times(60, 70)), hrMedium + " " + hrClear},
		{"9 s", cat(times(20, 70), times(9, 126), times(60, 70)), ""},
		{"the tenth second", cat(times(20, 70), times(10, 126), times(60, 70)), hrMedium + " " + hrClear},
		{"chatter around the limit", cat(times(100, 119, 121), times(100, 118, 122)), hrMedium},
		{"chatter for a minute", times(30, 119, 121), hrMedium},
		{"a touch now and then, and back between", times(50, 121, 121, 119, 119, 110), ""},
		{"chatter, then well", cat(times(50, 119, 121), times(30, 80)), hrMedium + " " + hrClear},
		{"just below the limit after it: not yet back", cat(times(12, 126), times(60, 118)), hrMedium},
		{"back for 3 s only", cat(times(12, 126), times(3, 100), times(60, 126)), hrMedium},
		{"at once over both limits", times(30, 150), hrHigh},
		{"from bad to worse is one episode", cat(times(20, 125), times(20, 140)), hrMedium + " " + hrHigh},
		{"better, but still bad: no clear", cat(times(20, 140), times(60, 124)), hrHigh},
		{"low", times(20, 38), "vital_low:confirmed:high"},
	} {
		h := newHome(t, Source{Kind: Vitals}, Plan{})
		h.rate(0, c.values...)
		if h.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, h.said(), c.want)
		}
		for _, a := range h.alerts {
			if a.Episode != h.alerts[0].Episode {
				t.Errorf("%s: more than one episode", c.name)
			}
		}
	}
}

func TestA9_ImplausibleIsTechnicalNotClinical(t *testing.T) {
	frozen := func(h *home) {
		for i := range 200 {
			h.reading(care.BodyTemperature, 39.9, float64(i*20))
		}
	}
	for _, c := range []struct {
		name string
		play func(*home)
		flag care.Flags
		want string
	}{
		{"SpO2 of 0", func(h *home) {
			for i := range 120 {
				h.reading(care.SpO2, 0, float64(i))
			}
		}, care.OutOfRange, "implausible:confirmed:low"},
		{"heart rate of 255", func(h *home) { h.rate(0, times(120, 255)...) }, care.OutOfRange, "implausible:confirmed:low"},
		{"300 °C once, then well", func(h *home) {
			h.reading(care.BodyTemperature, 300, 0)
			for i := range 700 {
				h.reading(care.BodyTemperature, 36.5+0.01*float64(i%7), float64(i+1))
			}
		}, 0, "implausible:confirmed:low implausible:cleared:low"},
		{"a damaged value a minute, for an hour", func(h *home) {
			for i := range 3600 {
				v := 70.0 + float64(i%7)
				if i%60 == 0 {
					v = 10037
				}
				h.reading(care.PulseRate, v, float64(i))
			}
		}, 0, "implausible:confirmed:low"},
		{"a temperature that never moves, of no fever", func(h *home) {
			for i := range 200 {
				h.reading(care.BodyTemperature, 36.5, float64(i*60))
			}
		}, care.Stuck, "implausible:confirmed:low"},
		{"a temperature that never moves, of a fever", frozen, care.Stuck,
			// The fever is believed until it has not moved for half an hour.
			"vital_high:confirmed:high implausible:confirmed:low"},
	} {
		h := newHome(t, Source{Kind: Vitals, Class: Unsupervised}, Plan{})
		c.play(h)
		if h.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, h.said(), c.want)
		}
		last := h.values[len(h.values)-1]
		if last.Flags&(care.OutOfRange|care.Stuck) != c.flag {
			t.Errorf("%s: the reading has the flags %b", c.name, last.Flags)
		}
	}
}

func TestABadQualityNeitherCallsNorReassures(t *testing.T) {
	h := newHome(t, Source{Kind: Vitals}, Plan{})
	h.rate(0, times(20, 150)...)
	for i := range 60 {
		h.take(h.engine.Reading(care.NewReading("r-1", "s-1", care.HeartRate, 70, 10, after(20+float64(i)))))
	}
	h.want(hrHigh)
}

func TestASpotValueIsJudgedAtOnce(t *testing.T) {
	h := newHome(t, Source{Kind: Spot}, Plan{})
	h.reading(care.Systolic, 230, 0)
	h.reading(care.Systolic, 150, 600)
	h.want("vital_high:confirmed:high vital_high:cleared:high")
}

// An oximeter that is held to a finger for a minute sends a stream, and what it
// says as the finger leaves is no measurement.
func TestD8_ASpotSensorThatStreamsIsAStream(t *testing.T) {
	oximeter := func(values ...float64) *home {
		h := newHome(t, Source{Kind: Spot}, Plan{})
		for i, v := range values {
			h.reading(care.SpO2, v, float64(i)*5)
			h.tick(float64(i)*5+1, float64(i)*5+4)
		}
		h.tick(float64(len(values))*5, 4*3600)
		return h
	}
	oximeter(append(times(11, 97), 84)...).want("")
	h := oximeter(append(times(11, 97), 84, 83, 84)...)
	if got := h.said(); !strings.Contains(got, "vital_low:confirmed:high") {
		t.Errorf("low for ten seconds: %q", got)
	}
	h = oximeter(84) // no stream: it is all that is known
	if got := h.said(); !strings.Contains(got, "vital_low:confirmed:high") {
		t.Errorf("one value: %q", got)
	}

	cuff := newHome(t, Source{Kind: Spot}, Plan{})
	for i, v := range []float64{150, 155, 230} { // measured three times, a minute apart
		cuff.reading(care.Systolic, v, float64(i)*60)
	}
	cuff.want("vital_high:confirmed:high")
}

func TestD8_EveryGlucoseThatIsDangerousIsTold(t *testing.T) {
	for _, c := range []struct {
		metric care.Metric
		value  float64
		want   string
	}{
		{care.Glucose, 2.9, "vital_low:confirmed:high"}, {care.Glucose, 3, "vital_low:confirmed:medium"},
		{care.Glucose, 3.8, "vital_low:confirmed:medium"}, {care.Glucose, 3.9, ""}, {care.Glucose, 5.5, ""},
		{care.Glucose, 13.9, ""}, {care.Glucose, 14, hrMedium}, {care.Glucose, 33, hrHigh},
		{care.Diastolic, 80, ""}, {care.Diastolic, 125, hrMedium},
	} {
		h := newHome(t, Source{Kind: Spot}, Plan{})
		h.reading(c.metric, c.value, 0)
		if h.said() != c.want {
			t.Errorf("%v of %v: %q, want %q", c.metric, c.value, h.said(), c.want)
		}
	}
	o := Override{Resident: "r-1", Metric: care.Glucose, Side: Above, Priority: care.Medium, Value: 17, By: "doctor-7", Why: "frail", Until: after(1e6)}
	h := newHome(t, Source{Kind: Spot}, Plan{Overrides: []Override{o}})
	h.reading(care.Glucose, 15, 0)
	h.want("")
}

func TestValuesFarApartDoNotAddUp(t *testing.T) {
	h := newHome(t, Source{Kind: Vitals}, Plan{})
	at := h.rate(0, times(20, 80)...)
	for i := range 10 { // a value over the limit, and then nothing for a while
		at = h.rate(at, 80, 80, 80, 125+float64(i%2))
		at += 100
	}
	h.want("")
}

func TestD8_ABandThatSpeaksSeldomIsBelieved(t *testing.T) {
	for _, every := range []float64{1, 5, 30, 60, 300, 600, 960, 1800, 3600} {
		h := newHome(t, Source{Kind: Vitals, Class: Band}, Plan{})
		for i := range 20 {
			v := 80.0
			if i > 10 && i < 16 {
				v = 150
			}
			if every == 1 { // 10 s are ten values then
				h.rate(float64(i)*10, times(10, v+float64(i%2))...)
			} else {
				h.reading(care.HeartRate, v+float64(i%2), float64(i)*every)
			}
		}
		if want := hrHigh + " vital_high:cleared:high"; h.said() != want {
			t.Errorf("a value each %v s: %q, want %q", every, h.said(), want)
		}
	}
}

// Bands measure every half an hour at night. What one of them says is all that
// is known; what a sensor says that was away for as long is not.
func TestD8_AValueThatStandsAloneIsJudgedAtOnce(t *testing.T) {
	band := newHome(t, Source{Kind: Vitals, Class: Band}, Plan{})
	for i, v := range []float64{96, 97, 96, 82, 96} {
		band.reading(care.SpO2, v, float64(i)*1800)
	}
	if want := "vital_low:confirmed:high vital_low:cleared:high"; band.said() != want {
		t.Errorf("every half an hour: %q, want %q", band.said(), want)
	}

	away := newHome(t, Source{Kind: Vitals}, Plan{})
	at := 0.0
	for range 5 {
		at = away.rate(at, times(60, 80)...)
		at = away.rate(at+1800, 150, 80, 80) // a jolt as it is put on again
	}
	away.want("")
}

// A band that measures for some seconds now and then never fills a persistence:
// what two measurements in a row say, is so.
func TestD8_ABandThatMeasuresInBurstsIsBelieved(t *testing.T) {
	for _, c := range []struct {
		name         string
		metric       care.Metric
		bad, well    float64
		values       int // in a burst, one a second
		every        float64
		raised, over string
	}{
		{"a heart of 26, for 8 s every 20 min", care.HeartRate, 26, 70, 8, 1200, "vital_low:confirmed:high", "vital_low:cleared:high"},
		{"SpO2 of 60, for 5 s every minute", care.SpO2, 60, 96, 5, 60, "vital_low:confirmed:high", "vital_low:cleared:high"},
		{"40.5 °C, for 29 s every 10 min", care.BodyTemperature, 40.5, 36.6, 29, 600, "vital_high:confirmed:high", "vital_high:cleared:high"},
	} {
		h := newHome(t, Source{Kind: Vitals, Class: Band}, Plan{})
		burst := func(n int, v float64) {
			for i := range c.values {
				h.reading(c.metric, v+0.1*float64(i%2), float64(n)*c.every+float64(i))
			}
		}
		burst(0, c.well)
		burst(1, c.bad)
		burst(2, c.well) // one alone is none
		burst(3, c.bad)
		h.want("")
		burst(4, c.bad)
		if h.said() != c.raised || h.alerts[0].Onset != after(3*c.every) {
			t.Errorf("%s: %q", c.name, h.said())
		}
		burst(5, c.well)
		burst(6, c.bad)
		burst(7, c.well)
		burst(8, c.well)
		if h.said() != c.raised+" "+c.over {
			t.Errorf("%s: %q", c.name, h.said())
		}
	}
}

// A stream that is interrupted as somebody moves is not two measurements.
func TestAnInterruptedStreamIsNoBurst(t *testing.T) {
	h := newHome(t, Source{Kind: Vitals}, Plan{})
	at := h.rate(0, times(60, 80)...)
	for range 20 {
		at = h.rate(at+45, 150, 150, 80, 80, 80, 150, 150)
	}
	h.want("")
}

func TestABandThatSaysTheSameSpO2TwelveTimesIsNotFrozen(t *testing.T) {
	h := newHome(t, Source{Kind: Vitals, Class: Band}, Plan{})
	for i := range 20 {
		h.reading(care.SpO2, 97, float64(i)*600)
	}
	h.want("")
}

func TestTheSameSpotValueEachDayIsNotFrozen(t *testing.T) {
	h := newHome(t, Source{Kind: Spot}, Plan{})
	for day := range 30 {
		h.reading(care.BodyTemperature, 36.5, float64(day)*86400)
	}
	h.want("")
}

// One alarm that gets worse and ends is one episode; another is another.
func TestAnAlarmOfAVitalSignIsOneEpisode(t *testing.T) {
	h := newHome(t, Source{Kind: Spot}, Plan{})
	for i, v := range []float64{80, 125, 140, 80, 125} {
		h.reading(care.HeartRate, v, float64(i)*60)
	}
	h.want("vital_high:confirmed:medium vital_high:confirmed:high vital_high:cleared:high vital_high:confirmed:medium")
	a := h.alerts
	if a[0].Episode == (care.Episode{}) || a[1].Episode != a[0].Episode || a[2].Episode != a[0].Episode || a[3].Episode == a[0].Episode {
		t.Errorf("the episodes are %v, %v, %v, %v", a[0].Episode, a[1].Episode, a[2].Episode, a[3].Episode)
	}
}

// Of two limits that hold the more urgent calls, whichever that is by now.
func TestTheMostUrgentLimitCalls(t *testing.T) {
	o := Override{Resident: "r-1", Metric: care.HeartRate, Side: Above, By: "nurse-3", Why: "heart", Until: after(1e6)}
	up, down := o, o
	up.Priority, up.Value, up.As = care.Medium, 120, care.High
	down.Priority, down.Value, down.As = care.High, 130, care.Medium
	h := newHome(t, Source{Kind: Spot}, Plan{Overrides: []Override{up, down}})
	h.reading(care.HeartRate, 140, 0)
	h.want("vital_high:confirmed:high")
}

// The second value of a source may be as far away as any later one.
func TestTheSecondValueMayStandAlone(t *testing.T) {
	h := newHome(t, Source{Kind: Vitals}, Plan{})
	h.reading(care.SpO2, 96, 0)
	h.reading(care.SpO2, 82, 1800)
	h.want("vital_low:confirmed:high")
}
