package radio

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/bluez"
	"osmanthus/drivers/bluez/fakebluez"
)

// states are those that a radio told, with their times.
type states struct {
	mu  sync.Mutex
	all []care.Reading
}

func (s *states) Reading(r care.Reading) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Metric == care.RadioState {
		s.all = append(s.all, r)
	}
}

// first returns when a state was first told at or after from.
func (s *states) first(state float64, from time.Time) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.all {
		if r.Value == state && !r.At.Before(from) {
			return r.At, true
		}
	}
	return time.Time{}, false
}

// A deaf adapter, in a BlueZ that only one rung heals: what is heard again is
// heard within 120 s of the silence, and what nothing heals is gone within 180 s.
func TestB2_ADeafAdapterIsHealedRungByRung(t *testing.T) {
	for _, c := range []struct {
		cure  string
		rungs []string
	}{
		{"scan", []string{"restart scan"}},
		{"power", []string{"restart scan", "power cycle"}},
		{"hardware", []string{"restart scan", "power cycle", "reset hardware"}},
		{"service", []string{"restart scan", "power cycle", "reset hardware", "restart bluetoothd"}},
		{"nothing", []string{"restart scan", "power cycle", "reset hardware", "restart bluetoothd"}},
		{"hangs", []string{"restart scan", "power cycle", "reset hardware", "restart bluetoothd"}},
	} {
		t.Run(c.cure, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				world := fakebluez.New()
				world.Plug("hci0")
				adapter := bluez.New("hci0", bluez.Opts{Dial: world.Dial, Host: world})
				var log bytes.Buffer
				var told states
				hub, err := New([]Station{{Name: "radio", Radio: adapter}}, nil, &told, Opts{Log: slog.New(slog.NewTextHandler(&log, nil))})
				if err != nil {
					t.Fatal(err)
				}
				ctx, stop := context.WithCancel(t.Context())
				var running sync.WaitGroup
				running.Go(func() { hub.Run(ctx) })
				var street [7]fakebluez.Device // full of telephones
				for i := range street {
					street[i] = fakebluez.Device{Address: fmt.Sprintf("D0:00:00:00:00:%02X", i), Random: true}
				}
				running.Go(func() {
					for i := 0; ctx.Err() == nil; i++ {
						world.Advertise(&street[i%len(street)], int16(-50-i%40), nil, map[uint16][]byte{0x4C: {byte(i)}})
						time.Sleep(300 * time.Millisecond)
					}
				})
				time.Sleep(5 * time.Minute)
				deaf := time.Now()
				world.Deafen("hci0", c.cure)
				if c.cure == "hangs" { // and bluetoothd, and systemd
					for _, method := range []string{
						"Properties.Set", "Properties.GetAll", "ObjectManager.GetManagedObjects", "Manager.RestartUnit",
						"Adapter1.StartDiscovery", "Adapter1.StopDiscovery", "Adapter1.SetDiscoveryFilter",
					} {
						world.Silence(method, true)
					}
				}
				time.Sleep(5 * time.Minute)
				stop()
				running.Wait()
				if err := adapter.Close(); err != nil {
					t.Error(err)
				}
				world.Close()
				time.Sleep(time.Hour)

				for _, rung := range c.rungs {
					if !strings.Contains(log.String(), fmt.Sprintf("msg=\"healing the radio\" component=radio radio=radio rung=%q", rung)) {
						t.Errorf("%s is not logged", rung)
					}
				}
				if n := strings.Count(log.String(), "healing the radio"); n != len(c.rungs) {
					t.Errorf("%d rungs, want %d", n, len(c.rungs))
				}
				began, _ := told.first(care.RadioHealing, deaf) // until then it says again that it hears
				hears, healed := told.first(care.RadioHears, began)
				gone, lost := told.first(care.RadioGone, deaf)
				hopeless := c.cure == "nothing" || c.cure == "hangs"
				switch took := hears.Sub(deaf); {
				case hopeless && (healed || !lost || gone.Sub(deaf) > 180*time.Second):
					t.Errorf("hears %v, gone after %v", healed, gone.Sub(deaf))
				case !hopeless && (!healed || lost || took > 120*time.Second):
					t.Errorf("hears after %v, gone: %v", took, lost)
				case hopeless:
					t.Logf("gone after %v", gone.Sub(deaf))
				default:
					t.Logf("hears after %v", took)
				}
				if t.Failed() {
					t.Log(log.String())
				}
			})
		})
	}
}
