package alarm

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"osmanthus/care"
)

func TestD9_ANoteIsOnRecordAndRingsNowhere(t *testing.T) {
	for _, state := range []care.State{care.Suspected, care.Confirmed, care.Cleared} {
		var a Alarm
		if got := outcome(&a, says(whatOf(state), alert(care.Drift, state, care.Low, 1), 1)); got != "closed" {
			t.Errorf("%v: %s", state, got)
		}
		if a.Open() || a.Ringing() || !a.Note() || onBoard(&a) != None || a.Closing.Resolution != Cleared || a.Closing.By != Gateway {
			t.Errorf("%v: %+v", state, a)
		}
		for _, again := range []care.State{care.Suspected, care.Confirmed, care.Cleared} {
			if got := outcome(&a, says(whatOf(again), alert(care.Drift, again, care.High, 8), 8)); got != "=" {
				t.Errorf("%v, then %v: %s", state, again, got)
			}
		}
		if got := outcome(&a, does(Acknowledge, "li", 9)); got != "!closed" {
			t.Errorf("a note was acknowledged: %s", got)
		}
	}
	// What claims to be a note cannot silence an alarm that is open.
	a := in(t, care.Fall, Raised)
	if outcome(&a, says(Clear, alert(care.Drift, care.Cleared, care.Low, 9), 9)); a.State != Raised {
		t.Errorf("the alarm is %s", a.State)
	}
}

func TestD10_TheEvidenceIsKeptWithTheStep(t *testing.T) {
	want := alert(care.Fall, care.Confirmed, care.High, 2)
	want.Evidence.Hash, want.Evidence.Clock = "0011223344556677", "holdover"
	want.Evidence.Limits = []care.Feature{{Name: "quiet", Value: 3, Unit: "s"}}
	want.Evidence.Snippet = &care.Snippet{Kind: care.IMU, Start: at(-5), Rate: 25,
		Channels: []care.SnippetChannel{care.Quantise([]float64{0.5, 3.2, -1}, 1.0/64), care.Quantise([]float64{1, 1, 0}, 1.0/64)}}
	b, err := encode(says(Confirm, want, 2))
	if err != nil {
		t.Fatal(err)
	}
	e, err := decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, e.Alert); d != "" {
		t.Errorf("it reads otherwise:\n%s", d)
	}
	var a Alarm
	for _, s := range []Event{says(Confirm, want, 2), says(Clear, alert(care.Fall, care.Cleared, care.High, 60), 60)} {
		if _, err := a.Apply(s); err != nil {
			t.Fatal(err)
		}
	}
	later := alert(care.Fall, care.Confirmed, care.High, 90)
	suspect := alert(care.Fall, care.Suspected, care.High, 1)
	suspect.Evidence.Snippet = want.Evidence.Snippet
	var b2 Alarm
	b2.Apply(says(Suspect, suspect, 1))
	b2.Apply(says(Confirm, later, 90))
	if a.Alert.Evidence.Snippet == nil || b2.Alert.Evidence.Snippet == nil || !b2.Alert.At.Equal(t0.Add(90*time.Second)) {
		t.Error("a later step without a signal took the signal away")
	}
}

func TestD9_AShortPauseOfBreathingRingsNowhereAndALongOneDoes(t *testing.T) {
	var a Alarm
	if got := outcome(&a, says(Confirm, alert(care.Apnoea, care.Confirmed, care.Low, 1), 1)); got != "closed" || a.Ringing() || a.Note() {
		t.Fatalf("a short pause is %s: %+v", got, a)
	}
	short := a
	if got := outcome(&short, says(Clear, alert(care.Apnoea, care.Cleared, care.Low, 5), 5)); got != "=" {
		t.Errorf("its end: %s", got)
	}
	if got := outcome(&a, says(Confirm, alert(care.Apnoea, care.Confirmed, care.Medium, 11), 11)); got != "raised" || !a.Ringing() {
		t.Fatalf("a pause that goes on is %s", got)
	}
	if outcome(&a, says(Clear, alert(care.Apnoea, care.Cleared, care.Medium, 20), 20)); a.EndedAt.IsZero() || a.State != Raised {
		t.Errorf("its end is not noted, or closed it: %+v", a)
	}
	// Steps that come in another order end the same.
	var late Alarm
	outcome(&late, says(Confirm, alert(care.Apnoea, care.Confirmed, care.Medium, 11), 11))
	if got := outcome(&late, says(Confirm, alert(care.Apnoea, care.Confirmed, care.Low, 1), 12)); got != "=" || !late.Ringing() {
		t.Errorf("the first step, late: %s, %s", got, late.State)
	}
}
