package sim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/ads1115"
	"osmanthus/drivers/callpoint"
	"osmanthus/drivers/lines"
	"osmanthus/drivers/max30102"
	"osmanthus/drivers/mpu6050"
	"osmanthus/drivers/remote"

	"go.uber.org/goleak"
	"periph.io/x/conn/v3/gpio"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve runs a server for the home until the test ends.
func serve(t testing.TB, h *Home) *Server {
	t.Helper()
	s, err := NewServer(h, filepath.Join(t.TempDir(), "home.sock"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

func openBus(t testing.TB, s *Server, name string, timeout time.Duration) *remote.Bus {
	t.Helper()
	b, err := remote.OpenBus(s.Addr(name), &remote.Opts{Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// bed is a bus with all three chips, on a clock that the test advances.
func bed(t testing.TB) (*Home, *stillClock, *Server) {
	clock := &stillClock{at: time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)}
	h := NewHome(clock.Now)
	b := h.Bus("bed-1")
	b.Attach(mpu6050.Addr, NewMPU6050(ramp(clock.Now())))
	b.Attach(max30102.Addr, NewMAX30102(finger(clock.Now())))
	b.Attach(ads1115.Addr, NewADS1115([4]Volts{func(time.Time) float64 { return 1.5 }}))
	return h, clock, serve(t, h)
}

// senser is what the drivers share, with their frames hidden.
type senser func() (samples int, overrun bool, err error)

// openAll opens the two FIFO drivers over the socket. The modelled chip's time
// stands still, so its reset has to be helped along.
func openAll(t *testing.T, b *remote.Bus, clock *stillClock) map[string]senser {
	t.Helper()
	imu, err := mpu6050.New(b, mpu6050.Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				clock.Advance(time.Millisecond)
			}
		}
	})
	ppg, err := max30102.New(b, max30102.Addr, nil)
	close(stop)
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	var fi mpu6050.Frame
	var fp max30102.Frame
	all := map[string]senser{
		"mpu6050":  func() (int, bool, error) { err := imu.Sense(&fi); return len(fi.Samples), fi.Overrun, err },
		"max30102": func() (int, bool, error) { err := ppg.Sense(&fp); return len(fp.Samples), fp.Overrun, err },
	}
	for name, sense := range all { // what was sampled while the others opened
		if _, _, err := sense(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return all
}

func TestDriversOverTheSocket(t *testing.T) {
	_, clock, s := bed(t)
	all := openAll(t, openBus(t, s, "bed-1", 0), clock)
	for range 3 {
		clock.Advance(100 * time.Millisecond)
		for name, sense := range all {
			if n, overrun, err := sense(); n < 10 || n > 11 || overrun || err != nil {
				t.Fatalf("%s: %d samples, overrun %v, %v", name, n, overrun, err)
			}
		}
	}
	clock.Advance(20 * time.Second)
	for name, sense := range all {
		if n, overrun, err := sense(); n != 0 || !overrun || err != nil {
			t.Errorf("%s: %d samples, overrun %v, %v", name, n, overrun, err)
		}
	}
}

func TestFaultsOverTheSocket(t *testing.T) {
	h, clock, s := bed(t)
	b := openBus(t, s, "bed-1", 0)
	all := openAll(t, b, clock)
	for _, c := range []struct {
		fault Fault
		errno syscall.Errno
	}{
		{NoAnswer, syscall.EREMOTEIO}, {NoDevice, syscall.ENXIO},
		{StuckLow, syscall.ETIMEDOUT}, {Corrupted, syscall.EIO}, {NACKOnce, syscall.EREMOTEIO},
	} {
		for name, sense := range all {
			h.Bus("bed-1").SetFault(c.fault)
			if _, _, err := sense(); !errors.Is(err, c.errno) {
				t.Errorf("%v: %s: %v", c.errno, name, err)
			}
			if c.fault != NACKOnce && c.fault != StuckLow {
				h.Bus("bed-1").SetFault(NoFault)
			}
			if c.fault == StuckLow {
				if err := b.Unwedge(); err != nil {
					t.Error(err)
				}
			}
			if _, _, err := sense(); err != nil {
				t.Errorf("after %v: %s: %v", c.errno, name, err)
			}
		}
	}
	if err := b.Tx(0x10, []byte{0}, nil); !drivers.NoAnswer(err) {
		t.Errorf("an address where nothing is: %v", err)
	}
}

func TestA2_AHungBusHoldsUpNoOther(t *testing.T) {
	h, clock, s := bed(t)
	h.Bus("bed-2").Attach(mpu6050.Addr, NewMPU6050(ramp(clock.Now())))
	hung := openBus(t, s, "bed-1", 0)
	other, err := mpu6050.New(openBus(t, s, "bed-2", 0), mpu6050.Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	h.Bus("bed-1").SetFault(Hang)
	done := make(chan error, 1)
	go func() { done <- hung.Tx(mpu6050.Addr, []byte{0x75}, make([]byte, 1)) }()
	var f mpu6050.Frame
	for range 20 {
		clock.Advance(100 * time.Millisecond)
		if err := other.Sense(&f); err != nil || len(f.Samples) != 10 {
			t.Fatalf("%d samples, %v", len(f.Samples), err)
		}
	}
	if err := hung.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; err == nil {
		t.Error("a transfer that hung has succeeded")
	}
	if err := hung.Tx(mpu6050.Addr, []byte{0x75}, make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	// The bus serves others again as soon as it is mended, and the transfer that
	// was given up is not done late.
	h.Bus("bed-1").SetFault(NoFault)
	if err := openBus(t, s, "bed-1", time.Second).Tx(mpu6050.Addr, []byte{0x75}, make([]byte, 1)); err != nil {
		t.Error(err)
	}
}

// A transfer whose caller gave up is never done late: the reset of an agent that
// has died would hit the one that took its place.
func TestGivenUpTransferIsNotDoneLate(t *testing.T) {
	h, _, s := bed(t)
	h.Bus("bed-1").SetFault(Hang)
	hung := openBus(t, s, "bed-1", 0)
	done := make(chan error)
	go func() { done <- hung.Tx(mpu6050.Addr, []byte{0x1C, 0x18}, nil) }()
	serving := func(n int) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
			s.mu.Lock()
			got := len(s.conns)
			s.mu.Unlock()
			if waiting := len(h.Bus("bed-1").wires); got == n && waiting == n {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("%d connections instead of %d", got, n)
			}
		}
	}
	serving(1)
	hung.Close()
	if err := <-done; err == nil {
		t.Error("a transfer that hung has succeeded")
	}
	serving(0)
	h.Bus("bed-1").SetFault(NoFault)
	r := make([]byte, 1)
	if err := h.Bus("bed-1").Tx(mpu6050.Addr, []byte{0x1C}, r); err != nil || r[0] != 0 {
		t.Errorf("ACCEL_CONFIG %#x, %v", r[0], err)
	}
}

func TestTimeoutThenRecoveryOnTheSameBus(t *testing.T) {
	h, _, s := bed(t)
	b := openBus(t, s, "bed-1", 20*time.Millisecond)
	id := make([]byte, 1)
	device := h.Bus("bed-1").Attach(0x20, NewMPU6050(nil))
	device.SetFault(Hang)
	for range 3 {
		if err := b.Tx(0x20, []byte{0x75}, id); !errors.Is(err, syscall.ETIMEDOUT) {
			t.Fatalf("%v", err)
		}
	}
	device.SetFault(NoFault)
	if err := b.Tx(0x20, []byte{0x75}, id); err != nil || id[0] != 0x68 {
		t.Fatalf("%#x, %v", id[0], err)
	}
}

// A hang that is mended leaves the connection in step.
func TestMendedHangGoesOnOnTheSameConnection(t *testing.T) {
	h, _, s := bed(t)
	b := openBus(t, s, "bed-1", 0)
	id := make([]byte, 1)
	for i := range 50 {
		h.Bus("bed-1").SetFault(Hang)
		done := make(chan error)
		go func() { done <- b.Tx(mpu6050.Addr, []byte{0x75}, id) }()
		if i%2 == 0 {
			for len(h.Bus("bed-1").wires) == 0 {
				time.Sleep(100 * time.Microsecond)
			}
		}
		h.Bus("bed-1").SetFault(NoFault)
		if err := <-done; err != nil || id[0] != 0x68 {
			t.Fatalf("mended: %v", err)
		}
		for range 3 {
			if err := b.Tx(mpu6050.Addr, []byte{0x75}, id); err != nil {
				t.Fatalf("afterwards: %v", err)
			}
		}
	}
}

func TestPinsOverTheSocket(t *testing.T) {
	h := NewHome(nil)
	contact := NewContact(h.Pin("cord"), lines.NormallyOpen)
	lamp := h.Pin("lamp")
	s := serve(t, h)
	pin, err := remote.OpenPin(s.Addr("cord"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer pin.Close()
	d, err := callpoint.New(pin, nil)
	if err != nil {
		t.Fatal(err)
	}
	next := func(want callpoint.State) {
		t.Helper()
		var f callpoint.Frame
		if err := d.Wait(&f, 5*time.Second); err != nil || !f.Changed || f.State != want {
			t.Fatalf("want %v, got %+v, %v", want, f, err)
		}
	}
	next(callpoint.Normal)
	for range 3 {
		contact.Press()
		next(callpoint.Pressed)
		contact.Release()
		next(callpoint.Normal)
	}
	if err := d.Halt(); err != nil {
		t.Error(err)
	}

	out, err := remote.OpenPin(s.Addr("lamp"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	seen, stop := lamp.Watch()
	defer stop()
	for _, l := range []gpio.Level{gpio.High, gpio.Low} {
		if err := out.Out(l); err != nil {
			t.Fatal(err)
		}
		if got := <-seen; got.Level != l {
			t.Errorf("%v", got)
		}
	}
}

func TestEdgesOverTheSocket(t *testing.T) {
	h := NewHome(nil)
	wire := h.Pin("mat")
	s := serve(t, h)
	pin, err := remote.OpenPin(s.Addr("mat"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer pin.Close()
	if err := pin.In(gpio.PullUp, gpio.FallingEdge); err != nil {
		t.Fatal(err)
	}
	if pin.WaitForEdge(time.Millisecond) {
		t.Error("an edge without one")
	}
	wire.Drive(gpio.Low)
	if !pin.WaitForEdge(-1) || pin.Read() != gpio.Low {
		t.Error("falling edge not seen")
	}
	wire.Release()
	if pin.WaitForEdge(20 * time.Millisecond) {
		t.Error("a rising edge counts as falling")
	}
	done := make(chan bool)
	go func() { done <- pin.WaitForEdge(-1) }()
	if err := pin.Halt(); err != nil {
		t.Error(err)
	}
	if <-done {
		t.Error("Halt is no edge")
	}
	if pin.WaitForEdge(time.Second) {
		t.Error("an edge after Halt")
	}
	if err := pin.In(gpio.PullUp, gpio.BothEdges); err != nil {
		t.Fatal(err)
	}
	wire.Drive(gpio.Low)
	if !pin.WaitForEdge(-1) {
		t.Error("no edges after a new In")
	}
}

// The other process ends and comes back: the bus recovers by itself, and until
// then a pin says that it cannot be read instead of showing rest.
func TestServerRestarts(t *testing.T) {
	h := NewHome(nil)
	h.Bus("bus").Attach(mpu6050.Addr, NewMPU6050(ramp(time.Now())))
	NewContact(h.Pin("cord"), lines.NormallyOpen)
	path := filepath.Join(t.TempDir(), "home.sock")
	run := func() (s *Server, stop func()) {
		s, err := NewServer(h, path, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		return s, func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	s, stop := run()
	b := openBus(t, s, "bus", 0)
	pin, err := remote.OpenPin(s.Addr("cord"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer pin.Close()
	d, err := callpoint.New(pin, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Halt()
	id := make([]byte, 1)
	if err := b.Tx(mpu6050.Addr, []byte{0x75}, id); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := b.Tx(mpu6050.Addr, []byte{0x75}, id); err == nil {
		t.Error("a bus without its home answers")
	}
	var f callpoint.Frame
	if err := d.Sense(&f); err == nil {
		t.Error("a pin without its home reads as rest")
	}
	_, stop = run()
	defer stop()
	if err := b.Tx(mpu6050.Addr, []byte{0x75}, id); err != nil || id[0] != 0x68 {
		t.Errorf("%#x, %v", id, err)
	}
	if err := d.Sense(&f); err != nil {
		t.Error(err)
	}
}

func TestNamesThatDoNotExist(t *testing.T) {
	s := serve(t, NewHome(nil))
	if _, err := remote.OpenBus(s.Addr("nowhere"), nil); err == nil {
		t.Error("a bus that is not there opens")
	}
	if _, err := remote.OpenPin(s.Addr("nowhere"), nil); err == nil {
		t.Error("a pin that is not there opens")
	}
}

// Strangers' bytes end their connection and nothing else.
func TestGarbageAtTheSocket(t *testing.T) {
	_, _, s := bed(t)
	good := openBus(t, s, "bed-1", time.Second)
	for i, garbage := range []string{"\x00\x00", "\xff\xff", "\x01\x00x", "\x07\x00\x01bbed-1\x01\x00\x09", "\x07\x00\x01bbed-1\x03\x00\x01\x02\x03", "GET / HTTP/1.1\r\n\r\n"} {
		conn, err := net.Dial("unix", s.listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprint(conn, garbage); err != nil {
			t.Fatal(err)
		}
		conn.Close()
		if err := good.Tx(mpu6050.Addr, []byte{0x75}, make([]byte, 1)); err != nil {
			t.Errorf("after garbage %d: %v", i, err)
		}
	}
}

func BenchmarkRemoteTx(b *testing.B) {
	_, _, s := bed(b)
	bus := openBus(b, s, "bed-1", 0)
	r := make([]byte, 252)
	w := []byte{0x74}
	b.ReportAllocs()
	for b.Loop() {
		if err := bus.Tx(mpu6050.Addr, w, r); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRemoteSense is an agent's whole work with one IMU: ten samples.
func BenchmarkRemoteSense(b *testing.B) {
	_, clock, s := bed(b)
	d, err := mpu6050.New(openBus(b, s, "bed-1", 0), mpu6050.Addr, nil)
	if err != nil {
		b.Fatal(err)
	}
	var f mpu6050.Frame
	b.ReportAllocs()
	for b.Loop() {
		clock.Advance(100 * time.Millisecond)
		if err := d.Sense(&f); err != nil || len(f.Samples) != 10 {
			b.Fatal(len(f.Samples), err)
		}
	}
}
