package bluez_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers/ble"
	"osmanthus/drivers/bluez"
	"osmanthus/drivers/bluez/fakebluez"
)

// A connect that does not succeed ends in time, is cancelled, and costs nothing.
func TestAConnectThatFailsLeavesNothingBehind(t *testing.T) {
	for story, spoil := range map[string]func(w *fakebluez.World, d *fakebluez.Device){
		"it is out of reach":  func(_ *fakebluez.World, d *fakebluez.Device) { d.Dead = true },
		"BlueZ never answers": func(w *fakebluez.World, _ *fakebluez.Device) { w.Silence("Device1.Connect", true) },
		"BlueZ refuses": func(w *fakebluez.World, _ *fakebluez.Device) {
			w.Refuse("Device1.Connect", "org.bluez.Error.Failed", "le-connection-abort-by-local")
		},
		"it connects too late":    func(_ *fakebluez.World, d *fakebluez.Device) { d.Slow = time.Minute },
		"its services never come": func(_ *fakebluez.World, d *fakebluez.Device) { d.Late = time.Hour },
		"it hangs up while its services are read": func(w *fakebluez.World, d *fakebluez.Device) {
			d.Late = 3 * time.Second
			time.AfterFunc(time.Second, func() { w.Vanish(d) })
		},
	} {
		t.Run(story, func(t *testing.T) {
			inBubble(t, bluez.Opts{Slots: 1}, func(b *bench) {
				b.scan(b.ctx)
				d := band(1)
				b.world.Advertise(d, -60, nil, nil)
				spoil(b.world, d)
				began := time.Now()
				_, err := b.connect(d, false)
				if !errors.Is(err, ble.ErrUnreachable) || time.Since(began) > 20*time.Second {
					b.Fatalf("%v after %v", err, time.Since(began))
				}
				if _, connected, _, _ := b.world.State(d); connected || b.world.Calls("Device1.Disconnect") == 0 {
					b.Error("not cancelled")
				}
				b.world.Change(func() { d.Dead, d.Slow, d.Late = false, 0, 0 })
				b.world.Silence("Device1.Connect", false)
				b.world.Refuse("Device1.Connect", "", "")
				b.world.Advertise(d, -61, nil, nil)
				c, err := b.connect(d, false)
				if err != nil {
					b.Fatalf("afterwards: %v", err)
				}
				c.Close()
			})
		})
	}
}

func TestServicesThatNoSignalTellsAreFoundByAsking(t *testing.T) {
	inBubble(t, bluez.Opts{}, func(b *bench) {
		b.scan(b.ctx)
		d := band(1)
		d.Mute, d.Late = true, 2*time.Second
		b.world.Advertise(d, -60, nil, nil)
		c, err := b.connect(d, false)
		if err != nil || len(c.Characteristics()) != 3 {
			b.Fatal(err)
		}
		c.Close()
	})
}

func TestWhoIsNotKnownIsWaitedFor(t *testing.T) {
	for _, scanning := range []bool{true, false} {
		t.Run(fmt.Sprint("a scan is under way: ", scanning), func(t *testing.T) {
			inBubble(t, bluez.Opts{}, func(b *bench) {
				if scanning {
					b.scan(b.ctx)
				}
				d := band(1)
				time.AfterFunc(7*time.Second, func() { b.world.Advertise(d, -60, nil, nil) })
				c, err := b.connect(d, false)
				if err != nil {
					b.Fatal(err)
				}
				c.Close()
				if b.world.Discovering("hci0") != scanning {
					b.Errorf("discovering is %v", !scanning)
				}
				if _, err := b.connect(band(2), false); !errors.Is(err, ble.ErrUnreachable) {
					b.Errorf("who never comes: %v", err)
				}
				if b.world.Discovering("hci0") != scanning {
					b.Errorf("afterwards discovering is %v", !scanning)
				}
			})
		})
	}
}

func TestABondIsMadeAndKept(t *testing.T) {
	inBubble(t, bluez.Opts{}, func(b *bench) {
		b.scan(b.ctx)
		d := band(1)
		d.WantsBond = true
		b.world.Advertise(d, -60, nil, nil)
		c, err := b.connect(d, false)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Read(b.ctx, pick(b.T, c, place)); !errors.Is(err, ble.ErrNotPermitted) {
			b.Errorf("without a bond: %v", err)
		}
		c.Close()
		for range 2 { // the second time it is there already
			if c, err = b.connect(d, true); err != nil {
				b.Fatal(err)
			}
			if _, err := c.Read(b.ctx, pick(b.T, c, place)); err != nil {
				b.Error(err)
			}
			c.Close()
		}
		if _, _, paired, trusted := b.world.State(d); !paired || !trusted || b.world.Calls("Device1.Pair") != 1 {
			b.Errorf("paired %v, trusted %v, asked %d times", paired, trusted, b.world.Calls("Device1.Pair"))
		}
		if err := b.adapter.Forget(b.ctx, address(d)); err != nil {
			b.Error(err)
		}
		if known, _, paired, _ := b.world.State(d); known || paired {
			b.Error("not forgotten")
		}
		b.world.Refuse("Device1.Pair", "org.bluez.Error.AuthenticationFailed", "Authentication Failed")
		b.world.Advertise(d, -60, nil, nil)
		if _, err := b.connect(d, true); !errors.Is(err, ble.ErrNotPermitted) {
			b.Errorf("pairing refused: %v", err)
		}
	})
}

func TestNobodyPairsUnasked(t *testing.T) {
	inBubble(t, bluez.Opts{}, func(b *bench) {
		b.scan(b.ctx)
		asked, stranger := band(1), band(2)
		b.world.Advertise(asked, -60, nil, nil)
		b.world.Advertise(stranger, -60, nil, nil)
		c, err := b.connect(asked, true)
		if err != nil {
			b.Fatal(err)
		}
		if err := b.world.PairUnasked(stranger); err == nil || err.Error() != "org.bluez.Error.Rejected" {
			b.Errorf("a stranger pairs: %v", err)
		}
		c.Close()
	})
}

func TestSlots(t *testing.T) {
	inBubble(t, bluez.Opts{Slots: 3}, func(b *bench) {
		b.scan(b.ctx)
		var conns []ble.Conn
		for i := range byte(4) {
			d := band(i)
			b.world.Advertise(d, -60, nil, nil)
			c, err := b.connect(d, false)
			if i < 3 {
				if err != nil {
					b.Fatal(err)
				}
				conns = append(conns, c)
			} else if !errors.Is(err, ble.ErrNoSlot) {
				b.Errorf("the fourth: %v", err)
			}
		}
		b.world.Refuse("Device1.Connect", "org.bluez.Error.Failed", "le-connection-concurrent-connection-limit")
		conns[0].Close()
		if _, err := b.connect(band(9), false); err == nil {
			b.Error("connected to nobody")
		}
		d := band(8)
		b.world.Advertise(d, -60, nil, nil)
		if _, err := b.connect(d, false); !errors.Is(err, ble.ErrNoSlot) {
			b.Errorf("the controller has none: %v", err)
		}
		for _, c := range conns {
			c.Close()
			c.Close()
		}
	})
}

// Connects at random that succeed, fail, hang and break never leak a slot.
func TestAThousandRandomConnectsLeakNothing(t *testing.T) {
	inBubble(t, bluez.Opts{Slots: 3}, func(b *bench) {
		b.scan(b.ctx)
		random := rand.New(rand.NewPCG(4, 2))
		var all []*fakebluez.Device
		for i := range byte(12) {
			all = append(all, band(i))
		}
		outcomes := map[string]int{}
		for range 1000 {
			d := all[random.IntN(len(all))]
			b.world.Change(func() {
				d.Slow, d.Late = time.Duration(random.IntN(3000))*time.Millisecond, time.Duration(random.IntN(3000))*time.Millisecond
				d.Dead, d.Mute = random.IntN(4) == 0, random.IntN(4) == 0
			})
			b.world.Advertise(d, int16(-50-random.IntN(40)), nil, nil)
			if random.IntN(10) == 0 {
				time.AfterFunc(time.Duration(random.IntN(4000))*time.Millisecond, func() { b.world.Vanish(d) })
			}
			ctx, stop := context.WithTimeout(b.ctx, time.Duration(500+random.IntN(6000))*time.Millisecond)
			c, err := b.adapter.Connect(ctx, ble.Device{Address: address(d)})
			stop()
			switch {
			case err != nil:
				outcomes["failed"]++
			case random.IntN(3) > 0:
				c.Close()
				outcomes["closed"]++
			default:
				b.world.Vanish(d)
				<-c.Done()
				outcomes["broke"]++
			}
		}
		time.Sleep(time.Minute)
		for _, d := range all {
			if _, connected, _, _ := b.world.State(d); connected {
				b.Errorf("%s is still connected", d.Address)
			}
		}
		var conns []ble.Conn
		for _, d := range all[:3] {
			b.world.Change(func() { d.Slow, d.Late, d.Dead = 0, 0, false })
			b.world.Advertise(d, -40, nil, nil)
			c, err := b.connect(d, false)
			if err != nil {
				b.Fatalf("a slot leaked: %v", err)
			}
			conns = append(conns, c)
		}
		for _, c := range conns {
			c.Close()
		}
		for _, k := range []string{"failed", "closed", "broke"} {
			if outcomes[k] < 100 {
				b.Errorf("only %d %s: the story is too tame", outcomes[k], k)
			}
		}
	})
}

func TestABatteryThatBlueZKeepsToItself(t *testing.T) {
	inBubble(t, bluez.Opts{}, func(b *bench) {
		b.scan(b.ctx)
		d := band(1)
		d.Battery = 77
		b.world.Advertise(d, -60, nil, nil)
		c, err := b.connect(d, false)
		if err != nil {
			b.Fatal(err)
		}
		level := pick(b.T, c, "00002a19-0000-1000-8000-00805f9b34fb")
		if v, err := c.Read(b.ctx, level); err != nil || !slices.Equal(v, []byte{77}) || level.Properties != ble.CanRead|ble.CanNotify {
			b.Errorf("% x, %v", v, err)
		}
		var got []byte
		if err := c.Subscribe(b.ctx, level, func(v []byte) { got = append(got, v...) }); err != nil {
			b.Error(err)
		}
		b.world.Drain(d, 76)
		synctest.Wait()
		if !slices.Equal(got, []byte{76}) {
			b.Errorf("notified % x", got)
		}
		c.Close()
	})
}
