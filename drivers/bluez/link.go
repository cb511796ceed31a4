package bluez

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/godbus/dbus/v5"

	"osmanthus/drivers/advert"
)

const service = "org.bluez"

// link is one connection to the bus, and what was learned by it.
type link struct {
	bus     *dbus.Conn
	adapter string // path
	queue   *queue
	log     *slog.Logger
	panics  *atomic.Uint64

	props properties // of the reader alone

	mu      sync.Mutex
	owner   string // bluetoothd's unique name, "" while it does not run
	epoch   int    // counts bluetoothd's and the adapter's comings and goings
	devices devices
	hearing bool // somebody scans
	conns   map[advert.Address]*conn
	values  map[string]func([]byte) // by path: who wants notifications
	changed chan struct{}           // closed at the next change of a state

	discovery discovery
	agent     agent
}

// objects is what GetManagedObjects returns.
type objects = map[dbus.ObjectPath]map[string]map[string]dbus.Variant

// open connects to the bus.
func open(ctx context.Context, a *Adapter) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	socket, err := a.opts.Dial(ctx)
	if err != nil {
		return nil, err
	}
	l := &link{
		adapter: a.path, queue: a.queue, log: a.opts.Log, panics: &a.panics, changed: make(chan struct{}),
		conns: map[advert.Address]*conn{}, values: map[string]func([]byte){},
	}
	l.discovery.lock = make(chan struct{}, 1)
	l.agent.lock = make(chan struct{}, 1)
	t := &tap{bus: socket, take: l.takeSafely}
	if l.bus, err = dbus.NewConn(t, dbus.WithSignalHandler(l), dbus.WithSerialGenerator(new(serials))); err != nil {
		socket.Close()
		return nil, err
	}
	late := context.AfterFunc(ctx, func() { l.bus.Close() })
	err = l.greet(ctx)
	if !late() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		l.bus.Close()
		return nil, err
	}
	go func() { // ends with the connection
		<-l.bus.Context().Done()
		l.restarted("")
	}()
	return l, nil
}

// serials number our messages. The library's own remember each that was never
// answered.
type serials struct{ last atomic.Uint32 }

// GetSerial returns the next number; zero is none.
func (s *serials) GetSerial() uint32 {
	for {
		if n := s.last.Add(1); n != 0 {
			return n
		}
	}
}

// RetireSerial is called when a number is not needed any more.
func (s *serials) RetireSerial(uint32) {}

// greet says hello, and asks for the signals of the adapter.
func (l *link) greet(ctx context.Context) error {
	if err := l.bus.Auth(nil); err != nil {
		return err
	}
	if err := l.bus.Hello(); err != nil {
		return err
	}
	path := dbus.ObjectPath(l.adapter)
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchSender(ifaceBus), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, service)},
		{dbus.WithMatchSender(service), dbus.WithMatchInterface(ifaceProps), dbus.WithMatchPathNamespace(path)},
		{dbus.WithMatchSender(service), dbus.WithMatchInterface(ifaceObjects)},
	} {
		if err := l.bus.AddMatchSignalContext(ctx, match...); err != nil {
			return err
		}
	}
	var owner string
	err := l.bus.BusObject().CallWithContext(ctx, ifaceBus+".GetNameOwner", 0, service).Store(&owner)
	if err != nil && name(err) != "org.freedesktop.DBus.Error.NameHasNoOwner" {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.owner == "" { // no signal was faster
		l.owner = owner
	}
	return nil
}

// call makes a call that BlueZ answers soon.
func (l *link) call(ctx context.Context, path, method string, args ...any) *dbus.Call {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	return l.patient(ctx, path, method, args...)
}

// patient makes a call that lasts as long as ctx.
func (l *link) patient(ctx context.Context, path, method string, args ...any) *dbus.Call {
	return l.bus.Object(service, dbus.ObjectPath(path)).CallWithContext(ctx, method, 0, args...)
}

func (l *link) objects(ctx context.Context) (o objects, err error) {
	err = l.call(ctx, "/", ifaceObjects+".GetManagedObjects").Store(&o)
	return o, err
}

// get asks for the properties of an object.
func (l *link) get(ctx context.Context, path, iface string) (props map[string]dbus.Variant, err error) {
	err = l.call(ctx, path, ifaceProps+".GetAll", iface).Store(&props)
	return props, err
}

func (l *link) set(ctx context.Context, path, iface, property string, value any) error {
	return l.call(ctx, path, ifaceProps+".Set", iface, property, dbus.MakeVariant(value)).Err
}

// truth is whether a property is there and true.
func truth(props map[string]dbus.Variant, key string) bool {
	v, _ := props[key].Value().(bool)
	return v
}

// until asks again and again, at each change and every pollEvery, until check is
// content or fails.
func (l *link) until(ctx context.Context, check func() (bool, error)) error {
	for {
		l.mu.Lock()
		changed := l.changed
		l.mu.Unlock()
		if ok, err := check(); ok || err != nil {
			return err
		}
		timer := time.NewTimer(pollEvery)
		select {
		case <-changed:
		case <-timer.C:
		case <-l.bus.Context().Done():
			timer.Stop()
			return ErrNoBus
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		timer.Stop()
	}
}

// wake tells everybody who waits that a state changed; mu is held.
func (l *link) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// restarted begins anew: bluetoothd, or the bus, or the adapter went.
func (l *link) restarted(owner string) {
	l.mu.Lock()
	l.owner = owner
	l.epoch++
	l.devices = devices{}
	ended := make([]*conn, 0, len(l.conns))
	for _, c := range l.conns {
		ended = append(ended, c)
	}
	l.wake()
	l.mu.Unlock()
	for _, c := range ended {
		c.end()
	}
}

// state returns the present epoch, and an error where bluetoothd does not run.
func (l *link) state() (epoch int, err error) {
	if !l.bus.Connected() {
		return 0, ErrNoBus
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.owner == "" {
		return l.epoch, ErrNoService
	}
	return l.epoch, nil
}

// ready makes sure that the adapter is there and on.
func (l *link) ready(ctx context.Context) error {
	props, err := l.get(ctx, l.adapter, ifaceAdapter)
	switch name(err) {
	case "org.freedesktop.DBus.Error.UnknownObject", "org.freedesktop.DBus.Error.UnknownMethod", "org.freedesktop.DBus.Error.UnknownInterface":
		return fmt.Errorf("%w: BlueZ has no %s", ErrAbsent, l.adapter)
	}
	if err != nil {
		return wrap(err, "asking for the adapter")
	}
	if truth(props, "Powered") {
		return nil
	}
	return l.power(ctx, true)
}

// power switches the adapter on or off, and waits until it is.
func (l *link) power(ctx context.Context, on bool) error {
	word := map[bool]string{true: "on", false: "off"}[on]
	// Busy: somebody else is at it, bluetoothd itself after a start.
	if err := l.set(ctx, l.adapter, ifaceAdapter, "Powered", on); err != nil && name(err) != "org.bluez.Error.Busy" && name(err) != "org.bluez.Error.InProgress" {
		if kind(err) == nil && on {
			return fmt.Errorf("%w: switching it on: %w", ErrOff, err)
		}
		return wrap(err, "switching the adapter %s", word)
	}
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	return wrap(l.until(ctx, func() (bool, error) {
		props, err := l.get(ctx, l.adapter, ifaceAdapter)
		return truth(props, "Powered") == on, err
	}), "switching the adapter %s", word)
}
