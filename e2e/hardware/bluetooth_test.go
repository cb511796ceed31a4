package hardware

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
	"osmanthus/drivers/bluez"
	"osmanthus/drivers/gatt"
	"osmanthus/e2e/hardware/bench"
)

// counting is a heart that beats one a minute faster every second, so that a
// notification that is lost or comes twice shows.
func counting(at time.Time) uint8 { return uint8(60 + at.Unix()%60) }

func warm(time.Time) float64 { return 36.6 }

// central is an adapter of the machine, until the test ends.
func central(t *testing.T, name string) *bluez.Adapter {
	t.Helper()
	a := bluez.New(name, bluez.Opts{})
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func address(t *testing.T, text string) advert.Address {
	t.Helper()
	a, err := advert.ParseAddress(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// hear scans until a device is heard. A scan that fails is begun again, as the
// agent does.
func hear(t *testing.T, radio ble.Radio, device advert.Address) ble.Heard {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var found *ble.Heard
	for ctx.Err() == nil {
		err := radio.Scan(ctx, func(h ble.Heard) {
			if h.Address != device || found != nil {
				return
			}
			h.Services = append([]uint16(nil), h.Services...)
			found = &h
			cancel()
		})
		if found != nil {
			return *found
		}
		t.Logf("%v: %v", radio, err)
		if errors.Is(err, ble.ErrUnreachable) {
			t.Errorf("a scan that fails blames a device: %v", err)
		}
		time.Sleep(time.Second)
	}
	t.Fatalf("%v does not hear %v in 30 s", radio, device)
	return ble.Heard{}
}

// connect connects, and ends the connection with the test.
func connect(t *testing.T, c ble.Central, device advert.Address) ble.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	conn, err := c.Connect(ctx, ble.Device{Address: device})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// characteristic finds one by its number.
func characteristic(t *testing.T, conn ble.Conn, number uint16) ble.Characteristic {
	t.Helper()
	for _, c := range conn.Characteristics() {
		if c.UUID == ble.UUID16(number) {
			return c
		}
	}
	t.Fatalf("no %#x among %+v", number, conn.Characteristics())
	return ble.Characteristic{}
}

// subscribe subscribes and returns what comes.
func subscribe(t *testing.T, conn ble.Conn, number uint16) <-chan []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	came := make(chan []byte, 1000)
	if err := conn.Subscribe(ctx, characteristic(t, conn, number), func(b []byte) { came <- append([]byte(nil), b...) }); err != nil {
		t.Fatal(err)
	}
	return came
}

// heartRate waits for the next notification of a band.
func heartRate(t *testing.T, came <-chan []byte) uint16 {
	t.Helper()
	select {
	case b := <-came:
		v, err := gatt.Decode(0x2A37, b)
		if err != nil {
			t.Fatal(err)
		}
		return v.(*gatt.HeartRate).BPM
	case <-time.After(10 * time.Second):
		t.Fatal("no notification in 10 s")
		return 0
	}
}

// ends waits for the end of a connection.
func ends(t *testing.T, conn ble.Conn) {
	t.Helper()
	began := time.Now()
	select {
	case <-conn.Done():
		t.Logf("the connection ended after %v", time.Since(began))
	case <-time.After(time.Minute):
		t.Fatal("the connection does not end")
	}
}

// TestB1_ABandOnRealBlueZ: a band is heard with its service, connected to, read
// and subscribed to; its notifications come, each once and in order. It
// vanishes, and the connection ends; it returns, and all works again.
func TestB1_ABandOnRealBlueZ(t *testing.T) {
	air := bench.NewAir(t, 2)
	band := bench.NewBand(t, air, 1, counting)
	us, it := central(t, "hci0"), address(t, band.Address())
	for life := range 2 {
		band.On()
		h := hear(t, us, it)
		t.Logf("heard %+v", h)
		if len(h.Services) != 1 || h.Services[0] != 0x180D {
			t.Errorf("it is not heard as a heart rate sensor: %+v", h)
		}
		conn := connect(t, us, it)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		where, err := conn.Read(ctx, characteristic(t, conn, 0x2A38))
		cancel()
		if err != nil || len(where) != 1 || where[0] != 2 {
			t.Errorf("life %d: worn at % x, %v", life, where, err)
		}
		came := subscribe(t, conn, 0x2A37)
		last := heartRate(t, came)
		for range 30 {
			next := heartRate(t, came)
			if want := 60 + (last-60+1)%60; next != want {
				t.Fatalf("life %d: %d after %d", life, next, last)
			}
			last = next
		}
		band.Off()
		ends(t, conn)
	}
}

// TestB1_AThermometerOnRealBlueZ: temperatures come as indications, which wait
// for an answer each.
func TestB1_AThermometerOnRealBlueZ(t *testing.T) {
	air := bench.NewAir(t, 2)
	patch := bench.NewThermometer(t, air, 1, warm)
	patch.On()
	us := central(t, "hci0")
	conn := connect(t, us, address(t, patch.Address())) // which has to hear it first
	came := subscribe(t, conn, 0x2A1C)
	for range 5 {
		select {
		case b := <-came:
			v, err := gatt.Decode(0x2A1C, b)
			if err != nil {
				t.Fatal(err)
			}
			if m := v.Measures(nil); len(m) != 1 || m[0].Value != 36.6 || m[0].Unit != "Cel" {
				t.Errorf("%+v", m)
			}
		case <-time.After(time.Minute):
			t.Fatal("no indication in a minute")
		}
	}
}

// TestB2_TheLadderOnRealBlueZ: each rung that this machine has leaves an adapter
// that hears.
func TestB2_TheLadderOnRealBlueZ(t *testing.T) {
	air := bench.NewAir(t, 2)
	band := bench.NewBand(t, air, 1, counting)
	band.On()
	us, it := central(t, "hci0"), address(t, band.Address())
	hear(t, us, it)
	for i, rung := range us.Rungs() {
		err := us.Heal(t.Context(), i)
		if rung.Name == "restart bluetoothd" {
			if err == nil || errors.Is(err, bluez.ErrNoService) {
				t.Errorf("there is no systemd here, and bluetoothd runs: %v", err)
			}
			t.Logf("%s: %v", rung.Name, err)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", rung.Name, err)
		}
		hear(t, us, it)
	}
}

// TestB2_TwoAdapters: what one hears the other hears, and while one is switched
// off the other goes on.
func TestB2_TwoAdapters(t *testing.T) {
	air := bench.NewAir(t, 3)
	band := bench.NewBand(t, air, 2, counting)
	band.On()
	one, two, it := central(t, "hci0"), central(t, "hci1"), address(t, band.Address())
	hear(t, one, it)
	hear(t, two, it)
	came := subscribe(t, connect(t, two, it), 0x2A37)
	heartRate(t, came)
	air.Power(0, false)
	for range 10 {
		heartRate(t, came)
	}
	bench.Eventually(t, time.Minute, "the first adapter on again", func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if err := one.Scan(ctx, func(ble.Heard) {}); !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("the scan ends with %w", err)
		}
		return nil
	})
}

// TestB1_ABondOnRealBlueZ: what a band says only to whom it is bonded with can
// be read after pairing, and at the next meeting without.
func TestB1_ABondOnRealBlueZ(t *testing.T) {
	air := bench.NewAir(t, 2)
	band := bench.NewShyBand(t, air, 1)
	band.On()
	us, it := central(t, "hci0"), address(t, band.Address())
	hear(t, us, it)
	for _, bond := range []bool{true, false} {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		conn, err := us.Connect(ctx, ble.Device{Address: it, Bond: bond})
		if err != nil {
			t.Fatal(err)
		}
		where, err := conn.Read(ctx, characteristic(t, conn, 0x2A38))
		if err != nil || len(where) != 1 {
			t.Errorf("bond %v: % x, %v", bond, where, err)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		ends(t, conn)
		cancel()
	}
}
