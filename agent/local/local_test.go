package local

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"

	"osmanthus/care"
)

// lamp is a pin that remembers when it changed.
type lamp struct {
	mu    sync.Mutex
	edges []edge
	fail  error
	level gpio.Level
}

type edge struct {
	at time.Time
	to gpio.Level
}

func (l *lamp) Out(to gpio.Level) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		return l.fail
	}
	if to != l.level || len(l.edges) == 0 {
		l.edges = append(l.edges, edge{time.Now(), to})
	}
	l.level = to
	return nil
}

func (l *lamp) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.edges = nil
}

// rises are the times at which the pin went high.
func (l *lamp) rises() (at []time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.edges {
		if e.to {
			at = append(at, e.at)
		}
	}
	return at
}

// on is for how long the pin was high until end.
func (l *lamp) on(end time.Time) (d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, e := range l.edges {
		if !e.to {
			continue
		}
		until := end
		if i+1 < len(l.edges) {
			until = l.edges[i+1].at
		}
		d += until.Sub(e.at)
	}
	return d
}

type home struct {
	*Annunciator
	red, yellow, siren, relay *lamp
	stop                      context.CancelFunc
	done                      chan error
}

func newHome(t *testing.T, place string, opts Opts, more ...Output) *home {
	t.Helper()
	h := &home{red: &lamp{}, yellow: &lamp{}, siren: &lamp{}, relay: &lamp{}, done: make(chan error)}
	outputs := append(more, Output{Name: "hall", Place: place, Red: h.red, Yellow: h.yellow, Siren: h.siren, Relay: h.relay})
	a, err := New(outputs, opts)
	if err != nil {
		t.Fatal(err)
	}
	var ctx context.Context
	h.Annunciator = a
	ctx, h.stop = context.WithCancel(t.Context())
	go func() { h.done <- a.Run(ctx) }()
	synctest.Wait()
	return h
}

func (h *home) end(t *testing.T) {
	t.Helper()
	h.stop()
	if err := <-h.done; err != nil {
		t.Error(err)
	}
}

func alert(k care.Kind, p care.Priority, n byte) care.Alert {
	return care.Alert{Episode: care.Episode{n}, Kind: k, State: care.Confirmed, Priority: p, At: time.Now()}
}

// measure lets a minute pass with one alert and returns what the pins did.
func measure(t *testing.T, p care.Priority) *home {
	h := newHome(t, "", Opts{})
	h.Alert(alert(care.Fall, p, 1), "room-1")
	time.Sleep(time.Minute - time.Millisecond)
	synctest.Wait()
	return h
}

func rate(l *lamp) float64 {
	r := l.rises()
	if len(r) < 2 {
		return 0
	}
	return float64(len(r)-1) / r[len(r)-1].Sub(r[0]).Seconds()
}

// bursts splits the pulses of a siren where it was silent for over 2 s.
func bursts(l *lamp) (all [][]time.Time) {
	for _, at := range l.rises() {
		if n := len(all); n == 0 || at.Sub(all[n-1][len(all[n-1])-1]) > 2*time.Second {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], at)
	}
	return all
}

func longestSilence(l *lamp) (d time.Duration) {
	b := bursts(l)
	for i := 1; i < len(b); i++ {
		d = max(d, b[i][0].Sub(b[i-1][0]))
	}
	return d
}

func TestE2_HighFlashesRedAndSoundsTenPulses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := measure(t, care.High)
		defer h.end(t)
		if hz := rate(h.red); hz < 1.4 || hz > 2.8 {
			t.Errorf("red flashes at %.2f Hz", hz)
		}
		if duty := h.red.on(time.Now()).Seconds() / 60; duty < 0.2 || duty > 0.6 {
			t.Errorf("red is on for %.0f %% of the time", 100*duty)
		}
		if h.yellow.on(time.Now()) != 0 {
			t.Error("yellow shows while red does")
		}
		for i, b := range bursts(h.siren)[:6] {
			if len(b) != 10 {
				t.Errorf("burst %d has %d pulses", i, len(b))
			}
			var gaps []time.Duration
			for k := 1; k < len(b); k++ {
				gaps = append(gaps, b[k].Sub(b[k-1]))
			}
			// 3-2, 3-2: the gaps after the third, fifth and eighth pulse are longer.
			for k, g := range gaps {
				if long := k == 2 || k == 4 || k == 7; long != (g > gaps[0]) {
					t.Errorf("burst %d: gap %d is %v: not 3-2, 3-2", i, k, g)
				}
			}
		}
		if d := longestSilence(h.siren); d > 10*time.Second || d < 2500*time.Millisecond {
			t.Errorf("a burst every %v", d)
		}
	})
}

func TestE2_MediumFlashesYellowAndSoundsThreePulses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := measure(t, care.Medium)
		defer h.end(t)
		if hz := rate(h.yellow); hz < 0.4 || hz > 0.8 {
			t.Errorf("yellow flashes at %.2f Hz", hz)
		}
		if duty := h.yellow.on(time.Now()).Seconds() / 60; duty < 0.2 || duty > 0.6 {
			t.Errorf("yellow is on for %.0f %% of the time", 100*duty)
		}
		for i, b := range bursts(h.siren) {
			if len(b) != 3 {
				t.Errorf("burst %d has %d pulses", i, len(b))
			}
		}
		if d := longestSilence(h.siren); d > 25*time.Second || d == 0 {
			t.Errorf("a burst every %v", d)
		}
		if h.red.on(time.Now()) != 0 {
			t.Error("red shows")
		}
	})
}

func TestE2_LowIsSteady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := measure(t, care.Low)
		defer h.end(t)
		if d := h.yellow.on(time.Now()); d < time.Minute-10*time.Millisecond {
			t.Errorf("yellow was on for %v of a minute", d)
		}
		if d := longestSilence(h.siren); d > 30*time.Second || d == 0 {
			t.Errorf("a sound every %v", d)
		}
	})
}

func TestE2_TheHighestPriorityWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHome(t, "", Opts{})
		defer h.end(t)
		h.Alert(alert(care.SourceStale, care.Medium, 1), "room-1")
		time.Sleep(700 * time.Millisecond)
		h.Alert(alert(care.Call, care.High, 2), "room-2")
		synctest.Wait()
		h.yellow.clear()
		began := time.Now()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if len(h.yellow.rises()) != 0 || h.red.on(time.Now()) == 0 {
			t.Error("medium shows through high")
		}
		if first := h.siren.rises(); len(first) < 2 || first[1].Sub(began) > 100*time.Millisecond {
			t.Errorf("the call is heard late: %v", first)
		}
		h.Answer(map[care.Episode]Answer{{2}: Quiet})
		h.yellow.clear()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if len(h.yellow.rises()) == 0 || bool(h.red.level) {
			t.Error("after the call is answered the medium alert does not show")
		}
	})
}

func TestD9_ANoteCallsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHome(t, "", Opts{})
		defer h.end(t)
		h.Alert(alert(care.Drift, care.Low, 1), "room-1")
		h.Alert(alert(care.Apnoea, care.Low, 2), "room-1") // a short pause of breathing
		time.Sleep(time.Minute)
		synctest.Wait()
		if _, open := h.Loudest(time.Now()); open != 0 || len(h.yellow.rises()) != 0 || len(h.siren.rises()) != 0 {
			t.Errorf("%d open; a note was shown or heard", open)
		}
		h.Alert(alert(care.Apnoea, care.Medium, 2), "room-1") // it goes on
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if p, open := h.Loudest(time.Now()); p != care.Medium || open != 1 || len(h.yellow.rises()) == 0 {
			t.Errorf("a pause that goes on: %v, %d open", p, open)
		}
	})
}

func TestAnswersAndClears(t *testing.T) {
	person, technical := alert(care.Fall, care.High, 1), alert(care.SensorFault, care.Medium, 2)
	cleared := func(a care.Alert) care.Alert { a.State = care.Cleared; return a }
	suspected := person
	suspected.State = care.Suspected
	for _, c := range []struct {
		name  string
		do    func(h *home)
		rings care.Priority
		open  int
	}{
		{"a suspicion calls nobody", func(h *home) { h.Alert(suspected, "") }, 0, 0},
		{"a suspicion that is confirmed rings", func(h *home) { h.Alert(suspected, ""); h.Alert(person, "") }, care.High, 1},
		{"a suspicion that is dropped is over", func(h *home) {
			h.Alert(suspected, "")
			h.Alert(cleared(suspected), "")
			if left := h.Suspected(); len(left) != 0 {
				t.Errorf("left: %v", left)
			}
		}, 0, 0},
		{"a confirmed fall is no suspicion again", func(h *home) { h.Alert(person, ""); h.Alert(suspected, "") }, care.High, 1},
		{"a fall rings", func(h *home) { h.Alert(person, "") }, care.High, 1},
		{"a clear does not end a fall", func(h *home) { h.Alert(person, ""); h.Alert(cleared(person), "") }, care.High, 1},
		{"a clear ends a technical alert", func(h *home) { h.Alert(technical, ""); h.Alert(cleared(technical), "") }, 0, 0},
		{"acknowledged is quiet", func(h *home) { h.Alert(person, ""); h.Answer(map[care.Episode]Answer{{1}: Quiet}) }, 0, 1},
		{"opened again rings", func(h *home) {
			h.Alert(person, "")
			h.Answer(map[care.Episode]Answer{{1}: Quiet})
			h.Answer(map[care.Episode]Answer{{1}: Raised})
		}, care.High, 1},
		{"closed is over", func(h *home) { h.Alert(person, ""); h.Answer(map[care.Episode]Answer{{1}: Closed}) }, 0, 0},
		{"a board that does not name it changes nothing", func(h *home) { h.Alert(person, ""); h.Answer(map[care.Episode]Answer{{9}: Closed}) }, care.High, 1},
		{"the same alert again after its answer stays quiet", func(h *home) {
			h.Alert(person, "")
			h.Answer(map[care.Episode]Answer{{1}: Quiet})
			h.Alert(person, "")
		}, 0, 1},
		{"what becomes worse is heard again", func(h *home) {
			h.Alert(technical, "")
			h.Answer(map[care.Episode]Answer{{2}: Quiet})
			worse := technical
			worse.Priority = care.High
			h.Alert(worse, "")
		}, care.High, 1},
		{"an answer that was there already does not undo the button", func(h *home) {
			h.Alert(person, "")
			h.Silence(time.Now())
			h.Answer(map[care.Episode]Answer{{1}: Raised})
		}, 0, 1},
		{"the button silences high for three minutes only", func(h *home) {
			h.Alert(person, "")
			h.Silence(time.Now())
			time.Sleep(Reminder)
		}, care.High, 1},
		{"just before it is still silent", func(h *home) {
			h.Alert(person, "")
			h.Silence(time.Now())
			time.Sleep(Reminder - 5*time.Second)
		}, 0, 1},
		{"dismissed stays quiet", func(h *home) {
			h.Alert(person, "")
			h.Silence(time.Now())
			h.Dismiss()
			time.Sleep(time.Hour)
		}, 0, 1},
		{"a new alert is not silenced by an old press", func(h *home) {
			h.Alert(technical, "")
			h.Silence(time.Now())
			h.Dismiss()
			h.Alert(person, "")
		}, care.High, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHome(t, "", Opts{})
				defer h.end(t)
				c.do(h)
				if p, n := h.Loudest(time.Now()); p != c.rings || n != c.open {
					t.Errorf("rings with priority %v, %d open; want %v, %d", p, n, c.rings, c.open)
				}
				h.red.clear()
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if lit := len(h.red.rises()) > 0; lit != (c.rings == care.High) {
					t.Errorf("the red lamp flashes: %v", lit)
				}
			})
		})
	}
}

func TestAnOutputOfAPlaceSoundsForThatPlaceOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other := &lamp{}
		h := newHome(t, "room-2", Opts{}, Output{Name: "other", Place: "room-1", Red: other})
		defer h.end(t)
		h.Alert(alert(care.Fall, care.High, 1), "room-1")
		time.Sleep(time.Second)
		if len(h.red.rises()) != 0 || len(other.rises()) == 0 {
			t.Error("room 2 flashes for room 1, or room 1 does not")
		}
		h.Alert(alert(care.Fall, care.High, 2), "room-2")
		time.Sleep(time.Second)
		if len(h.red.rises()) == 0 {
			t.Error("room 2 does not flash for itself")
		}
	})
}

// A cord whose place was forgotten, or mistyped, calls on all lamps, unless one
// of them is for the whole home.
func TestAnAlarmOfNoOutputSoundsOnAll(t *testing.T) {
	for _, place := range []string{"", "romo-1"} {
		for _, home := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				other := &lamp{}
				o := Output{Name: "other", Place: "room-1", Red: other}
				if home {
					o.Place = ""
				}
				h := newHome(t, "room-2", Opts{}, o)
				defer h.end(t)
				h.Alert(alert(care.Call, care.High, 1), place)
				time.Sleep(time.Second)
				if lit := len(h.red.rises()) > 0; len(other.rises()) == 0 || lit == home {
					t.Errorf("a call at %q, one lamp for the home %v: the lamp of room 2 flashes: %v", place, home, lit)
				}
			})
		}
	}
}

func TestWhatIsOpenRingsAgainAfterARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "open.json")
	synctest.Test(t, func(t *testing.T) {
		h := newHome(t, "", Opts{File: file})
		h.Alert(alert(care.Fall, care.High, 1), "room-1")
		h.Alert(alert(care.Call, care.High, 2), "room-2")
		h.Answer(map[care.Episode]Answer{{2}: Quiet})
		fault := alert(care.SensorFault, care.Medium, 3)
		fault.Source = "pad-1"
		h.Alert(fault, "room-1")
		h.end(t)
		if bool(h.red.level) || bool(h.siren.level) {
			t.Error("a pin stays high after the end")
		}
		h = newHome(t, "room-1", Opts{File: file})
		if left := h.Technical(); len(left) != 1 || left[0].Episode != (care.Episode{3}) || left[0].Source != "pad-1" {
			t.Errorf("technical alerts after the restart: %v", left)
		}
		done := alert(care.SensorFault, care.Medium, 3)
		done.State = care.Cleared
		h.Alert(done, "")
		time.Sleep(time.Second)
		if len(h.red.rises()) == 0 {
			t.Error("the fall does not ring after a restart")
		}
		h.Answer(map[care.Episode]Answer{{1}: Closed})
		if p, n := h.Loudest(time.Now()); p != 0 || n != 1 {
			t.Errorf("after the restart %v rings, %d open", p, n)
		}
		h.end(t)
	})
}

func TestABrokenFileIsSaidAndDoesNotKeepTheHomeSilent(t *testing.T) {
	file := filepath.Join(t.TempDir(), "open.json")
	if err := os.WriteFile(file, []byte(`[{"episode":"zz"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := New(nil, Opts{File: file})
	if err == nil || a == nil {
		t.Errorf("New = %v, %v", a, err)
	}
}

func TestAFileThatCannotBeWrittenIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "later")
		var said []error
		h := newHome(t, "", Opts{File: filepath.Join(dir, "open.json"), Fault: func(_ string, err error) { said = append(said, err) }})
		defer h.end(t)
		h.Alert(alert(care.Fall, care.High, 1), "")
		time.Sleep(time.Second)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if open, _, err := load(filepath.Join(dir, "open.json")); err != nil || len(open) != 1 {
			t.Errorf("%d are on disk, %v", len(open), err)
		}
		if len(said) != 2 || said[0] == nil || said[1] != nil {
			t.Errorf("said %v", said)
		}
	})
}

func TestAPinThatFailsIsTriedAgainAndSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said []error
		h := newHome(t, "", Opts{Fault: func(_ string, err error) { said = append(said, err) }})
		defer h.end(t)
		h.red.mu.Lock()
		h.red.fail = errors.New("no such line")
		h.red.mu.Unlock()
		h.Alert(alert(care.Fall, care.High, 1), "")
		time.Sleep(5 * time.Second)
		if len(h.siren.rises()) == 0 {
			t.Error("a broken lamp silences the siren")
		}
		h.red.mu.Lock()
		h.red.fail = nil
		h.red.mu.Unlock()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if len(said) != 2 || said[0] == nil || said[1] != nil || len(h.red.rises()) == 0 {
			t.Errorf("said %v, the lamp rose %d times", said, len(h.red.rises()))
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`[{"episode":"01000000000000000000000000000000","kind":1,"priority":3}]`))
	f.Add([]byte(`[null]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := decode(data)
		if err != nil {
			return
		}
		s := episodes{}
		for _, e := range list {
			s[e.Episode] = e
		}
		s.loudest(time.Now(), func(string) bool { return true })
		if _, err := decode(encode(s)); err != nil {
			t.Error(err)
		}
	})
}
