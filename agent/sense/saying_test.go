package sense

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
	"osmanthus/drivers"
)

// A level is said when it rises, when it has been lower for its hold, and now and
// then; a quantity every so often; and nothing twice as if it were new.
func TestWhatAModuleSaysIsThinnedOut(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	var s saying
	var said []string
	step := func(after time.Duration, heard bool, measures ...drivers.Measure) {
		at = at.Add(after)
		for _, m := range measures {
			s.take(m, at)
		}
		s.due(at, heard, func(rule *sayRule, v float64) { said = append(said, fmt.Sprintf("%v=%v", rule.metric, v)) })
	}
	want := func(line string) {
		t.Helper()
		if got := strings.Join(said, " "); got != line {
			t.Errorf("said %q, want %q", got, line)
		}
		said = nil
	}
	here, gone := drivers.State("presence", true), drivers.State("presence", false)
	heart := func(v float64) drivers.Measure { return drivers.Measure{Metric: "heart_rate", Value: v} }
	step(0, true, gone)
	want("presence=0")
	step(time.Second, true, here, heart(70), drivers.Measure{Metric: "of no table", Value: 1})
	want("presence=1 heart_rate=70")
	step(time.Second, true, gone) // for five seconds only
	step(5*time.Second, true, here, heart(71))
	want("")
	step(4*time.Second, true, heart(72))
	want("heart_rate=72")
	step(10*time.Second, true) // the module speaks of other things: what holds, holds
	want("presence=1")
	step(40*time.Second, false) // nobody is heard
	want("")
	step(time.Second, true, gone)
	step(6*time.Second, true)
	want("presence=0")
	step(time.Second, true, drivers.State("fall_detected", true))
	step(time.Second, true, drivers.State("fall_detected", false))
	want("fall_detected=1 fall_detected=0")
}

// ten plays a LD2410's frame of somebody who moves, for ever.
type ten struct{}

const walks = "\xf4\xf3\xf2\xf1\x0d\x00\x02\xaa\x01\x58\x02\x50\x00\x00\x00\x58\x02\x55\x00\xf8\xf7\xf6\xf5"

func (ten) Read(p []byte) (int, error)  { return copy(p, walks), nil }
func (ten) Write(p []byte) (int, error) { return len(p), nil }
func (ten) Close() error                { return nil }

type nowhere struct{}

func (nowhere) Block(*care.Block)    {}
func (nowhere) Reading(care.Reading) {}

// BenchmarkRadar is what one report of a radar costs, from the line to the sink.
func BenchmarkRadar(b *testing.B) {
	s, err := New(nil, []Sensor{{ID: "radar", Resident: "r1", Kind: "ld2410", Port: "/dev/x"}}, nowhere{}, Opts{
		Log:      slog.New(slog.DiscardHandler),
		OpenPort: func(string, int) (io.ReadWriteCloser, error) { return ten{}, nil },
	})
	if err != nil {
		b.Fatal(err)
	}
	r := s.runners[0]
	dev, err := r.kind.open(&r.sensor, &r.parts)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := dev.read(b.Context(), &r.emit); err != nil {
			b.Fatal(err)
		}
	}
}
