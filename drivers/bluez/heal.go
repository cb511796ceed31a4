package bluez

import (
	"context"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"

	"osmanthus/drivers/ble"
)

var _ ble.Healer = (*Adapter)(nil)

// Host is what can be done to the machine for an adapter.
type Host interface {
	// Reset takes the adapter's power or driver away for a moment, and gives it
	// back. It wants root's rights, or says what it wants.
	Reset(ctx context.Context, adapter string) error
}

// rungs of the ladder, with how long the adapter takes at most until it hears
// after each: BlueZ begins a scan within a second or two, a controller's firmware
// loads in a few, and bluetoothd starts in some. They add up to a minute.
var rungs = []struct {
	ble.Rung
	do func(*Adapter, context.Context) error
}{
	{ble.Rung{Name: "restart scan", Wait: 10 * time.Second}, (*Adapter).restartScan},
	{ble.Rung{Name: "power cycle", Wait: 15 * time.Second, Harsh: true}, (*Adapter).powerCycle},
	{ble.Rung{Name: "reset hardware", Wait: 15 * time.Second, Harsh: true}, (*Adapter).resetHardware},
	{ble.Rung{Name: "restart bluetoothd", Wait: 20 * time.Second, Harsh: true}, (*Adapter).restartService},
}

// Rungs are what can be tried, the gentlest first.
func (a *Adapter) Rungs() []ble.Rung {
	var all []ble.Rung
	for _, r := range rungs {
		all = append(all, r.Rung)
	}
	return all
}

// Heal does one of them.
func (a *Adapter) Heal(ctx context.Context, rung int) error {
	if rung < 0 || rung >= len(rungs) {
		return fmt.Errorf("bluez: no rung %d", rung)
	}
	r := rungs[rung]
	ctx, stop := context.WithTimeout(ctx, r.Wait)
	defer stop()
	if err := r.do(a, ctx); err != nil {
		return fmt.Errorf("bluez: %s of %s: %w", r.Name, a.name, err)
	}
	return nil
}

// restartScan stops the discovery and begins it anew.
func (a *Adapter) restartScan(ctx context.Context) error {
	l, err := a.connected(ctx)
	if err != nil {
		return err
	}
	d := &l.discovery
	select {
	case d.lock <- struct{}{}:
		defer func() { <-d.lock }()
	case <-ctx.Done():
		return ctx.Err()
	}
	epoch, err := l.state()
	if err != nil {
		return err
	}
	l.call(ctx, l.adapter, ifaceAdapter+".StopDiscovery") // none may be under way
	if d.n == 0 || d.epoch != epoch {
		return nil // whoever scans begins anew by itself
	}
	return l.startDiscovery(ctx)
}

// powerCycle switches the adapter off and on. The scan ends, and whoever scans
// begins anew.
func (a *Adapter) powerCycle(ctx context.Context) error {
	l, err := a.connected(ctx)
	if err != nil {
		return err
	}
	if err := l.power(ctx, false); err != nil {
		return err
	}
	return l.power(ctx, true)
}

func (a *Adapter) resetHardware(ctx context.Context) error {
	return a.opts.Host.Reset(ctx, a.name)
}

// restartService has systemd restart bluetoothd, and waits until it is there.
func (a *Adapter) restartService(ctx context.Context) error {
	l, err := a.connected(ctx)
	if err != nil {
		return err
	}
	before, _ := l.state()
	systemd := l.bus.Object("org.freedesktop.systemd1", "/org/freedesktop/systemd1")
	var job dbus.ObjectPath
	err = systemd.CallWithContext(ctx, "org.freedesktop.systemd1.Manager.RestartUnit", 0, a.opts.Unit, "replace").Store(&job)
	switch name(err) {
	case "org.freedesktop.DBus.Error.ServiceUnknown":
		return fmt.Errorf("there is no systemd on this machine: %w", err)
	case "org.freedesktop.DBus.Error.AccessDenied", "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired":
		return fmt.Errorf("not permitted: the agent's user needs the right to restart %s (a polkit rule): %w", a.opts.Unit, err)
	}
	if err != nil {
		return wrap(err, "asking systemd to restart %s", a.opts.Unit)
	}
	return l.until(ctx, func() (bool, error) {
		now, err := l.state()
		return err == nil && now != before, nil
	})
}
