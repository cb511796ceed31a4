package bluez

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/godbus/dbus/v5"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

// conn is one connection.
type conn struct {
	a       *Adapter
	l       *link
	address advert.Address
	path    string
	chars   []found

	live    atomic.Bool // Connect has answered: what is said from now on is about this connection
	doubt   chan struct{}
	done    chan struct{}
	once    sync.Once
	watched sync.WaitGroup
}

func objectPath(s string) dbus.ObjectPath { return dbus.ObjectPath(s) }

// newConn takes the place of the connection to a device; there is one.
func newConn(a *Adapter, l *link, address advert.Address) (*conn, error) {
	c := &conn{
		a: a, l: l, address: address, path: devicePath(a.path, address),
		doubt: make(chan struct{}, 1), done: make(chan struct{}),
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conns[address] != nil {
		return nil, fmt.Errorf("bluez: connecting to %v: there is a connection already", address)
	}
	l.conns[address] = c
	return c, nil
}

// lost is called when a signal says that the device disconnected. The one of the
// connection before may come late: BlueZ is asked.
func (c *conn) lost() {
	if !c.live.Load() {
		return
	}
	select {
	case c.doubt <- struct{}{}:
	default:
	}
}

// watch asks now and then, and when a signal made it doubtful, whether the
// connection still is.
func (c *conn) watch() {
	every := time.NewTicker(watchEvery)
	defer every.Stop()
	for {
		select {
		case <-c.done:
			return
		case <-c.doubt:
		case <-every.C:
		}
		ctx, stop := context.WithTimeout(context.Background(), callLimit)
		props, err := c.l.get(ctx, c.path, ifaceDevice)
		stop()
		if err == nil && !truth(props, "Connected") || unknown(err) {
			c.end()
		}
	}
}

// end makes the connection an ended one, and gives its slot back.
func (c *conn) end() {
	c.once.Do(func() {
		c.l.mu.Lock()
		delete(c.l.conns, c.address)
		for _, f := range c.chars {
			delete(c.l.values, f.path)
		}
		close(c.done) // nobody subscribes from here on
		c.l.wake()
		c.l.mu.Unlock()
		<-c.a.slots
	})
}

func (c *conn) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// Done is closed when the connection has ended.
func (c *conn) Done() <-chan struct{} { return c.done }

// Close disconnects, waits for BlueZ to have done it, within closeLimit, and
// gives the slot back.
func (c *conn) Close() error {
	defer c.watched.Wait()
	return c.hangUp()
}

func (c *conn) hangUp() error {
	if c.ended() {
		return nil
	}
	ctx, stop := context.WithTimeout(context.Background(), closeLimit)
	defer stop()
	err := c.l.call(ctx, c.path, ifaceDevice+".Disconnect").Err
	c.end()
	if unknown(err) || name(err) == "org.bluez.Error.NotConnected" {
		return nil
	}
	return wrap(err, "disconnecting from %v", c.address)
}

// hangUp ends all connections.
func (l *link) hangUp() {
	l.mu.Lock()
	var all sync.WaitGroup
	for _, c := range l.conns {
		all.Go(func() { _ = c.hangUp() }) // the bus is closed in any case
	}
	l.mu.Unlock()
	all.Wait()
}

// Characteristics are those of the device, in the order of their handles.
func (c *conn) Characteristics() []ble.Characteristic {
	all := make([]ble.Characteristic, 0, len(c.chars))
	for _, f := range c.chars {
		all = append(all, f.Characteristic)
	}
	return all
}

// Read reads a value.
func (c *conn) Read(ctx context.Context, what ble.Characteristic) (value []byte, err error) {
	f, err := c.find(what)
	if err != nil {
		return nil, err
	}
	ctx, stop := c.until(ctx)
	defer stop()
	if f.battery {
		props, err := c.l.get(ctx, f.path, ifaceBattery)
		percent, _ := props["Percentage"].Value().(byte)
		return []byte{percent}, c.fault(err, "reading", what)
	}
	err = c.l.patient(ctx, f.path, ifaceChar+".ReadValue", map[string]any{}).Store(&value)
	return value, c.fault(err, "reading", what)
}

// Write writes a value, and waits for the device's word that it has it where the
// characteristic can give one.
func (c *conn) Write(ctx context.Context, what ble.Characteristic, value []byte) error {
	f, err := c.find(what)
	if err != nil {
		return err
	}
	ctx, stop := c.until(ctx)
	defer stop()
	kind := "request"
	if what.Properties&ble.CanWrite == 0 && what.Properties&ble.CanWriteNoResponse != 0 {
		kind = "command"
	}
	options := map[string]any{"type": kind}
	return c.fault(c.l.patient(ctx, f.path, ifaceChar+".WriteValue", value, options).Err, "writing", what)
}

// Subscribe calls notify, from the goroutine that reads the bus, with each value.
// BlueZ also notifies what is read: of a characteristic that is subscribed to,
// Read gives its value twice.
func (c *conn) Subscribe(ctx context.Context, what ble.Characteristic, notify func([]byte)) error {
	f, err := c.find(what)
	if err != nil {
		return err
	}
	ctx, stop := c.until(ctx)
	defer stop()
	c.l.mu.Lock()
	taken := c.l.values[f.path] != nil
	if !taken && !c.ended() {
		c.l.values[f.path] = notify
	}
	c.l.mu.Unlock()
	if taken {
		return fmt.Errorf("bluez: subscribing to %v of %v: somebody has", what.UUID, c.address)
	}
	if f.battery {
		return nil // BlueZ subscribes by itself
	}
	err = c.l.patient(ctx, f.path, ifaceChar+".StartNotify").Err
	if err != nil {
		c.l.mu.Lock()
		delete(c.l.values, f.path)
		c.l.mu.Unlock()
	}
	return c.fault(err, "subscribing to", what)
}

func (c *conn) find(what ble.Characteristic) (found, error) {
	if c.ended() {
		return found{}, fmt.Errorf("bluez: %v: %w", c.address, ble.ErrGone)
	}
	for _, f := range c.chars {
		if f.Characteristic == what {
			return f, nil
		}
	}
	return found{}, fmt.Errorf("bluez: %v has no characteristic %v of %v", c.address, what.UUID, what.Service)
}

// until bounds a use: it ends with the connection, too.
func (c *conn) until(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithTimeout(ctx, connectLimit)
	go func() {
		select {
		case <-c.done:
			stop()
		case <-ctx.Done():
		}
	}()
	return ctx, stop
}

// fault is what a use of a characteristic comes to.
func (c *conn) fault(err error, doing string, what ble.Characteristic) error {
	switch {
	case err == nil:
		return nil
	case c.ended() || unknown(err) || name(err) == "org.bluez.Error.NotConnected" || err.Error() == "Not connected":
		return fmt.Errorf("bluez: %s %v of %v: %w", doing, what.UUID, c.address, ble.ErrGone)
	}
	return wrap(err, "%s %v of %v", doing, what.UUID, c.address)
}
