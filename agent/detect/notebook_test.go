package detect

import (
	"testing"

	"osmanthus/care"
)

func TestD10_AnAlertAboutAVitalSignShowsTheLastValues(t *testing.T) {
	h := newHome(t, Source{Kind: Vitals}, Plan{})
	for s := range 120 {
		h.reading(care.HeartRate, 70+float64(s%3), float64(s))
	}
	for s := range 40 {
		h.reading(care.HeartRate, 150+float64(s%3), 120+float64(s))
	}
	if len(h.alerts) == 0 || h.alerts[0].Kind != care.VitalHigh {
		t.Fatalf("the alerts were %s", h.said())
	}
	for _, a := range h.alerts {
		s := a.Evidence.Snippet
		if a.Kind != care.VitalHigh {
			continue
		}
		if s.Len() != diaryLen || s.Metric != care.HeartRate || s.Channels[0].Value(diaryLen-1) != a.Evidence.Value || len(a.Evidence.Hash) != 16 {
			t.Errorf("%v with %v, hash %q", a, s, a.Evidence.Hash)
		}
		if last := s.Start.Add(0).UnixMilli() + int64(s.Offsets[diaryLen-1]); last != a.At.UnixMilli() {
			t.Errorf("the last value is of %d, decided at %d", last, a.At.UnixMilli())
		}
	}
}

func TestD10_ABedExitShowsTheLoadOfTheBed(t *testing.T) {
	h := newHome(t, Source{Kind: BedPad}, Plan{})
	n := 0
	for s := 0.0; s < 300; s += 0.5 {
		b := care.Block{Source: "s-1", Resident: "r-1", Kind: care.BedLoad, Rate: 10, Start: after(s), Channels: make([][]float64, 1)}
		for range 5 {
			v := 2.4 + 0.02*hum(n)
			if n++; s >= 240 {
				v = 0.3 + 0.002*hum(n)
			}
			b.Channels[0] = append(b.Channels[0], v)
		}
		h.take(h.engine.Block(&b))
		h.take(h.engine.Tick(after(s)))
	}
	shown := 0
	for _, a := range h.alerts {
		if a.Kind != care.BedExit || a.State != care.Confirmed {
			continue
		}
		shown++
		s := a.Evidence.Snippet
		if s == nil || s.Kind != care.BedLoad || s.Len() < 90 || s.Channels[0].Value(0) < 2 || s.Channels[0].Value(s.Len()-1) > 0.5 {
			t.Errorf("the load of the bed is not shown: %v", s)
		}
	}
	if shown == 0 {
		t.Errorf("nobody left the bed: %s", h.said())
	}
}

func TestD10_EveryAlertHasAHashOfItsRule(t *testing.T) {
	h := newHome(t, Source{Kind: CallLine}, Plan{})
	h.reading(care.CallLine, care.CallLinePressed, 0)
	h.reading(care.CallLine, care.CallLineOpen, 1)
	h.tick(1, 200)
	seen := map[care.Kind]string{}
	for _, a := range h.alerts {
		if len(a.Evidence.Hash) != 16 || a.Evidence.Rule == "" {
			t.Errorf("%v has hash %q", a.Kind, a.Evidence.Hash)
		}
		if a.Kind.Technical() && a.Evidence.Snippet != nil {
			t.Errorf("%v shows a signal", a.Kind)
		}
		seen[a.Kind] = a.Evidence.Hash
	}
	if len(seen) < 3 || seen[care.Call] == seen[care.LineFault] {
		t.Errorf("%v", seen)
	}
}

func TestTheNotebookTakesAnythingAndAllocatesNothing(t *testing.T) {
	n := newNotebook(Source{Kind: BedPad})
	for m := range 100 {
		r := care.NewReading("r-1", "s-1", care.Metric(m), 1, 100, start)
		n.reading(&r)
	}
	if len(n.diaries) != notedMetrics {
		t.Errorf("%d metrics are noted", len(n.diaries))
	}
	b := &care.Block{Source: "s-1", Kind: care.BedLoad, Rate: 10, Channels: [][]float64{{1, 2, 3, 4, 5}}}
	r := care.NewReading("r-1", "s-1", 1, 1, 100, start)
	at := 0.0
	if got := testing.AllocsPerRun(100, func() {
		at += 0.5
		b.Start, r.At = after(at), after(at)
		n.block(b)
		n.reading(&r)
	}); got != 0 {
		t.Errorf("%v allocations", got)
	}
}
