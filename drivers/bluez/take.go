package bluez

import (
	"fmt"
	"runtime/debug"
	"time"

	"github.com/godbus/dbus/v5"

	"osmanthus/drivers/advert"
)

// takeSafely is take, called by the one goroutine that reads the bus.
func (l *link) takeSafely(message []byte) (taken bool) {
	defer l.caught(&taken)
	return l.take(message)
}

// take reads the frequent signals: what is heard, and what is notified.
func (l *link) take(message []byte) bool {
	s, ok, err := readSignal(message)
	if err != nil || !ok {
		return false // the library judges it
	}
	switch {
	case string(s.member) == "PropertiesChanged" && string(s.iface) == ifaceProps && string(s.signature) == "sa{sv}as":
		return l.takeChange(&s)
	case string(s.member) == "InterfacesAdded" && string(s.iface) == ifaceObjects && string(s.signature) == "oa{sa{sv}}":
		return l.takeAdded(&s)
	}
	return false
}

// caught is deferred by what the library's reader calls, where a panic would end
// the agent: on bytes that nobody thought of, it costs their message.
func (l *link) caught(taken *bool) {
	if p := recover(); p != nil {
		*taken = true
		l.panics.Add(1)
		l.log.Error("message of BlueZ panicked", "value", fmt.Sprint(p), "stack", string(debug.Stack()))
	}
}

// takeChange reads a change of a device or characteristic.
func (l *link) takeChange(s *signal) bool {
	c := s.body
	switch string(c.str()) {
	case ifaceDevice:
		l.props.read(&c)
		l.deviceChanged(s, s.path, c.bad)
	case ifaceChar:
		if value, ok := readValue(&c, "Value"); ok {
			l.notified(s, value)
		}
	case ifaceBattery:
		if value, ok := readValue(&c, "Percentage"); ok {
			l.notified(s, value)
		}
	default:
		return false
	}
	return true
}

// takeAdded reads which object is new. A device that bluetoothd remembers comes
// without RSSI; one that it heard has it.
func (l *link) takeAdded(s *signal) bool {
	c := s.body
	path := c.str()
	for end := c.array(8); c.at < end && !c.bad; {
		c.align(8)
		if iface := c.str(); string(iface) == ifaceDevice {
			l.props.read(&c)
			l.deviceChanged(s, path, c.bad)
			return true
		}
		c.skip([]byte("a{sv}"), 0)
	}
	return false
}

// deviceChanged takes over the properties that were just read.
func (l *link) deviceChanged(s *signal, path []byte, bad bool) {
	address, rest, ok := addressOf(path, l.adapter)
	if bad || !ok || len(rest) != 0 {
		return
	}
	if ended := l.learn(s, address); ended != nil {
		ended.lost()
	}
}

// learn returns the connection of the device, if it is said to have ended.
func (l *link) learn(s *signal, address advert.Address) (ended *conn) {
	p := &l.props
	l.mu.Lock()
	defer l.mu.Unlock()
	if string(s.sender) != l.owner {
		return nil
	}
	d := l.devices.get(address)
	d.learn(p)
	if l.hearing && p.heard() {
		l.queue.put(d, p, false, time.Now())
	}
	if p.connected != unsaid || p.resolved != unsaid || p.paired != unsaid {
		l.wake()
	}
	if p.connected == no {
		return l.conns[address]
	}
	return nil
}

// readValue returns the bytes of a property of a dictionary.
func readValue(c *cursor, key string) ([]byte, bool) {
	for end := c.array(8); c.at < end && !c.bad; {
		c.align(8)
		k := c.str()
		sig := c.signature()
		switch {
		case string(k) != key:
			c.skip(sig, 0)
		case string(sig) == "ay":
			b := c.bytes()
			return b, !c.bad
		case string(sig) == "y":
			b := c.take(1)
			return b, !c.bad
		default:
			return nil, false
		}
	}
	return nil, false
}

// notified hands a value to who subscribed to it.
func (l *link) notified(s *signal, value []byte) {
	l.mu.Lock()
	notify := l.values[string(s.path)]
	known := string(s.sender) == l.owner
	l.mu.Unlock()
	if notify != nil && known {
		notify(value)
	}
}

// DeliverSignal is called by the library with every other signal, in their order
// with those that take reads.
func (l *link) DeliverSignal(_, _ string, s *dbus.Signal) {
	defer l.caught(new(bool))
	switch s.Name {
	case ifaceBus + ".NameOwnerChanged":
		if owner, ok := ownerChanged(s); ok {
			l.restarted(owner)
		}
	case ifaceObjects + ".InterfacesRemoved":
		l.removed(s)
	case ifaceProps + ".PropertiesChanged":
		if l.switchedOff(s) {
			l.restarted(s.Sender) // discovery and connections ended with it
			return
		}
		fallthrough
	case ifaceObjects + ".InterfacesAdded":
		l.mu.Lock()
		l.wake()
		l.mu.Unlock()
	}
}

// switchedOff reports whether a signal says that the adapter was.
func (l *link) switchedOff(s *dbus.Signal) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.Sender != l.owner || string(s.Path) != l.adapter || len(s.Body) != 3 || s.Body[0] != ifaceAdapter {
		return false
	}
	props, _ := s.Body[1].(map[string]dbus.Variant)
	on, ok := props["Powered"].Value().(bool)
	return ok && !on
}

func ownerChanged(s *dbus.Signal) (owner string, ok bool) {
	if s.Sender != ifaceBus || len(s.Body) != 3 || s.Body[0] != service {
		return "", false
	}
	owner, ok = s.Body[2].(string)
	return owner, ok
}

// removed forgets what BlueZ forgets.
func (l *link) removed(s *dbus.Signal) {
	ended, gone := l.forget(s)
	if ended != nil {
		ended.lost()
	}
	if gone {
		l.restarted(s.Sender)
	}
}

// forget returns the connection with what is gone, and whether it is the adapter.
func (l *link) forget(s *dbus.Signal) (ended *conn, gone bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.Sender != l.owner || len(s.Body) != 2 {
		return nil, false
	}
	path, _ := s.Body[0].(dbus.ObjectPath)
	interfaces, _ := s.Body[1].([]string)
	var device, adapter bool
	for _, i := range interfaces {
		device, adapter = device || i == ifaceDevice, adapter || i == ifaceAdapter
	}
	address, rest, ok := addressOf([]byte(path), l.adapter)
	if device && ok && len(rest) == 0 {
		l.devices.forget(address)
		ended = l.conns[address]
	}
	l.wake()
	return ended, adapter && string(path) == l.adapter
}
