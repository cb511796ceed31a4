package radio

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/ble"
)

var errGone = errors.New("the radio is gone")

// patient is a deaf radio on which one rung helps, or none.
type patient struct {
	*aerial
	helps int

	mu    sync.Mutex
	tried []string
}

func (p *patient) done() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.tried)
}

func (p *patient) Rungs() []ble.Rung {
	return []ble.Rung{{Name: "scan", Wait: 10 * time.Second}, {Name: "power", Wait: 20 * time.Second},
		{Name: "rfkill", Wait: 20 * time.Second, Harsh: true}, {Name: "daemon", Wait: 30 * time.Second, Harsh: true}}
}

func (p *patient) Heal(ctx context.Context, rung int) error {
	p.mu.Lock()
	p.tried = append(p.tried, p.Rungs()[rung].Name)
	p.mu.Unlock()
	if rung == 2 {
		return errors.New("not permitted")
	}
	if rung == p.helps {
		go func() {
			time.Sleep(2500 * time.Millisecond)
			p.heard <- bthome(1, 1, 90)
		}()
	}
	return nil
}

// changes returns what a radio said it was, and when.
func (n *notebook) changes(source care.SourceID) (said []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	last, first := -1.0, time.Time{}
	for _, r := range n.said {
		if r.Source != source || r.Metric != care.RadioState {
			continue
		}
		if first.IsZero() {
			first = r.At
		}
		if r.Value != last {
			said = append(said, fmt.Sprintf("%v@%.0fs", r.Value, r.At.Sub(first).Seconds()))
		}
		last = r.Value
	}
	return said
}

func TestB2_ADeafRadioIsHealedRungByRung(t *testing.T) {
	for _, c := range []struct {
		helps int
		tried []string
		said  []string
	}{
		{0, []string{"scan"}, []string{"2@0s", "0@3s"}},
		{1, []string{"scan", "power"}, []string{"2@0s", "0@13s"}},
		{3, []string{"scan", "power", "rfkill", "daemon"}, []string{"2@0s", "0@34s"}},
		{9, []string{"scan", "power", "rfkill", "daemon"}, []string{"2@0s", "3@61s"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := &ward{t: t, notes: &notebook{}}
			p := &patient{aerial: newAerial("hci0"), helps: c.helps}
			w.run([]Station{{Name: "hci0", Radio: p, Quiet: DefaultQuiet}}, nil, Opts{}, func(w *ward) {
				time.Sleep(121*time.Second + 500*time.Millisecond)
				if !slices.Equal(p.done(), c.tried) || !slices.Equal(w.notes.changes("hci0"), c.said) {
					t.Errorf("helped by %d: tried %v, said %v", c.helps, p.done(), w.notes.changes("hci0"))
				}
			})
		})
	}
}

// A proxy has no rungs: it is connected anew.
func TestB2_ADeafBridgeIsBegunAnew(t *testing.T) {
	inWard(t, 2, nil, func(w *ward) {
		for i := range 115 { // after half a minute its neighbour hears alone
			time.Sleep(time.Second)
			w.hear(1, -60, bthome(1, 1, 90))
			if i < 30 {
				w.hear(0, -60, bthome(1, 1, 90))
			}
		}
		if said := w.notes.changes("radio-0"); !slices.Equal(said, []string{"0@0s", "2@88s", "3@108s"}) || w.aerials[0].scans != 2 {
			t.Errorf("%v, %d scans", said, w.aerials[0].scans)
		}
		if said := w.notes.changes("radio-1"); !slices.Equal(said, []string{"0@0s"}) {
			t.Errorf("its neighbour: %v", said)
		}
		w.hear(0, -60, bthome(2, 1, 90))
		time.Sleep(2 * time.Second)
		if w.hub.Radios()["radio-0"] != care.RadioHears {
			t.Errorf("%v", w.hub.Radios())
		}
	})
}

// A radio that nobody speaks to is begun anew again and again, and misses nothing
// meanwhile.
func TestB2_ARadioThatIsBegunAnewHearsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &ward{t: t, notes: &notebook{}}
		p := &pausing{aerial: newAerial("hall")}
		w.run([]Station{{Name: "hall", Radio: p}}, nil, Opts{}, func(w *ward) {
			time.Sleep(9 * time.Hour)
			synctest.Wait()
			if p.scans < 5 || p.deaf > 0 {
				t.Errorf("%d scans, and none for %v", p.scans, p.deaf)
			}
			if said := w.notes.of("hall", care.RadioState); slices.Contains(said, care.RadioGone) {
				t.Error("nothing failed, and it is said to be gone")
			}
		})
	})
}

// pausing notes for how long no scan of it runs.
type pausing struct {
	*aerial
	ended time.Time
	deaf  time.Duration
}

func (p *pausing) Scan(ctx context.Context, emit func(ble.Heard)) error {
	if !p.ended.IsZero() {
		p.deaf += time.Since(p.ended)
	}
	defer func() { p.ended = time.Now() }()
	return p.aerial.Scan(ctx, emit)
}

// A radio that may be quiet is told of when it cannot be reached.
func TestB2_AQuietBridgeThatIsGoneIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &ward{t: t, notes: &notebook{}}
		a := &absent{aerial: newAerial("shed")}
		a.gone.Store(true)
		w.run([]Station{{Name: "shed", Radio: a, Quiet: -1}}, nil, Opts{}, func(w *ward) {
			time.Sleep(100 * time.Second)
			if said := w.notes.changes("shed"); w.hub.Radios()["shed"] != care.RadioGone || !strings.HasPrefix(said[len(said)-1], "3@") {
				t.Errorf("%v", said)
			}
			a.gone.Store(false)
			time.Sleep(10 * time.Minute)
			if w.hub.Radios()["shed"] != care.RadioHears {
				t.Errorf("it is there again, and quiet: %v", w.hub.Radios())
			}
		})
	})
}

// absent cannot be reached while it is gone.
type absent struct {
	*aerial
	gone atomic.Bool
}

func (a *absent) Scan(ctx context.Context, emit func(ble.Heard)) error {
	if a.gone.Load() {
		return errGone
	}
	return a.aerial.Scan(ctx, emit)
}
