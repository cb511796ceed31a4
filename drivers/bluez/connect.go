package bluez

import (
	"context"
	"fmt"
	"strings"
	"time"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

// Connect connects, pairs where that is asked for, and waits until BlueZ has
// discovered the services. A device that BlueZ does not know yet is waited for
// in what is heard. Part of the time of ctx is kept back, so that what fails is
// cancelled when it returns.
func (a *Adapter) Connect(ctx context.Context, device ble.Device) (ble.Conn, error) {
	ctx, stop := withDeadline(ctx)
	defer stop()
	select {
	case a.slots <- struct{}{}:
	default:
		return nil, fmt.Errorf("bluez: connecting to %v: %w: %d are used", device.Address, ble.ErrNoSlot, cap(a.slots))
	}
	l, err := a.connected(ctx)
	if err != nil {
		<-a.slots
		return nil, err
	}
	c, err := newConn(a, l, device.Address)
	if err != nil {
		<-a.slots
		return nil, err
	}
	if err := c.establish(ctx, device); err != nil {
		c.cancel(ctx)
		return nil, err
	}
	c.watched.Go(c.watch)
	return c, nil
}

// withDeadline makes sure that there is one.
func withDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, connectLimit)
}

// kept is how much of the time that is left is kept for cancelling.
func kept(ctx context.Context) time.Duration {
	deadline, _ := ctx.Deadline()
	return max(0, min(cancelLimit, time.Until(deadline)/4))
}

// establish does what Connect promises.
func (c *conn) establish(whole context.Context, device ble.Device) error {
	deadline, _ := whole.Deadline()
	ctx, stop := context.WithDeadline(whole, deadline.Add(-kept(whole)))
	defer stop()
	if err := c.l.ready(ctx); err != nil {
		return err
	}
	if err := c.meet(ctx, device); err != nil {
		return wrap(err, "connecting to %v", device.Address)
	}
	c.live.Store(true)
	if device.Bond {
		if err := c.bond(ctx); err != nil {
			return err
		}
	}
	err := c.l.until(ctx, func() (bool, error) {
		props, err := c.l.get(ctx, c.path, ifaceDevice)
		if err == nil && !truth(props, "Connected") {
			err = fmt.Errorf("%w: it hung up at once", ble.ErrUnreachable)
		}
		return truth(props, "ServicesResolved"), err
	})
	if err != nil {
		return wrap(err, "discovering the services of %v", device.Address)
	}
	return c.learn(ctx)
}

// meet connects to a device that BlueZ may not know yet.
func (c *conn) meet(ctx context.Context, device ble.Device) error {
	_, err := c.l.get(ctx, c.path, ifaceDevice)
	if unknown(err) {
		err = c.introduce(ctx, device)
	}
	if err != nil {
		return err
	}
	err = c.l.patient(ctx, c.path, ifaceDevice+".Connect").Err
	if name(err) == "org.bluez.Error.AlreadyConnected" {
		return nil
	}
	return err
}

func unknown(err error) bool {
	switch name(err) {
	case "org.freedesktop.DBus.Error.UnknownObject", "org.freedesktop.DBus.Error.UnknownMethod",
		"org.freedesktop.DBus.Error.UnknownInterface", "org.freedesktop.DBus.Error.InvalidArgs":
		return true
	}
	return false
}

// introduce waits until BlueZ has heard the device.
func (c *conn) introduce(ctx context.Context, device ble.Device) error {
	epoch, err := c.l.discover(ctx)
	if err != nil {
		return err
	}
	defer c.l.undiscover(ctx, epoch)
	err = c.l.until(ctx, func() (bool, error) {
		_, err := c.l.get(ctx, c.path, ifaceDevice)
		if unknown(err) {
			return false, nil
		}
		return err == nil, err
	})
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w: it was not heard: %w", ble.ErrUnreachable, ctx.Err())
	}
	return err
}

// learn reads which characteristics there are.
func (c *conn) learn(ctx context.Context) error {
	all, err := c.l.objects(ctx)
	if err != nil {
		return wrap(err, "reading the characteristics of %v", c.address)
	}
	c.l.mu.Lock()
	defer c.l.mu.Unlock()
	c.chars = characteristics(all, c.path)
	return nil
}

// cancel gives up a connect: BlueZ would go on trying.
func (c *conn) cancel(ctx context.Context) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), cancelLimit)
	defer stop()
	c.l.call(ctx, c.path, ifaceDevice+".Disconnect")
	c.end()
}

// Forget ends the bond with a device and makes BlueZ forget it, as one does with
// a band that lost its keys.
func (a *Adapter) Forget(ctx context.Context, address advert.Address) error {
	l, err := a.connected(ctx)
	if err != nil {
		return err
	}
	err = l.call(ctx, a.path, ifaceAdapter+".RemoveDevice", objectPath(devicePath(a.path, address))).Err
	if name(err) == "org.bluez.Error.DoesNotExist" {
		return nil
	}
	return wrap(err, "forgetting %v", address)
}

// devicePath is where BlueZ has the device of an address.
func devicePath(adapter string, address advert.Address) string {
	return adapter + "/dev_" + strings.ReplaceAll(address.String(), ":", "_")
}
