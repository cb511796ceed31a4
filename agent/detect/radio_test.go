package detect

import (
	"testing"

	"osmanthus/care"
)

func TestB2_EveryStateOfARadioAndEveryEvent(t *testing.T) {
	const fault, well = "radio_fault:confirmed:medium", "radio_fault:cleared:medium"
	hears, deaf, heals, gone := float64(care.RadioHears), float64(care.RadioDeaf), float64(care.RadioHealing), float64(care.RadioGone)
	for _, c := range []struct {
		name   string
		states []float64 // one reading each 30 s
		want   string
	}{
		{"nothing", []float64{hears, hears, hears}, ""},
		{"healed soon", []float64{hears, deaf, heals, heals, hears}, ""},
		{"healed for too long", []float64{hears, deaf, heals, heals, heals}, fault},
		{"nothing helped", []float64{hears, gone}, fault},
		{"gone after a healing", []float64{deaf, heals, gone, gone}, fault},
		{"gone and back", []float64{gone, gone, hears, hears}, fault + " " + well},
		{"gone when it begins", []float64{gone}, fault},
		{"a quiet place", []float64{hears, heals, care.RadioQuiet, care.RadioQuiet, care.RadioQuiet}, ""},
		{"no state", []float64{hears, 9}, "implausible:confirmed:low"},
	} {
		h := newHome(t, Source{Kind: RadioSource, Class: Unsupervised, Hears: 3}, Plan{})
		for i, v := range c.states {
			h.reading(care.RadioState, v, float64(30*i))
			h.tick(float64(30*i), float64(30*i+29))
		}
		if h.said() != c.want {
			t.Errorf("%s: %s, want %s", c.name, h.said(), c.want)
		}
	}
}

func TestB2_AnAlertSaysHowManyAreHeardByRadio(t *testing.T) {
	h := newHome(t, Source{Kind: RadioSource, Hears: 3}, Plan{})
	h.reading(care.RadioState, care.RadioGone, 0)
	h.want("radio_fault:confirmed:medium")
	if f := h.alerts[0].Evidence.Features[0]; f.Name != "residents" || f.Value != 3 {
		t.Errorf("%+v", f)
	}
	if !h.alerts[0].At.Equal(after(0)) {
		t.Errorf("told at %v", h.alerts[0].At)
	}
}

func TestARadioThatSaysNothingIsStale(t *testing.T) {
	h := newHome(t, Source{Kind: RadioSource}, Plan{})
	h.reading(care.RadioState, care.RadioHears, 0)
	h.tick(0, 310)
	h.want("source_stale:confirmed:medium")
}
