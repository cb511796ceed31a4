package callpoint

import (
	"errors"
	"fmt"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/internal/fakepin"
	"osmanthus/drivers/lines"

	"periph.io/x/conn/v3/gpio"
)

func open(t *testing.T, pin *fakepin.Pin, opts *lines.Opts) *Dev {
	t.Helper()
	d, err := New(pin, opts)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// await waits for a change to the state, at most for limit, and returns how long it took.
func await(t *testing.T, d *Dev, want State, limit time.Duration) time.Duration {
	t.Helper()
	return fakepin.Until(t, func(timeout time.Duration) (State, bool, error) {
		var f Frame
		err := d.Wait(&f, timeout)
		return f.State, f.Changed, err
	}, want, limit)
}

// quiet demands that nothing changes for a time.
func quiet(t *testing.T, d *Dev, during time.Duration) {
	t.Helper()
	var f Frame
	if err := d.Wait(&f, during); err != nil || f.Changed {
		t.Fatalf("%v, changed %v, %v", f.State, f.Changed, err)
	}
}

func TestA3_PressIsSeenWhateverWaitForEdgeDoes(t *testing.T) {
	for _, kind := range []fakepin.Waiting{fakepin.Works, fakepin.AtOnce, fakepin.False, fakepin.Never, fakepin.Refused} {
		t.Run(fmt.Sprint(int(kind)), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pin := fakepin.New(kind, gpio.High)
				d := open(t, pin, nil)
				await(t, d, Normal, time.Second)

				waits, reads := pin.Waits.Load(), pin.Reads.Load()
				quiet(t, d, 10*time.Minute) // no false press
				// What BenchmarkA3_CPU measures in real time, in numbers that no load
				// can change.
				if n := pin.Waits.Load() - waits; n > 1300 {
					t.Errorf("%d edge waits in 10 minutes", n)
				}
				if n := pin.Reads.Load() - reads; n > 600*51 {
					t.Errorf("%d reads in 10 minutes", n)
				}

				for range 20 {
					pin.Set(gpio.Low)
					if took := await(t, d, Pressed, 150*time.Millisecond); took > 150*time.Millisecond {
						t.Errorf("press seen after %v", took)
					}
					pin.Set(gpio.High)
					await(t, d, Normal, 150*time.Millisecond)
					time.Sleep(7 * time.Millisecond)
				}
				if err := d.Halt(); (err != nil) != (kind == fakepin.Never) {
					t.Errorf("halt: %v", err)
				}
				pin.Free()
			})
		})
	}
}

// A press of Debounce + Poll is never missed and a glitch below Debounce never
// counts, wherever it falls between two looks, and with no help from edges.
func TestA3_ShortPressesAndGlitchesInEveryPhase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Never, gpio.High)
		d := open(t, pin, nil)
		defer func() { pin.Free(); d.Halt() }()
		await(t, d, Normal, time.Second)
		for phase := range 25 {
			pulse := func(length time.Duration) <-chan struct{} {
				done := make(chan struct{})
				go func() {
					defer close(done)
					time.Sleep(time.Duration(phase) * time.Millisecond)
					pin.Set(gpio.Low)
					time.Sleep(length)
					pin.Set(gpio.High)
				}()
				return done
			}
			glitch := pulse(29 * time.Millisecond)
			quiet(t, d, 300*time.Millisecond)
			<-glitch
			press := pulse(lines.DefaultOpts.Debounce + lines.DefaultOpts.Poll + time.Millisecond)
			await(t, d, Pressed, 200*time.Millisecond)
			await(t, d, Normal, 200*time.Millisecond)
			<-press
		}
	})
}

// Where edges work they are quicker than the poll.
func TestEdgesAreQuickerThanThePoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Works, gpio.High)
		d := open(t, pin, &lines.Opts{Poll: 100 * time.Millisecond, Debounce: 10 * time.Millisecond})
		defer d.Halt()
		await(t, d, Normal, time.Second)
		for phase := range 10 {
			l := phase%2 == 1
			time.AfterFunc(200*time.Millisecond+time.Duration(phase)*10*time.Millisecond, func() { pin.Set(gpio.Level(l)) })
			want := map[bool]State{false: Pressed, true: Normal}[l]
			took := await(t, d, want, time.Second) - 200*time.Millisecond - time.Duration(phase)*10*time.Millisecond
			if took > 25*time.Millisecond {
				t.Errorf("phase %d: %v after the edge", phase, took)
			}
		}
	})
}

func TestBounceIsOnePress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Works, gpio.High)
		d := open(t, pin, nil)
		defer d.Halt()
		await(t, d, Normal, time.Second)
		go func() {
			for range 6 {
				pin.Set(gpio.Low)
				time.Sleep(3 * time.Millisecond)
				pin.Set(gpio.High)
				time.Sleep(2 * time.Millisecond)
			}
			pin.Set(gpio.Low)
		}()
		await(t, d, Pressed, 150*time.Millisecond)
		quiet(t, d, time.Second)
	})
}

// A contact that never holds still must not look like silence.
func TestFlickeringContactIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakepin.New(fakepin.Works, gpio.High)
		d := open(t, pin, nil)
		defer d.Halt()
		await(t, d, Normal, time.Second)
		stop := make(chan struct{})
		go func() {
			for l := gpio.Low; ; l = !l {
				pin.Set(l)
				select {
				case <-stop:
					return
				case <-time.After(9 * time.Millisecond):
				}
			}
		}()
		var f Frame
		if err := d.Wait(&f, 5*time.Second); err != nil || f.Changed || !f.Unsettled {
			t.Errorf("%+v, %v", f, err)
		}
		close(stop)
		synctest.Wait()
		pin.Set(gpio.High)
		if err := d.Wait(&f, time.Second); err != nil || f.Changed || f.Unsettled {
			t.Errorf("afterwards %+v, %v", f, err)
		}
	})
}

func TestWirings(t *testing.T) {
	for _, c := range []struct {
		opts lines.Opts
		rest gpio.Level
	}{
		{lines.Opts{}, gpio.High},
		{lines.Opts{Wiring: lines.NormallyClosed}, gpio.Low},
		{lines.Opts{Pull: gpio.PullDown}, gpio.Low},
		{lines.Opts{Pull: gpio.PullDown, Wiring: lines.NormallyClosed}, gpio.High},
		{lines.Opts{Pull: gpio.Float}, gpio.High},
		{lines.Opts{Pull: gpio.Float, ClosedHigh: true}, gpio.Low},
	} {
		t.Run(fmt.Sprintf("%v %v", c.opts.Wiring, c.opts.Pull), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pin := fakepin.New(fakepin.Works, c.rest)
				d := open(t, pin, &c.opts)
				defer d.Halt()
				await(t, d, Normal, time.Second)
				pin.Set(!c.rest)
				await(t, d, Pressed, 150*time.Millisecond)
			})
		})
	}
}

func TestPressedSinceBeforeTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, fakepin.New(fakepin.Works, gpio.Low), nil)
		defer d.Halt()
		await(t, d, Pressed, 150*time.Millisecond)
	})
}

func TestHaltWakesWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, fakepin.New(fakepin.Works, gpio.High), nil)
		await(t, d, Normal, time.Second)
		done := make(chan error)
		go func() { var f Frame; done <- d.Wait(&f, time.Hour) }()
		synctest.Wait()
		for range 2 {
			if err := d.Halt(); err != nil {
				t.Error(err)
			}
		}
		if err := <-done; !errors.Is(err, drivers.ErrHalted) {
			t.Errorf("%v", err)
		}
		if d.String() != "call point on FAKE1" {
			t.Error(d)
		}
	})
}

func TestPinThatIsNoInput(t *testing.T) {
	pin := fakepin.New(fakepin.Works, gpio.High)
	busy := errors.New("busy")
	pin.RefuseIn(busy)
	if _, err := New(pin, nil); !errors.Is(err, busy) {
		t.Errorf("%v", err)
	}
}

func TestOptsAreChecked(t *testing.T) {
	for _, o := range []lines.Opts{
		{Poll: 101 * time.Millisecond}, {Poll: time.Microsecond}, {Debounce: 2 * time.Second},
		{ClosedHigh: true}, {Wiring: 2},
	} {
		if _, err := New(fakepin.New(fakepin.Works, gpio.High), &o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

func BenchmarkSense(b *testing.B) {
	pin := fakepin.New(fakepin.Refused, gpio.High)
	d, err := New(pin, nil)
	if err != nil {
		b.Fatal(err)
	}
	var f Frame
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Sense(&f); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkA3_CPU watches a pin whose WaitForEdge returns at once, for real
// time, and reports the share of one core that it takes. A3 allows 5 %.
func BenchmarkA3_CPU(b *testing.B) {
	pin := fakepin.New(fakepin.AtOnce, gpio.High)
	d, err := New(pin, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer d.Halt()
	var f Frame
	if err := d.Wait(&f, time.Second); err != nil {
		b.Fatal(err)
	}
	began, before := time.Now(), cpuTime(b)
	for b.Loop() {
		if err := d.Wait(&f, time.Second); err != nil || f.Changed {
			b.Fatal(f, err)
		}
	}
	b.ReportMetric(100*float64(cpuTime(b)-before)/float64(time.Since(began)), "%core")
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
