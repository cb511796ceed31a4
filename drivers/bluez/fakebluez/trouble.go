package fakebluez

import (
	"context"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"
)

// PairUnasked is what happens when a device wants to pair by itself: whoever
// registered an agent is asked. It returns what the agent says.
func (w *World) PairUnasked(d *Device) error {
	w.mu.Lock()
	daemon := w.daemon
	var agent *bus
	for _, b := range w.buses {
		if b.agent {
			agent = b
		}
	}
	w.mu.Unlock()
	if agent == nil {
		return fmt.Errorf("fakebluez: no agent")
	}
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	return agent.ask(ctx, daemon, "/osmanthus/agent", "org.bluez.Agent1", "RequestAuthorization", dbus.ObjectPath(d.path))
}

// VanishSilently is Vanish of which no signal tells.
func (w *World) VanishSilently(d *Device) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.air, d.Address)
	d.connected, d.resolved = false, false
}

// SwitchOff switches an adapter off, as somebody at the machine does.
func (w *World) SwitchOff(name string) {
	w.mu.Lock()
	a := w.adapters[name]
	w.mu.Unlock()
	w.setProperty(a, nil, "Powered", false)
}

// Drain changes the level of a battery.
func (w *World) Drain(d *Device, level byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d.Battery = level
	w.changed(d.path, "org.bluez.Battery1", map[string]dbus.Variant{"Percentage": dbus.MakeVariant(level)})
}

// Spoof sends signals about a device that do not come from bluetoothd.
func (w *World) Spoof(d *Device, char string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	const props, changed = "org.freedesktop.DBus.Properties", "PropertiesChanged"
	w.signal(":1.666", d.path, props, changed, "org.bluez.Device1", map[string]dbus.Variant{"RSSI": dbus.MakeVariant(int16(-1))}, []string{})
	for _, c := range d.chars() {
		if c.UUID == char {
			w.signal(":1.666", c.path, props, changed, "org.bluez.GattCharacteristic1", map[string]dbus.Variant{"Value": dbus.MakeVariant([]byte{1})}, []string{})
		}
	}
	w.signal(":1.666", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged", "org.bluez", w.daemon, "")
	w.signal(":1.666", "/", objectManager, "InterfacesRemoved", dbus.ObjectPath(d.path), []string{"org.bluez.Device1"})
}

// StopScan makes an adapter stop to discover, of which no signal tells.
func (w *World) StopScan(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.adapters[name].discovering = false
}

// ConnectUnasked connects a device as BlueZ does that looks after a bond, or as a
// program did that ended without a word.
func (w *World) ConnectUnasked(name string, d *Device) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if a := w.adapters[name]; a.devices[d.Address] == nil {
		w.add(a, d)
	}
	w.air[d.Address] = d
	d.connected, d.resolved = true, true
	w.number(d)
	w.changed(d.path, "org.bluez.Device1", map[string]dbus.Variant{
		"Connected": dbus.MakeVariant(true), "ServicesResolved": dbus.MakeVariant(true)})
}
