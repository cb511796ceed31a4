package care

import (
	"math"
	"regexp"
	"testing"
	"time"
)

func TestMetricsTableIsWhole(t *testing.T) {
	name := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	seen := map[string]bool{}
	last := Metric(0)
	for _, m := range Metrics() {
		if m.Metric <= last {
			t.Errorf("%s: number %d does not follow %d", m.Name, m.Metric, last)
		}
		last = m.Metric
		if !name.MatchString(m.Name) || seen[m.Name] {
			t.Errorf("%d: name %q is malformed or used twice", m.Metric, m.Name)
		}
		seen[m.Name] = true
		if m.Unit == "" || !(m.Low < m.High) {
			t.Errorf("%s: no unit, or an empty plausible range", m.Name)
		}
		if m.Metric < 100 && (m.LOINC == "" || m.MDC == 0) {
			t.Errorf("%s: a vital sign without LOINC or MDC code", m.Name)
		}
		if got, ok := MetricByName(m.Name); !ok || got != m.Metric || got.String() != m.Name {
			t.Errorf("%s: not found by its name", m.Name)
		}
	}
}

func TestAnImplausibleReadingIsCarriedWithItsFlag(t *testing.T) {
	at := time.Date(2026, 3, 1, 8, 0, 0, 123_456_789, time.UTC)
	hot := NewReading("r1", "ear-1", BodyTemperature, 300, 90, at)
	if hot.Flags&OutOfRange == 0 || hot.Value != 300 {
		t.Errorf("300 °C became %+v", hot)
	}
	well := NewReading("r1", "ear-1", BodyTemperature, 36.4567, 90, at)
	if well.Flags != 0 || well.Value != 36.46 || well.At.Nanosecond() != 123_000_000 {
		t.Errorf("36.4567 °C became %+v", well)
	}
	if nan := NewReading("r1", "ear-1", SpO2, math.NaN(), 0, at); nan.Flags&OutOfRange == 0 {
		t.Errorf("NaN passed as plausible: %+v", nan)
	}
}

func TestAnEpisodeIsTheSameForTheSameTrace(t *testing.T) {
	onset := time.Date(2026, 3, 1, 2, 3, 4, 0, time.UTC)
	a := NewEpisode(Fall, "r1", "wrist-1", 0, onset)
	if b := NewEpisode(Fall, "r1", "wrist-1", 0, onset.In(time.FixedZone("CST", 8*3600))); a != b {
		t.Error("the time zone of the gateway changed the episode")
	}
	if a == NewEpisode(Fall, "r1w", "rist-1", 0, onset) || a == NewEpisode(Fall, "r1", "wrist-1", 0, onset.Add(time.Millisecond)) {
		t.Error("two happenings share an episode")
	}
	if back, err := ParseEpisode(a.String()); err != nil || back != a {
		t.Errorf("ParseEpisode(%s) = %v, %v", a, back, err)
	}
	if _, err := ParseEpisode("zz"); err == nil {
		t.Error("a malformed episode was accepted")
	}
}

func TestTechnicalKindsAreNamed(t *testing.T) {
	for k := Fall; k <= GatewayLost; k++ {
		if k.String() == "" || k.String()[:4] == "kind" {
			t.Errorf("kind %d has no name", k)
		}
	}
	if Fall.Technical() || !SourceStale.Technical() {
		t.Error("a fall is about a person, a stale source is not")
	}
}

func TestF5_AClockThatWasNeverSetIsKnown(t *testing.T) {
	if ClockSet(time.Unix(86400, 0)) || !ClockSet(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Error("1970 is no time that a clock was set to, 2026 is")
	}
}
