package agent

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/agent/config"
	"osmanthus/agent/detect"
	"osmanthus/agent/sense"
	"osmanthus/agent/sim"
	"osmanthus/care"
)

// A bathroom with two radars, for somebody who may be there for ten minutes.
const radarHome = `
site: home-1
gateway: gw-1
state_dir: /tmp/x
time_zone: Asia/Shanghai
residents: [{id: r-1, rooms: {bathroom: 10m, bathroom_night: 10m}}]
sensors:
  - {id: bath, kind: ld2410, resident: r-1, room: bathroom, port: "sim:unix:///home.sock#bath"}
  - {id: floor, kind: mr60fda2, resident: r-1, room: bathroom, port: "sim:unix:///home.sock#floor"}
`

// heard is a stretch of a serial line's stream, since the beginning.
type heard struct {
	at    time.Duration
	bytes []byte
}

// recorder is a serial line that keeps what comes from it, with its time.
type recorder struct {
	io.ReadWriteCloser
	start time.Time
	mu    *sync.Mutex
	into  *[]heard
}

func (r recorder) Read(p []byte) (int, error) {
	n, err := r.ReadWriteCloser.Read(p)
	if n > 0 {
		r.mu.Lock()
		defer r.mu.Unlock()
		*r.into = append(*r.into, heard{time.Since(r.start), slices.Clone(p[:n])})
	}
	return n, err
}

// player is a serial line that plays what was kept; it hears nothing.
type player struct {
	start time.Time
	rest  []heard
}

func (p *player) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		time.Sleep(250 * time.Millisecond)
		return 0, nil
	}
	wait := p.rest[0].at - time.Since(p.start)
	if wait > 250*time.Millisecond {
		time.Sleep(250 * time.Millisecond)
		return 0, nil
	}
	time.Sleep(max(wait, 0))
	n := copy(b, p.rest[0].bytes)
	if p.rest[0].bytes = p.rest[0].bytes[n:]; len(p.rest[0].bytes) == 0 {
		p.rest = p.rest[1:]
	}
	return n, nil
}

func (p *player) Write(b []byte) (int, error) { return len(b), nil }
func (p *player) Close() error                { return nil }

// judged runs the senses of radarHome on lines for a while and returns what the
// engine says, as JSON lines.
func judged(t *testing.T, lasts time.Duration, open func(name string, baud int) (io.ReadWriteCloser, error)) string {
	t.Helper()
	cfg, err := config.Parse([]byte(radarHome), Kinds())
	if err != nil {
		t.Fatal(err)
	}
	engine, err := detect.New(plan(cfg))
	if err != nil {
		t.Fatal(err)
	}
	j := &judge{engine: engine}
	_, sensors := senses(cfg)
	s, err := sense.New(nil, sensors, j, sense.Opts{OpenPort: func(addr string, baud int) (io.ReadWriteCloser, error) {
		_, name, _ := strings.Cut(addr, "#")
		return open(name, baud)
	}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	for end := time.Now().Add(lasts); time.Now().Before(end); {
		time.Sleep(time.Second)
		j.tick(time.Now())
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	return strings.Join(j.said, "\n")
}

// judge is an engine as a sink that notes alerts.
type judge struct {
	mu     sync.Mutex
	engine *detect.Engine
	said   []string
}

func (j *judge) Block(*care.Block) {}

func (j *judge) Reading(r care.Reading) {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, alerts := j.engine.Reading(r)
	j.note(alerts)
}

func (j *judge) tick(at time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, alerts := j.engine.Tick(at.UTC())
	j.note(alerts)
}

func (j *judge) note(alerts []care.Alert) {
	for _, a := range alerts {
		line, err := json.Marshal(a)
		if err != nil {
			panic(err)
		}
		j.said = append(j.said, string(line))
	}
}

// TestA7_ARecordedStreamIsJudgedAsLive: what a radar sent, kept and played again,
// gives the same alerts to the byte. Somebody falls in the bathroom, and lies.
func TestA7_ARecordedStreamIsJudgedAsLive(t *testing.T) {
	const lasts = 14 * time.Minute
	kept := map[string]*[]heard{"bath": {}, "floor": {}}
	var live, again string
	synctest.Test(t, func(t *testing.T) {
		start, mu := time.Now(), &sync.Mutex{}
		scene := func(at time.Time) (s sim.Scene) {
			if since := at.Sub(start); since > time.Minute {
				s = sim.Scene{Present: true, Metres: 1.4, Moving: since < 2*time.Minute, Fallen: since > 2*time.Minute}
			}
			return s
		}
		home := sim.NewHome(nil)
		home.Serial("bath").Plug(sim.NewLD2410(scene))
		home.Serial("floor").Plug(sim.NewMR60FDA2(scene))
		live = judged(t, lasts, func(name string, baud int) (io.ReadWriteCloser, error) {
			line, err := home.Serial(name).Open(baud)
			return recorder{line, start, mu, kept[name]}, err
		})
	})
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		again = judged(t, lasts, func(name string, _ int) (io.ReadWriteCloser, error) {
			if kept[name] == nil {
				return nil, errors.New("no recording")
			}
			return &player{start, slices.Clone(*kept[name])}, nil
		})
	})
	if live != again {
		t.Errorf("live:\n%s\nrecorded:\n%s", live, again)
	}
	for _, want := range []string{`fall-module/1`, `bathroom/3`, `long-lie/2`} {
		if !strings.Contains(live, want) {
			t.Errorf("nothing of %s was said:\n%s", want, live)
		}
	}
}
