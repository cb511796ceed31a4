package fakebluez

import (
	"context"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"
)

// hangUpOn is Device1.Disconnect: a connect under way is cancelled at once, a
// connection ends after 2 s, as BlueZ 5.66 does.
func (w *World) hangUpOn(d *Device) {
	w.mu.Lock()
	d.dials++
	connected := d.connected
	w.mu.Unlock()
	if connected {
		time.Sleep(2 * time.Second)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.disconnect(d)
}

// connect is Device1.Connect; mu is not held.
func (w *World) connect(d *Device) *dbus.Error {
	w.mu.Lock()
	d.dials++
	try, slow := d.dials, d.Slow
	if d.connected {
		w.mu.Unlock()
		return dbus.NewError("org.bluez.Error.AlreadyConnected", []any{"Already Connected"})
	}
	w.mu.Unlock()
	time.Sleep(slow)
	for { // like a controller, until the device is there or somebody cancels
		w.mu.Lock()
		if w.closed || d.dials != try || d.adapter == nil || d.adapter.devices[d.Address] != d {
			w.mu.Unlock()
			return dbus.NewError("org.bluez.Error.Failed", []any{"le-connection-abort-by-local"})
		}
		if w.air[d.Address] == d && !d.Dead {
			break
		}
		w.mu.Unlock()
		time.Sleep(100 * time.Millisecond)
	}
	defer w.mu.Unlock()
	d.connected = true
	w.changed(d.path, "org.bluez.Device1", map[string]dbus.Variant{"Connected": dbus.MakeVariant(true)})
	w.number(d)
	go w.resolve(d, try, d.Late)
	return nil
}

func (w *World) resolve(d *Device, try int, late time.Duration) {
	time.Sleep(late)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !d.connected || d.dials != try {
		return
	}
	d.resolved = true
	if !d.Mute {
		w.changed(d.path, "org.bluez.Device1", map[string]dbus.Variant{"ServicesResolved": dbus.MakeVariant(true)})
	}
}

// number gives paths to what a device has, as BlueZ does: by handles.
func (w *World) number(d *Device) {
	handle := 0x10
	for _, s := range d.Services {
		service := fmt.Sprintf("%s/service%04x", d.path, handle)
		handle++
		for _, c := range s.Chars {
			c.service, c.path = service, fmt.Sprintf("%s/char%04x", service, handle)
			handle += 3
		}
	}
}

func (d *Device) chars() (all []*Char) {
	for _, s := range d.Services {
		all = append(all, s.Chars...)
	}
	return all
}

// pair is Device1.Pair: the agent of who asks is asked.
func (w *World) pair(b *bus, d *Device) *dbus.Error {
	w.mu.Lock()
	agent, daemon, paired := b.agent, w.daemon, d.paired
	w.mu.Unlock()
	if paired {
		return dbus.NewError("org.bluez.Error.AlreadyExists", []any{"Already Exists"})
	}
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	if !agent || b.ask(ctx, daemon, "/osmanthus/agent", "org.bluez.Agent1", "RequestAuthorization", dbus.ObjectPath(d.path)) != nil {
		return dbus.NewError("org.bluez.Error.AuthenticationRejected", []any{"Authentication Rejected"})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	d.paired = true
	w.changed(d.path, "org.bluez.Device1", map[string]dbus.Variant{"Paired": dbus.MakeVariant(true)})
	return nil
}
