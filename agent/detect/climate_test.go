package detect

import (
	"testing"
	"time"

	"osmanthus/care"
)

// degrees says the temperature of a room every minute for so many minutes.
func (h *home) degrees(celsius float64, from, minutes int) {
	for m := from; m < from+minutes; m++ {
		h.reading(care.AirTemperature, celsius, float64(60*m))
	}
}

func ambient(t *testing.T) *home {
	return newHome(t, Source{Kind: Ambient, Room: Bedroom, Class: Unsupervised}, Plan{})
}

func TestARoomThatIsTooHotOrTooColdForAnHourIsSaidOnce(t *testing.T) {
	for name, c := range map[string]struct {
		play func(h *home)
		want string
	}{
		"well":                  {func(h *home) { h.degrees(23, 0, 300) }, ""},
		"18 °C is no danger":    {func(h *home) { h.degrees(17.9, 0, 300) }, ""},
		"hot":                   {func(h *home) { h.degrees(32, 0, 300) }, "room_hot:confirmed:low"},
		"cold":                  {func(h *home) { h.degrees(12, 0, 300) }, "room_cold:confirmed:low"},
		"hot for too short":     {func(h *home) { h.degrees(35, 0, 59); h.degrees(28, 59, 5); h.degrees(35, 64, 59) }, ""},
		"hot and well again":    {func(h *home) { h.degrees(33, 0, 90); h.degrees(28, 90, 40) }, "room_hot:confirmed:low room_hot:cleared:low"},
		"just under the border": {func(h *home) { h.degrees(33, 0, 90); h.degrees(31, 90, 90) }, "room_hot:confirmed:low"},
		"a window that is opened": {func(h *home) { h.degrees(11, 0, 70); h.degrees(15, 70, 20); h.degrees(11, 90, 60) },
			"room_cold:confirmed:low"},
		"from cold to hot": {func(h *home) { h.degrees(10, 0, 61); h.degrees(34, 61, 61) },
			"room_cold:confirmed:low room_cold:cleared:low room_hot:confirmed:low"},
		"two words with a silence between": {func(h *home) { h.degrees(36, 0, 1); h.degrees(36, 90, 1) }, ""},
		"a damaged value":                  {func(h *home) { h.degrees(200, 0, 90) }, "implausible:confirmed:low"},
	} {
		h := ambient(t)
		c.play(h)
		if h.said() != c.want {
			t.Errorf("%s: %q, want %q", name, h.said(), c.want)
		}
	}
}

func TestAnAlertOfARoomExplainsItself(t *testing.T) {
	h := ambient(t)
	h.degrees(33.5, 0, 61)
	h.want("room_hot:confirmed:low")
	a := h.alerts[0]
	if a.Evidence.Value != 33.5 || a.Evidence.Metric != care.AirTemperature || a.Evidence.Limit != 32 || len(a.Evidence.Limits) != 2 || a.At.Sub(a.Onset) != time.Hour {
		t.Errorf("%+v", a)
	}
}

func TestAValueOfBadQualityIsNoHeat(t *testing.T) {
	h := ambient(t)
	for m := range 120 {
		h.take(h.engine.Reading(care.NewReading("r-1", "s-1", care.AirTemperature, 40, 20, after(float64(60*m)))))
	}
	h.want("")
}

// A tag, a fridge, a balcony: what has no room is nobody's room.
func TestASensorWithoutARoomIsNotJudged(t *testing.T) {
	h := newHome(t, Source{Kind: Ambient, Class: Unsupervised}, Plan{})
	h.degrees(4, 0, 200)
	h.want("")
}

func TestAHotRoomOutlivesARestart(t *testing.T) {
	h := ambient(t)
	h.degrees(35, 0, 70)
	state, err := h.engine.Save(after(70 * 60))
	if err != nil {
		t.Fatal(err)
	}
	next := ambient(t)
	if err := next.engine.Load(state, after(72*60)); err != nil {
		t.Fatal(err)
	}
	next.degrees(35, 73, 70)
	next.want("") // it is said already
	next.degrees(26, 143, 40)
	next.want("room_hot:cleared:low")
	if next.alerts[0].Episode != h.alerts[0].Episode {
		t.Error("another episode")
	}
	for _, bad := range []string{`[{"kind":1,"onset":"2026-01-01T00:00:00Z"}]`, `[{"kind":33}]`, `{}`} {
		if err := newClimate(Source{}).load([]byte(bad), outage{}); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}

// A gateway without a clock battery starts in 1970: what was open is cleared by
// the name that it was raised by.
func TestAHotRoomKeepsItsNameWhereTheClockWasLost(t *testing.T) {
	h := ambient(t)
	h.degrees(35, 0, 70)
	state, err := h.engine.Save(after(70 * 60))
	if err != nil {
		t.Fatal(err)
	}
	next := ambient(t)
	if err := next.engine.Load(state, time.Unix(60, 0)); err != nil {
		t.Fatal(err)
	}
	for m := range 40 {
		next.take(next.engine.Reading(care.NewReading("r-1", "s-1", care.AirTemperature, 26, 100, time.Unix(int64(60*m+120), 0))))
	}
	next.want("room_hot:cleared:low")
	if next.alerts[0].Episode != h.alerts[0].Episode {
		t.Error("another episode was cleared")
	}
}

func TestA9_ASensorOfAirThatNeverMovesIsTechnical(t *testing.T) {
	h := ambient(t)
	h.degrees(21.53, 0, 23*60)
	h.want("")
	h.degrees(21.53, 23*60, 90)
	h.want("implausible:confirmed:low")
	hot := ambient(t) // and is no heat, for which somebody would be sent
	hot.degrees(21.53, 0, 25*60)
	hot.degrees(35, 25*60, 30)
	hot.want("implausible:confirmed:low implausible:cleared:low")
}
