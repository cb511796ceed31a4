package fakebluez

import (
	"slices"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// answer answers one call.
func (b *bus) answer(m *dbus.Message) {
	path, _ := m.Headers[dbus.FieldPath].Value().(dbus.ObjectPath)
	iface, _ := m.Headers[dbus.FieldInterface].Value().(string)
	member, _ := m.Headers[dbus.FieldMember].Value().(string)
	to, _ := m.Headers[dbus.FieldDestination].Value().(string)
	w := b.w
	method := iface[strings.LastIndex(iface, ".")+1:] + "." + member
	w.mu.Lock()
	w.calls[method]++
	silent, refused, daemon := w.silent[method], w.refused[method], w.daemon
	w.mu.Unlock()
	var values []any
	var err *dbus.Error
	sender := "org.freedesktop.DBus"
	switch {
	case silent:
		return
	case refused != nil:
		err = refused
	case to == "org.freedesktop.DBus":
		values, err = b.driver(member)
	case to == "org.freedesktop.systemd1" && method == "Manager.RestartUnit":
		sender, values = ":1.1", []any{dbus.ObjectPath("/org/freedesktop/systemd1/job/1")}
		go w.restart()
	case daemon == "":
		err = dbus.NewError("org.freedesktop.DBus.Error.ServiceUnknown", []any{"The name org.bluez was not provided by any .service files"})
	default:
		sender = daemon
		values, err = b.bluez(string(path), method, m.Body)
	}
	b.reply(m, sender, values, err)
}

// driver is the bus itself. Every client gets every signal.
func (b *bus) driver(member string) ([]any, *dbus.Error) {
	switch member {
	case "Hello":
		return []any{b.name}, nil
	case "GetNameOwner":
		b.w.mu.Lock()
		defer b.w.mu.Unlock()
		if b.w.daemon == "" {
			return nil, dbus.NewError("org.freedesktop.DBus.Error.NameHasNoOwner", []any{"no such name"})
		}
		return []any{b.w.daemon}, nil
	}
	return nil, nil // AddMatch
}

func (w *World) restart() {
	w.StopDaemon()
	time.Sleep(w.start)
	w.StartDaemon()
}

func failed(text string) *dbus.Error { return dbus.NewError("org.bluez.Error.Failed", []any{text}) }

func noObject(path string) *dbus.Error {
	return dbus.NewError("org.freedesktop.DBus.Error.UnknownObject", []any{"Method called on object " + path + " that does not exist"})
}

// bluez is bluetoothd.
func (b *bus) bluez(path, method string, args []any) ([]any, *dbus.Error) {
	w := b.w
	w.mu.Lock()
	a, d, c := w.find(path)
	w.mu.Unlock()
	switch {
	case method == "ObjectManager.GetManagedObjects":
		w.mu.Lock()
		defer w.mu.Unlock()
		return []any{w.objects()}, nil
	case method == "AgentManager1.RegisterAgent":
		w.mu.Lock()
		defer w.mu.Unlock()
		b.agent = true
		return nil, nil
	case a == nil && d == nil && c == nil:
		return nil, noObject(path)
	}
	switch method {
	case "Properties.GetAll":
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.getAll(a, d, c, args[0].(string))
	case "Properties.Set":
		return nil, w.setProperty(a, d, args[1].(string), args[2].(dbus.Variant).Value())
	case "Device1.Connect":
		return nil, w.connect(d)
	case "Device1.Disconnect":
		w.hangUpOn(d)
		return nil, nil
	case "Device1.Pair":
		return nil, w.pair(b, d)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case a != nil:
		return nil, w.adapterCall(b, a, method, args)
	case c != nil:
		return c.call(w.deviceOf(c), method, args)
	}
	return nil, dbus.NewError("org.freedesktop.DBus.Error.UnknownMethod", []any{method})
}

func (w *World) adapterCall(b *bus, a *adapter, method string, args []any) *dbus.Error {
	switch method {
	case "Adapter1.SetDiscoveryFilter":
		return nil
	case "Adapter1.StartDiscovery":
		switch {
		case !a.powered:
			return dbus.NewError("org.bluez.Error.NotReady", []any{"Resource Not Ready"})
		case a.discoverer != nil:
			return dbus.NewError("org.bluez.Error.InProgress", []any{"Operation already in progress"})
		}
		if a.deaf == "scan" && w.calls["Adapter1.StopDiscovery"] > 0 {
			a.deaf = ""
		}
		w.discover(a, b)
		return nil
	case "Adapter1.StopDiscovery":
		if a.discoverer != b {
			return failed("No discovery started")
		}
		w.discover(a, nil)
		return nil
	case "Adapter1.RemoveDevice":
		path, _ := args[0].(dbus.ObjectPath)
		_, d, _ := w.find(string(path))
		if d == nil {
			return dbus.NewError("org.bluez.Error.DoesNotExist", []any{"Does Not Exist"})
		}
		w.forget(d)
		return nil
	}
	return dbus.NewError("org.freedesktop.DBus.Error.UnknownMethod", []any{method})
}

func (w *World) discover(a *adapter, who *bus) {
	a.discoverer, a.discovering = who, who != nil
	if who == nil {
		w.strength(a)
	}
	w.changed(a.path(), "org.bluez.Adapter1", map[string]dbus.Variant{"Discovering": dbus.MakeVariant(a.discovering)})
}

// strength forgets how strong devices were heard: that is known while an adapter
// discovers.
func (w *World) strength(a *adapter) {
	for _, d := range a.devices {
		if d.heard {
			d.heard = false
			w.signal(w.daemon, d.path, "org.freedesktop.DBus.Properties", "PropertiesChanged", "org.bluez.Device1", map[string]dbus.Variant{}, []string{"RSSI"})
		}
	}
}

func (w *World) setProperty(a *adapter, d *Device, key string, value any) *dbus.Error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case a != nil && key == "Powered":
		on, _ := value.(bool)
		if a.powered == on {
			return nil
		}
		a.powered = on
		if !on {
			for _, d := range a.devices {
				w.disconnect(d)
			}
			a.discoverer, a.discovering = nil, false
			w.strength(a)
		} else if a.deaf == "power" {
			a.deaf = ""
		}
		w.changed(a.path(), "org.bluez.Adapter1", map[string]dbus.Variant{"Powered": dbus.MakeVariant(on)})
	case d != nil && key == "Trusted":
		d.trusted, _ = value.(bool)
	}
	return nil
}

// deviceOf is the device that a characteristic belongs to.
func (w *World) deviceOf(c *Char) *Device {
	for _, a := range w.adapters {
		for _, d := range a.devices {
			if slices.Contains(d.chars(), c) {
				return d
			}
		}
	}
	return nil
}

func (c *Char) call(d *Device, method string, args []any) ([]any, *dbus.Error) {
	switch {
	case d == nil || !d.connected:
		return nil, failed("Not connected")
	case d.WantsBond && !d.paired:
		return nil, dbus.NewError("org.bluez.Error.NotPermitted", []any{"Read not permitted"})
	}
	switch method {
	case "GattCharacteristic1.ReadValue":
		return []any{c.Value}, nil
	case "GattCharacteristic1.WriteValue":
		b, _ := args[0].([]byte)
		c.Written = append(c.Written, slices.Clone(b))
		return nil, nil
	case "GattCharacteristic1.StartNotify":
		c.notifying = true
		return nil, nil
	}
	return nil, dbus.NewError("org.freedesktop.DBus.Error.UnknownMethod", []any{method})
}
