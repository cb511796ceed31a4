package agent

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"osmanthus/agent/config"
	"osmanthus/agent/outbox"
	"osmanthus/care"
	"osmanthus/wire"
)

func quietAgent(t *testing.T) *Agent {
	t.Helper()
	cfg := config.Default()
	cfg.Site, cfg.Gateway, cfg.HTTP, cfg.StateDir = "home-1", "gw-1", "", t.TempDir()
	a, err := New(cfg, Opts{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.outbox.Close() })
	return a
}

func anAlert(n byte) care.Alert {
	return care.Alert{Episode: care.Episode{n}, Kind: care.Fall, State: care.Confirmed, Priority: care.High,
		Resident: "r-1", Source: "wrist-1", Onset: time.Now(), At: time.Now(), Confidence: 1, Evidence: care.Evidence{Rule: "fall/1"}}
}

func TestAnAlertIsStoredBeforeItIsSounded(t *testing.T) {
	a := quietAgent(t)
	var open []int
	put := a.caller.put
	a.caller.put = func(k outbox.Key, b []byte) error {
		_, n := a.local.Loudest(time.Now())
		open = append(open, n)
		return put(k, b)
	}
	a.caller.call(anAlert(1))
	a.caller.call(anAlert(2))
	a.caller.drain()
	if !slices.Equal(open, []int{0, 1}) {
		t.Errorf("when it was stored, so many were open: %v", open)
	}
	if _, n := a.local.Loudest(time.Now()); n != 2 || a.outbox.Stats().Alerts != 2 {
		t.Errorf("%d are open, %d stored", n, a.outbox.Stats().Alerts)
	}
}

func TestADiskThatHangsKeepsNobodySilent(t *testing.T) {
	a := quietAgent(t)
	release := make(chan struct{})
	a.caller.put = func(k outbox.Key, b []byte) error { <-release; return a.outbox.Put(k, b) }
	began := time.Now()
	a.caller.call(anAlert(1))
	a.caller.call(anAlert(2)) // waits behind the first
	var drained sync.WaitGroup
	drained.Go(a.caller.drain)
	wait := time.NewTicker(10 * time.Millisecond)
	defer wait.Stop()
	for range wait.C {
		if _, n := a.local.Loudest(time.Now()); n == 2 {
			break
		}
		if time.Since(began) > 10*time.Second {
			t.Fatal("a hanging disk keeps an alert silent")
		}
	}
	if d := time.Since(began); d < patience {
		t.Errorf("sounded after %v: the disk was not waited for", d)
	}
	if codes := a.warnings.Codes(time.Now()); !slices.Contains(codes, "disk-hangs") {
		t.Errorf("nobody is told: %v", codes)
	}
	close(release)
	drained.Wait()
	if _, n := a.local.Loudest(time.Now()); n != 2 || a.outbox.Stats().Alerts != 2 {
		t.Errorf("%d are open, %d stored", n, a.outbox.Stats().Alerts)
	}
}

// A watchdog that starts an agent anew because its disk hangs would leave the
// home to an agent that cannot start.
func TestADiskThatHangsHoldsUpNoBatchAndNoWatchdog(t *testing.T) {
	a := quietAgent(t)
	release := make(chan struct{})
	a.batcher.store = func() error { <-release; return nil }
	ctx, stop := context.WithCancel(t.Context())
	var ran sync.WaitGroup
	ran.Go(func() { a.batcher.run(ctx) })
	wait := time.NewTicker(10 * time.Millisecond)
	defer wait.Stop()
	for began := time.Now(); a.batcher.batches.Load() < 2; <-wait.C {
		a.pipe.Reading(care.NewReading("r-1", "x", care.HeartRate, 70, 90, time.Now()))
		if time.Since(began) > 20*time.Second {
			t.Fatal("while a commit hangs nothing is put")
		}
	}
	if !a.batcher.stands(time.Millisecond) {
		t.Error("nobody is told")
	}
	close(release)
	stop()
	ran.Wait()
	if a.batcher.stands(0) {
		t.Error("it hangs no more")
	}
}

func TestADiskThatRefusesKeepsNobodySilent(t *testing.T) {
	a := quietAgent(t)
	put := a.caller.put
	a.caller.put = func(outbox.Key, []byte) error { return errors.New("read-only file system") }
	a.caller.call(anAlert(1))
	a.caller.drain()
	if _, n := a.local.Loudest(time.Now()); n != 1 || a.caller.failed.Load() != 1 {
		t.Errorf("%d are open, %d failed", n, a.caller.failed.Load())
	}
	a.caller.put = put
	a.caller.call(anAlert(2))
	a.caller.drain()
	_, _, seq, _, ok := a.outbox.Alerts().Next(0)
	if !ok || seq != 1 {
		t.Errorf("after an alert that was refused the next has number %d: a hole", seq)
	}
}

func TestAnAlertWithNonsenseAsEvidenceIsCarriedWithoutIt(t *testing.T) {
	a := quietAgent(t)
	odd := anAlert(1)
	odd.Confidence = math.NaN()
	odd.Evidence.Features = []care.Feature{{Name: "peak", Value: math.Inf(1), Unit: "g"}}
	a.caller.call(odd)
	a.caller.drain()
	if a.outbox.Stats().Alerts != 1 || a.caller.failed.Load() != 0 {
		t.Errorf("%d are stored, %d failed", a.outbox.Stats().Alerts, a.caller.failed.Load())
	}
}

// The fall may be what took the power: between an impact and its confirmation
// lie up to 28 s.
func TestD2_ASuspicionThatARestartInterruptsIsConfirmed(t *testing.T) {
	cfg := config.Default()
	cfg.Site, cfg.Gateway, cfg.HTTP, cfg.StateDir = "home-1", "gw-1", "", t.TempDir()
	a, err := New(cfg, Opts{})
	if err != nil {
		t.Fatal(err)
	}
	suspicion, dropped := anAlert(1), anAlert(2)
	suspicion.State, dropped.State = care.Suspected, care.Suspected
	a.caller.call(suspicion)
	a.caller.call(dropped)
	dropped.State = care.Cleared
	a.caller.call(dropped)
	a.caller.drain()
	a.outbox.Alerts().Ack(a.boot, 1, 3) // the cloud knows of it; only the agent can confirm
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := a.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if a, err = New(cfg, Opts{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.outbox.Close() })
	a.caller.drain()
	if p, n := a.local.Loudest(time.Now()); p != care.High || n != 1 {
		t.Errorf("%d are open, ringing %v", n, p)
	}
	_, _, _, payload, ok := a.outbox.Alerts().Next(0)
	m, err := wire.DecodeAlert(payload)
	if !ok || err != nil || m.Alert.Episode != suspicion.Episode || m.Alert.State != care.Confirmed || m.Alert.Kind != care.Fall {
		t.Errorf("to the cloud: %+v, %v", m.Alert, err)
	}
}

func TestATechnicalAlertOfAnEarlierRunIsCleared(t *testing.T) {
	a := quietAgent(t)
	fault := anAlert(1)
	fault.Kind, fault.Source = care.SensorFault, "pad-1"
	a.caller.call(anAlert(2))
	a.caller.call(fault)
	a.caller.drain()
	if err := a.outbox.Close(); err != nil {
		t.Fatal(err)
	}
	next, err := New(a.cfg, Opts{}) // killed: local's file was not written
	if err != nil {
		t.Fatal(err)
	}
	defer next.outbox.Close()
	next.caller.drain()
	if p, n := next.local.Loudest(time.Now()); p != care.High || n != 1 {
		t.Errorf("%d are open, the loudest %v; the fall alone should be", n, p)
	}
	var last wire.Alert
	for pos := uint64(0); ; pos++ {
		at, _, _, payload, ok := next.outbox.Alerts().Next(pos)
		if !ok {
			break
		}
		pos = at
		if last, err = wire.DecodeAlert(payload); err != nil {
			t.Fatal(err)
		}
	}
	if last.Alert.State != care.Cleared || last.Alert.Episode != fault.Episode || last.Boot != next.boot || last.Alert.Source != "pad-1" {
		t.Errorf("the last alert is %+v", last)
	}
}

// Without a cloud the outbox holds every alert for ever: what people ended at the
// button rings at no restart, what the power cut off before it rang does.
func TestWhatTheButtonEndedRingsAtNoRestart(t *testing.T) {
	cfg := config.Default()
	cfg.Site, cfg.Gateway, cfg.HTTP, cfg.StateDir = "home-1", "gw-1", "", t.TempDir()
	recorded := &buffer{}
	a, err := New(cfg, Opts{Record: recorded})
	if err != nil {
		t.Fatal(err)
	}
	exit := anAlert(1)
	exit.Kind, exit.At = care.BedExit, time.Now().Add(-time.Hour)
	a.caller.call(exit)
	a.caller.drain()
	a.local.Silence(time.Now())
	a.local.Dismiss()
	if want := fmt.Sprintf(`{"answered":%q}`, exit.Episode); !strings.Contains(recorded.String(), want) {
		t.Errorf("the clock of who lies does not learn that somebody was there: %s", recorded)
	}
	exit.State = care.Cleared
	a.caller.call(exit)
	a.caller.drain()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := a.Run(stopped); err != nil {
		t.Fatal(err)
	}
	if a, err = New(cfg, Opts{}); err != nil {
		t.Fatal(err)
	}
	if _, n := a.local.Loudest(time.Now()); n != 0 {
		t.Errorf("%d ring that were ended", n)
	}
	if err := errors.Join(a.caller.keep(anAlert(2)), a.outbox.Close()); err != nil { // and the power is cut
		t.Fatal(err)
	}
	if a, err = New(cfg, Opts{}); err != nil {
		t.Fatal(err)
	}
	defer a.outbox.Close()
	if p, n := a.local.Loudest(time.Now()); n != 1 || p != care.High {
		t.Errorf("%d are open, ringing %v; the last one should be", n, p)
	}
}

// A battery that was told of yesterday is told of again in a week: a restart
// today must not end what is open, or nobody knows of it until then.
func TestB7_ARestartEndsNoAlertThatItsDetectorHolds(t *testing.T) {
	cfg := config.Default()
	cfg.Site, cfg.Gateway, cfg.HTTP, cfg.StateDir = "home-1", "gw-1", "", t.TempDir()
	cfg.Radios = []config.Radio{{Name: "radio-1", Kind: "bluez", Device: "sim:unix:///nowhere#radio"}}
	cfg.Residents = []config.Resident{{ID: "r-1"}}
	cfg.Sensors = []config.Sensor{{ID: "button-1", Resident: "r-1", Kind: "callpoint", MAC: "A4:C1:38:8D:18:B2"}}
	a, err := New(cfg, Opts{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		a.pipe.Reading(care.NewReading("r-1", "button-1", care.BatteryLevel, 2, 100, time.Now().Add(time.Duration(i)*time.Second).UTC()))
	}
	fault := anAlert(1)
	fault.Kind, fault.Source = care.SensorFault, "button-1"
	a.caller.call(fault)
	a.caller.drain()
	if n := len(a.local.Technical()); n != 2 {
		t.Fatalf("%d technical alerts, want the battery and the fault", n)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := errors.Join(a.keep(stopped), a.outbox.Close()); err != nil {
		t.Fatal(err)
	}
	next, err := New(cfg, Opts{})
	if err != nil {
		t.Fatal(err)
	}
	defer next.outbox.Close()
	next.caller.drain()
	if open := next.local.Technical(); len(open) != 1 || open[0].Kind != care.BatteryLow {
		t.Errorf("open after the restart: %+v", open)
	}
}
