package bluez_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers/ble"
	"osmanthus/drivers/bluez"
	"osmanthus/drivers/bluez/fakebluez"
)

// A button that was pressed yesterday must not ring today.
func TestWhatBlueZRemembersIsNotHeard(t *testing.T) {
	inBubble(t, bluez.Opts{}, func(b *bench) {
		e := b.scan(b.ctx)
		d := band(1)
		b.world.Advertise(d, -60, map[string][]byte{bthome: {0x44, 0x3A, 1}}, nil)
		e.all()
		ctx, stop := context.WithCancel(b.ctx)
		stop()
		if err := b.adapter.Scan(ctx, nil); err == nil {
			b.Error("a second scan")
		}
		b.world.Remember("hci0", band(7)) // as of a file
		b.world.Forget(d)
		b.world.Remember("hci0", d)
		if heard := e.all(); len(heard) != 0 {
			b.Errorf("heard %+v", heard)
		}
	})
	inBubble(t, bluez.Opts{}, func(b *bench) { // a scan that begins after it
		ctx, stop := context.WithCancel(b.ctx)
		e := b.scan(ctx)
		d := band(1)
		b.world.Advertise(d, -60, map[string][]byte{bthome: {0x44, 0x3A, 1}}, nil)
		e.all()
		stop()
		if err := <-e.err; !errors.Is(err, context.Canceled) {
			b.Error(err)
		}
		e = b.scan(b.ctx)
		if heard := e.all(); len(heard) != 0 {
			b.Errorf("heard %+v", heard)
		}
		b.world.Advertise(d, -60, map[string][]byte{bthome: {0x44, 0x3A, 2}}, nil)
		if heard := e.all(); len(heard) != 1 || heard[0].Name != "Band" {
			b.Errorf("heard %+v", heard)
		}
	})
}

func TestOnlyBluetoothdIsBelieved(t *testing.T) {
	inBubble(t, bluez.Opts{}, func(b *bench) {
		e := b.scan(b.ctx)
		d := band(1)
		b.world.Advertise(d, -60, nil, nil)
		c, err := b.connect(d, false)
		if err != nil {
			b.Fatal(err)
		}
		if err := c.Subscribe(b.ctx, pick(b.T, c, measure), func([]byte) { b.Error("notified by a stranger") }); err != nil {
			b.Fatal(err)
		}
		e.all()
		b.world.Spoof(d, measure)
		if heard := e.all(); len(heard) != 0 {
			b.Errorf("heard %+v", heard)
		}
		if b.adapter.Dropped() != 0 {
			b.Error("dropped")
		}
		c.Close()
	})
}

func TestASlowListenerLosesAdvertsAndNothingElse(t *testing.T) {
	inBubble(t, bluez.Opts{}, func(b *bench) {
		d := band(1)
		wait := make(chan struct{})
		n := 0
		ctx, stop := context.WithCancel(b.ctx)
		over := make(chan error)
		go func() { over <- b.adapter.Scan(ctx, func(ble.Heard) { <-wait; n++ }) }()
		synctest.Wait()
		for i := range 5000 {
			b.world.Advertise(d, -60, map[string][]byte{bthome: {byte(i)}}, nil)
		}
		synctest.Wait()
		if c, err := b.connect(d, false); err != nil {
			b.Error(err)
		} else {
			c.Close()
		}
		close(wait)
		synctest.Wait()
		stop()
		<-over
		if n < 2000 || uint64(n)+b.adapter.Dropped() != 5000 {
			b.Errorf("%d taken, %d dropped", n, b.adapter.Dropped())
		}
	})
}

func TestMemoryIsBoundedWhateverIsHeard(t *testing.T) {
	inBubble(t, bluez.Opts{}, func(b *bench) {
		heard := 0
		go b.adapter.Scan(b.ctx, func(ble.Heard) { heard++ })
		synctest.Wait()
		air := func(n int) uint64 {
			for i := range n {
				d := &fakebluez.Device{
					Address: fmt.Sprintf("D0:00:%02X:%02X:%02X:%02X", rand.N(256), rand.N(256), byte(i>>8), byte(i)),
					Random:  true, Name: fmt.Sprint("telephone ", rand.N(1<<30)), UUIDs: []string{heartRate},
				}
				b.world.Advertise(d, -60, nil, map[uint16][]byte{0x4C: {1, 2, 3}})
				b.world.Forget(d)
				b.world.Vanish(d)
				if i%100 == 0 {
					synctest.Wait()
				}
			}
			synctest.Wait()
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		before := air(2500)
		if grown := int64(air(5000)) - int64(before); grown > 200<<10 {
			b.Errorf("5000 passers-by cost %d bytes", grown)
		}
		if heard != 7500 {
			b.Errorf("heard %d", heard)
		}
	})
}

// A band that is connected to nobody who asked does not advertise: it is told of
// as in reach, until somebody takes the connection over.
func TestWhoIsConnectedAlreadyIsTold(t *testing.T) {
	inBubble(t, bluez.Opts{}, func(b *bench) {
		before, later, never := band(1), band(2), band(3)
		b.world.ConnectUnasked("hci0", before)
		e := b.scan(b.ctx)
		b.world.ConnectUnasked("hci0", later)
		b.world.Advertise(never, -60, nil, nil)
		time.Sleep(11 * time.Second)
		told := map[string]int{}
		for _, h := range e.all() {
			told[fmt.Sprint(h.Address, " ", h.Connected)]++
		}
		if len(told) != 3 || told[before.Address+" true"] < 2 || told[later.Address+" true"] < 2 || told[never.Address+" false"] != 1 {
			b.Fatalf("%v", told)
		}
		for _, d := range []*fakebluez.Device{before, later} {
			c, err := b.connect(d, false)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := c.Read(b.ctx, pick(b.T, c, place)); err != nil {
				b.Error(err)
			}
			defer c.Close()
		}
		e.all()
		time.Sleep(11 * time.Second)
		if heard := e.all(); len(heard) != 0 {
			b.Errorf("told although they are ours: %+v", heard)
		}
	})
}
