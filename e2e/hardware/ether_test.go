package hardware

import (
	"context"
	"errors"
	"testing"
	"time"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
	"osmanthus/e2e/hardware/bench"
	"osmanthus/e2e/hardware/ether"
)

var bandAddress = ether.Address{0xC0, 0xFF, 0xEE, 0, 0, 1}

// controllers plugs in that many, and starts BlueZ for them.
func controllers(t *testing.T, air *ether.Ether, n int) ([]*ether.Controller, *bench.BlueZ) {
	t.Helper()
	var all []*ether.Controller
	for i := range n {
		c, err := air.Plug(ether.Address{0, 0xAA, 1, 2, 3, byte(i)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Unplug)
		all = append(all, c)
	}
	return all, bench.NewBlueZ(t, n)
}

// TestB1_ALinkIsLost: a band hangs up, or goes out of reach without a word, as
// bands do.
func TestB1_ALinkIsLost(t *testing.T) {
	var air ether.Ether
	controllers(t, &air, 1)
	band := ether.NewBand(bandAddress, counting)
	us, it := central(t, "hci0"), advert.Address(bandAddress)
	outOfReach := func() { air.Off(band) }
	for _, leave := range []func(){band.HangUp, outOfReach, outOfReach} {
		air.On(band)
		if h := hear(t, us, it); h.RSSI != -50 || h.Name != "Band" {
			t.Errorf("heard %+v", h)
		}
		conn := connect(t, us, it)
		came := subscribe(t, conn, 0x2A37)
		for range 10 {
			heartRate(t, came)
		}
		leave()
		ends(t, conn)
		air.Off(band)
	}
}

// TestB2_BluetoothdIsKilled: the scan says so, the connection ends, and when
// bluetoothd is back so are both.
func TestB2_BluetoothdIsKilled(t *testing.T) {
	var air ether.Ether
	_, blue := controllers(t, &air, 1)
	air.On(ether.NewBand(bandAddress, counting))
	us, it := central(t, "hci0"), advert.Address(bandAddress)
	conn := connect(t, us, it)
	heartRate(t, subscribe(t, conn, 0x2A37))
	scan := make(chan error, 1)
	go func() { scan <- us.Scan(t.Context(), func(ble.Heard) {}) }()
	time.Sleep(3 * time.Second)

	blue.KillDaemon()
	ends(t, conn)
	select {
	case err := <-scan:
		t.Logf("the scan says: %v", err)
		if err == nil || errors.Is(err, context.Canceled) {
			t.Errorf("the scan ends with %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("the scan does not notice")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	if _, err := us.Connect(ctx, ble.Device{Address: it}); err == nil {
		t.Error("connected without bluetoothd")
	}
	cancel()

	blue.StartDaemon()
	hear(t, us, it)
	heartRate(t, subscribe(t, connect(t, us, it), 0x2A37))
}

// TestB2_AnAdapterIsPulledAndPutBack: a Bluetooth stick is pulled out of its
// socket; scan and connection end, and both come back with it.
func TestB2_AnAdapterIsPulledAndPutBack(t *testing.T) {
	var air ether.Ether
	sticks, _ := controllers(t, &air, 1)
	air.On(ether.NewBand(bandAddress, counting))
	us, it := central(t, "hci0"), advert.Address(bandAddress)
	conn := connect(t, us, it)
	heartRate(t, subscribe(t, conn, 0x2A37))
	scan := make(chan error, 1)
	go func() { scan <- us.Scan(t.Context(), func(ble.Heard) {}) }()
	time.Sleep(3 * time.Second)
	sticks[0].Unplug()
	ends(t, conn)
	select {
	case err := <-scan:
		t.Logf("the scan says: %v", err)
	case <-time.After(30 * time.Second):
		t.Error("the scan does not notice")
	}
	again, err := air.Plug(ether.Address{0, 0xAA, 1, 2, 3, 0})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(again.Unplug)
	hear(t, us, it)
	heartRate(t, subscribe(t, connect(t, us, it), 0x2A37))
}

// TestB2_ADeafAdapterIsNotHealed: firmware that hangs answers every command and
// hears nothing. Each rung of the ladder is done, and what BlueZ says of it is
// no proof: only hearing is.
func TestB2_ADeafAdapterIsNotHealed(t *testing.T) {
	var air ether.Ether
	sticks, _ := controllers(t, &air, 1)
	air.On(ether.NewBand(bandAddress, counting))
	us, it := central(t, "hci0"), advert.Address(bandAddress)
	hear(t, us, it)
	sticks[0].SetDeaf(true)
	scans, resets := sticks[0].Scans(), sticks[0].Resets()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	heard := make(chan ble.Heard, 1000)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			_ = us.Scan(ctx, func(h ble.Heard) { heard <- h })
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}()
	for i, rung := range us.Rungs() {
		if err := us.Heal(ctx, i); err != nil {
			t.Logf("%s: %v", rung.Name, err)
		}
		time.Sleep(rung.Wait)
	}
	if len(heard) > 0 {
		t.Errorf("a deaf adapter hears %+v", <-heard)
	}
	if sticks[0].Scans()-scans < 3 || sticks[0].Resets()-resets < 2 {
		t.Errorf("%d times told to scan, %d times reset", sticks[0].Scans()-scans, sticks[0].Resets()-resets)
	}
	sticks[0].SetDeaf(false)
	select {
	case <-heard:
	case <-time.After(time.Minute):
		t.Error("an adapter that hears again is not listened to")
	}
	cancel()
	<-done
}

// TestB3_CloseEndsTheLink: when Close returns the band is free again, so a slot
// that is given back is one that the controller has.
func TestB3_CloseEndsTheLink(t *testing.T) {
	var air ether.Ether
	controllers(t, &air, 1)
	band := ether.NewBand(bandAddress, counting)
	air.On(band)
	us := central(t, "hci0")
	for range 5 {
		conn := connect(t, us, advert.Address(bandAddress))
		if !band.Connected() {
			t.Fatal("connected, and the band knows nothing of it")
		}
		if err := conn.Close(); err != nil || band.Connected() {
			t.Errorf("closed: %v, and the band is connected: %v", err, band.Connected())
		}
	}
}
