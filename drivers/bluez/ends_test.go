package bluez_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"osmanthus/drivers/ble"
	"osmanthus/drivers/bluez"
	"osmanthus/drivers/bluez/fakebluez"
)

// Connections end, and are known to have, whoever ends them and whatever signal
// gets lost.
func TestConnectionsThatEnd(t *testing.T) {
	for story, end := range map[string]func(b *bench, d *fakebluez.Device){
		"it goes out of reach":     func(b *bench, d *fakebluez.Device) { b.world.Vanish(d) },
		"BlueZ forgets it":         func(b *bench, d *fakebluez.Device) { b.world.Forget(d) },
		"bluetoothd ends":          func(b *bench, _ *fakebluez.Device) { b.world.StopDaemon() },
		"the adapter is unplugged": func(b *bench, _ *fakebluez.Device) { b.world.Unplug("hci0") },
		"the bus is gone":          func(b *bench, _ *fakebluez.Device) { b.world.CutBus(true) },
		"the adapter is closed":    func(b *bench, _ *fakebluez.Device) { b.adapter.Close() },
		"no signal tells":          func(b *bench, d *fakebluez.Device) { b.world.VanishSilently(d) },
	} {
		t.Run(story, func(t *testing.T) {
			inBubble(t, bluez.Opts{Slots: 1}, func(b *bench) {
				b.scan(b.ctx)
				d := band(1)
				b.world.Advertise(d, -60, nil, nil)
				c, err := b.connect(d, false)
				if err != nil {
					b.Fatal(err)
				}
				end(b, d)
				select {
				case <-c.Done():
				case <-time.After(10 * time.Second):
					b.Fatal("nobody knows that it ended")
				}
				if _, err := c.Read(b.ctx, pick(b.T, c, place)); !errors.Is(err, ble.ErrGone) {
					b.Errorf("read: %v", err)
				}
				if err := c.Close(); err != nil {
					b.Errorf("close: %v", err)
				}
				if _, connected, _, _ := b.world.State(d); connected && story != "the bus is gone" {
					b.Error("BlueZ still holds it")
				}
			})
		})
	}
}

// What was there before comes back, whatever went.
func TestTheAdapterComesBack(t *testing.T) {
	for _, story := range []struct {
		what string
		go_  func(w *fakebluez.World)
		come func(w *fakebluez.World)
		is   error
	}{
		{"no adapter", func(w *fakebluez.World) { w.Unplug("hci0") }, func(w *fakebluez.World) { w.Plug("hci0") }, bluez.ErrAbsent},
		{"no bluetoothd", (*fakebluez.World).StopDaemon, (*fakebluez.World).StartDaemon, bluez.ErrNoService},
		{"no bus", func(w *fakebluez.World) { w.CutBus(true) }, func(w *fakebluez.World) { w.CutBus(false) }, bluez.ErrNoBus},
		{"blocked", func(w *fakebluez.World) {
			w.Refuse("Properties.Set", "org.bluez.Error.Blocked", "Blocked through rfkill")
			w.SwitchOff("hci0")
		}, func(w *fakebluez.World) { w.Refuse("Properties.Set", "", "") }, bluez.ErrOff},
	} {
		for _, atStart := range []bool{false, true} {
			t.Run(fmt.Sprint(story.what, ", at start: ", atStart), func(t *testing.T) {
				inBubble(t, bluez.Opts{}, func(b *bench) {
					d := band(1)
					if !atStart {
						e := b.scan(b.ctx)
						b.world.Advertise(d, -60, nil, nil)
						if len(e.all()) != 1 {
							b.Fatal("not heard")
						}
						story.go_(b.world)
						if err := <-e.err; err == nil {
							b.Error("the scan ended without an error")
						}
					} else {
						story.go_(b.world)
					}
					e := b.scan(b.ctx)
					if err := <-e.err; !errors.Is(err, story.is) {
						b.Errorf("meanwhile: %v, want %v", err, story.is)
					}
					if _, err := b.connect(d, false); err == nil {
						b.Error("connected by nothing")
					}
					story.come(b.world)
					e = b.scan(b.ctx)
					b.world.Advertise(d, -60, nil, nil)
					if len(e.all()) != 1 {
						b.Error("not heard again")
					}
					c, err := b.connect(d, false)
					if err != nil {
						b.Fatal(err)
					}
					c.Close()
				})
			})
		}
	}
}

// An adapter pauses while it connects; one that does not go on is told of before
// the silence would be.
func TestAScanThatStops(t *testing.T) {
	inBubble(t, bluez.Opts{}, func(b *bench) {
		e := b.scan(b.ctx)
		b.world.StopScan("hci0")
		began := time.Now()
		err := <-e.err
		if took := time.Since(began); err == nil || took < 30*time.Second || took > 50*time.Second {
			b.Errorf("%v after %v", err, took)
		}
	})
}

// What panics on a message costs that message: not the agent, nor the connection.
func TestAMessageThatPanics(t *testing.T) {
	inBubble(t, bluez.Opts{}, func(b *bench) {
		e := b.scan(b.ctx)
		d := band(1)
		b.world.Advertise(d, -60, nil, nil)
		c, err := b.connect(d, false)
		if err != nil {
			b.Fatal(err)
		}
		var got []byte
		if err := c.Subscribe(b.ctx, pick(b.T, c, measure), func(v []byte) {
			if v[1] == 2 {
				panic("nobody thought of this")
			}
			got = append(got, v[1])
		}); err != nil {
			b.Fatal(err)
		}
		for i := range byte(4) {
			b.world.Notify(d, measure, []byte{0, i})
		}
		b.world.Advertise(band(2), -60, nil, nil)
		if n := len(e.all()); !slices.Equal(got, []byte{0, 1, 3}) || n != 2 || b.adapter.Panics() != 1 {
			b.Errorf("notified of %v, heard %d, %d panics", got, n, b.adapter.Panics())
		}
		if err := c.Close(); err != nil {
			b.Error(err)
		}
	})
}
