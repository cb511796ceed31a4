// Package fakebluez is a BlueZ of our own, for tests: a bus in memory on which a
// bluetoothd and a systemd answer as the real ones do, with adapters that come
// and go, go deaf, and devices that advertise, connect, notify and vanish.
//
// It runs in a testing/synctest bubble as well. What it answers and signals is
// written after BlueZ 5.66's documentation; that the real one does likewise is
// for the emulated machine to show.
package fakebluez

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

// World is a machine with Bluetooth.
type World struct {
	mu       sync.Mutex
	noBus    bool
	closed   bool
	clients  int
	buses    []*bus
	daemon   string // bluetoothd's unique name, "" while it does not run
	daemons  int
	adapters map[string]*adapter
	air      map[string]*Device // by address
	silent   map[string]bool    // methods that are never answered
	refused  map[string]*dbus.Error
	calls    map[string]int
	start    time.Duration // that bluetoothd takes to start
}

// adapter is one of them.
type adapter struct {
	name        string
	powered     bool
	discovering bool
	discoverer  *bus
	deaf        string // by which cure it hears again, "" for one that hears
	devices     map[string]*Device
}

// Device is one that can be heard, and connected to where it has services.
type Device struct {
	Address   string // as in "A4:C1:38:8D:18:B2"
	Random    bool
	Name      string
	UUIDs     []string
	Services  []Service
	Battery   byte          // level that BlueZ shows as a property; 0: none
	Dead      bool          // does not answer a connect
	Slow      time.Duration // that a connect takes
	Late      time.Duration // until BlueZ says that its services are known
	Mute      bool          // BlueZ knows its services and sends no signal of it
	WantsBond bool          // refuses to be read without

	path             string
	adapter          *adapter
	connected        bool
	resolved         bool
	paired, trusted  bool
	rssi             int16
	heard            bool
	dials            int
	serviceData      map[string]dbus.Variant
	manufacturerData map[uint16]dbus.Variant
}

// Service is one of a device.
type Service struct {
	UUID  string
	Chars []*Char
}

// Char is one characteristic.
type Char struct {
	UUID    string
	Flags   []string
	Value   []byte
	Written [][]byte

	path, service string
	notifying     bool
}

// New makes a machine on which bluetoothd runs, without an adapter.
func New() *World {
	w := &World{
		adapters: map[string]*adapter{}, air: map[string]*Device{}, silent: map[string]bool{},
		refused: map[string]*dbus.Error{}, calls: map[string]int{}, start: 2 * time.Second,
	}
	w.runDaemon()
	return w
}

// Close ends all connections, and what goes on; in a bubble, a connect that
// takes long still takes its time.
func (w *World) Close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.hangUp()
}

// Change changes a device that may be in use.
func (w *World) Change(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

func (w *World) hangUp() {
	w.mu.Lock()
	buses := slices.Clone(w.buses)
	w.mu.Unlock()
	for _, b := range buses {
		b.close()
	}
}

// CutBus ends all connections and refuses new ones until on.
func (w *World) CutBus(cut bool) {
	w.mu.Lock()
	w.noBus = cut
	w.mu.Unlock()
	if cut {
		w.hangUp()
	}
}

func (w *World) left(b *bus) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buses = slices.DeleteFunc(w.buses, func(o *bus) bool { return o == b })
	for _, a := range w.adapters {
		if a.discoverer == b {
			w.discover(a, nil)
		}
	}
}

// Silence makes bluetoothd never answer a method, as in "Device1.Connect".
func (w *World) Silence(method string, on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent[method] = on
}

// Refuse makes bluetoothd answer a method by an error; "" for none any more.
func (w *World) Refuse(method, name, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if delete(w.refused, method); name != "" {
		w.refused[method] = dbus.NewError(name, []any{text})
	}
}

// Calls is how often a method was called.
func (w *World) Calls(method string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.calls[method]
}

// signal goes to every client; mu is held.
func (w *World) signal(sender, path, iface, member string, body ...any) {
	for _, b := range w.buses {
		b.send(signal(sender, path, iface, member, body...))
	}
}

func (w *World) changed(path, iface string, props map[string]dbus.Variant) {
	w.signal(w.daemon, path, "org.freedesktop.DBus.Properties", "PropertiesChanged", iface, props, []string{})
}

func (w *World) owner(now string) {
	before := w.daemon
	w.daemon = now
	w.signal("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged", "org.bluez", before, now)
}

func (w *World) runDaemon() {
	w.daemons++
	w.owner(fmt.Sprintf(":1.%d", 1000+w.daemons))
}

// StopDaemon stops bluetoothd, as a crash does.
func (w *World) StopDaemon() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopDaemon()
}

func (w *World) stopDaemon() {
	for _, a := range w.adapters {
		a.powered, a.discovering, a.discoverer = false, false, nil
		w.forgetAll(a)
	}
	for _, b := range w.buses {
		b.agent = false
	}
	w.owner("")
}

// StartDaemon starts it again: adapters that it finds are off until they are
// switched on.
func (w *World) StartDaemon() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cure("service")
	w.runDaemon()
}

// cure makes adapters hear for which it is the cure.
func (w *World) cure(what string) {
	for _, a := range w.adapters {
		if a.deaf == what {
			a.deaf = ""
		}
	}
}

// Plug plugs an adapter in.
func (w *World) Plug(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := &adapter{name: name, devices: map[string]*Device{}}
	w.adapters[name] = a
	w.signal(w.daemon, "/", objectManager, "InterfacesAdded", dbus.ObjectPath(a.path()), a.interfaces())
}

// Unplug takes an adapter away.
func (w *World) Unplug(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if a := w.adapters[name]; a != nil {
		w.forgetAll(a)
		delete(w.adapters, name)
		w.signal(w.daemon, "/", objectManager, "InterfacesRemoved", dbus.ObjectPath(a.path()), []string{"org.bluez.Adapter1"})
	}
}

// Deafen makes an adapter hear nothing until its cure: "scan", "power",
// "hardware", "service", or anything else for one that nothing cures.
func (w *World) Deafen(name, cure string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.adapters[name].deaf = cure
}

// Reset takes the adapter away and brings it back: World is a bluez.Host.
func (w *World) Reset(_ context.Context, name string) error {
	w.mu.Lock()
	refused := w.refused["reset"]
	w.calls["reset"]++
	was := w.adapters[name]
	w.mu.Unlock()
	if refused != nil {
		return refused
	}
	w.Unplug(name)
	time.Sleep(time.Second)
	w.Plug(name)
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := w.adapters[name]; was != nil && was.deaf != "hardware" {
		now.deaf = was.deaf
	}
	return nil
}

func (a *adapter) path() string { return "/org/bluez/" + a.name }

func devicePath(a *adapter, address string) string {
	return a.path() + "/dev_" + strings.ReplaceAll(address, ":", "_")
}
