package hardware

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
	"osmanthus/drivers/bluez"
	"osmanthus/e2e/hardware/ether"
)

// TestB3_AConnectThatFailsIsCancelled: a band that was heard and is gone is
// tried for, again and again, and given up in time each time; BlueZ and the
// kernel go on trying for nobody, so the next connect is as good as the first.
func TestB3_AConnectThatFailsIsCancelled(t *testing.T) {
	var air ether.Ether
	controllers(t, &air, 1)
	band, other := ether.NewBand(bandAddress, counting), ether.NewBand(ether.Address{0xC0, 0xFF, 0xEE, 0, 0, 2}, counting)
	us := central(t, "hci0")
	air.On(other)
	for range 10 {
		air.On(band)
		hear(t, us, advert.Address(bandAddress))
		air.Off(band)
		ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
		began := time.Now()
		_, err := us.Connect(ctx, ble.Device{Address: advert.Address(bandAddress)})
		cancel()
		if took := time.Since(began); !errors.Is(err, ble.ErrUnreachable) || took > 8*time.Second {
			t.Fatalf("%v after %v", err, took)
		}
		if n := us.Connections(); n != 0 {
			t.Fatalf("%d slots are still used", n)
		}
		conn := connect(t, us, advert.Address(other.Address))
		heartRate(t, subscribe(t, conn, 0x2A37))
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestB3_BandsConnectAtOnce: as many bands as there are slots are connected to at
// the same time, while the scan goes on, and all of them are heard; one more is
// refused.
func TestB3_BandsConnectAtOnce(t *testing.T) {
	var air ether.Ether
	controllers(t, &air, 1)
	us := central(t, "hci0")
	var bands []advert.Address
	for i := range byte(bluez.DefaultSlots + 1) {
		a := ether.Address{0xC0, 0xFF, 0xEE, 0, 1, i}
		air.On(ether.NewBand(a, counting))
		bands = append(bands, advert.Address(a))
		hear(t, us, advert.Address(a))
	}
	ctx, stop := context.WithCancel(t.Context())
	scan := make(chan error, 1)
	go func() { scan <- us.Scan(ctx, func(ble.Heard) {}) }()
	conns := make([]ble.Conn, bluez.DefaultSlots)
	tries := make([]int, bluez.DefaultSlots)
	var all sync.WaitGroup
	for i := range conns {
		all.Go(func() {
			for range 5 { // the kernel may refuse a second one while it is at the first
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				conn, err := us.Connect(ctx, ble.Device{Address: bands[i]})
				cancel()
				tries[i]++
				if err == nil {
					conns[i] = conn
					return
				}
				t.Logf("band %d: %v", i, err)
				time.Sleep(time.Second)
			}
		})
	}
	all.Wait()
	t.Logf("tries: %v", tries)
	ctx2, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	if _, err := us.Connect(ctx2, ble.Device{Address: bands[bluez.DefaultSlots]}); !errors.Is(err, ble.ErrNoSlot) {
		t.Errorf("one more: %v", err)
	}
	cancel()
	for i, conn := range conns {
		if conn == nil {
			t.Fatalf("band %d does not connect", i)
		}
		came := subscribe(t, conn, 0x2A37)
		for range 10 {
			heartRate(t, came)
		}
	}
	stop()
	if err := <-scan; !errors.Is(err, context.Canceled) {
		t.Errorf("the scan ended: %v", err)
	}
	for _, conn := range conns {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	if n := us.Connections(); n != 0 {
		t.Errorf("%d slots are still used", n)
	}
}
