package bluez

import (
	"context"
	"sync"

	"github.com/godbus/dbus/v5"
)

// agentPath is where BlueZ finds our agent on our connection.
const agentPath = dbus.ObjectPath("/osmanthus/agent")

// agent answers BlueZ's questions while we pair. A gateway has no display and no
// keys: it pairs with what needs neither, and only with whom it is told to.
type agent struct {
	lock  chan struct{} // that a ctx can give up; guards known
	known int           // the epoch in which BlueZ knows it, 0 for none

	mu      sync.Mutex
	pairing map[dbus.ObjectPath]bool
}

// bond pairs unless it is done, and makes BlueZ keep it.
func (c *conn) bond(ctx context.Context) error {
	props, err := c.l.get(ctx, c.path, ifaceDevice)
	if err != nil {
		return wrap(err, "pairing with %v", c.address)
	}
	if !truth(props, "Paired") {
		if err := c.pair(ctx); err != nil {
			return wrap(err, "pairing with %v", c.address)
		}
	}
	if truth(props, "Trusted") {
		return nil
	}
	return wrap(c.l.set(ctx, c.path, ifaceDevice, "Trusted", true), "keeping the bond with %v", c.address)
}

func (c *conn) pair(ctx context.Context) error {
	if err := c.l.register(ctx); err != nil {
		return err
	}
	path := objectPath(c.path)
	c.l.agent.expect(path, true)
	defer c.l.agent.expect(path, false)
	err := c.l.patient(ctx, c.path, ifaceDevice+".Pair").Err
	if name(err) == "org.bluez.Error.AlreadyExists" {
		return nil
	}
	if ctx.Err() != nil {
		cancel, stop := context.WithTimeout(context.WithoutCancel(ctx), cancelLimit/2)
		defer stop()
		c.l.call(cancel, c.path, ifaceDevice+".CancelPairing")
	}
	return err
}

// register makes our agent known to bluetoothd, once in its life.
func (l *link) register(ctx context.Context) error {
	select {
	case l.agent.lock <- struct{}{}:
		defer func() { <-l.agent.lock }()
	case <-ctx.Done():
		return ctx.Err()
	}
	epoch, err := l.state()
	if err != nil || l.agent.known == epoch+1 {
		return err
	}
	if err := l.bus.Export(&l.agent, agentPath, "org.bluez.Agent1"); err != nil {
		return err
	}
	err = l.call(ctx, "/org/bluez", "org.bluez.AgentManager1.RegisterAgent", agentPath, "NoInputNoOutput").Err
	if err != nil && name(err) != "org.bluez.Error.AlreadyExists" {
		return err
	}
	l.agent.known = epoch + 1
	return nil
}

func (g *agent) expect(device dbus.ObjectPath, on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pairing == nil {
		g.pairing = map[dbus.ObjectPath]bool{}
	}
	if on {
		g.pairing[device] = true
	} else {
		delete(g.pairing, device)
	}
}

func (g *agent) allow(device dbus.ObjectPath) *dbus.Error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pairing[device] {
		return nil
	}
	return rejected()
}

func rejected() *dbus.Error {
	return dbus.NewError("org.bluez.Error.Rejected", []any{"nobody asked for this"})
}

// RequestAuthorization is BlueZ's question whether to pair without a number.
func (g *agent) RequestAuthorization(device dbus.ObjectPath) *dbus.Error { return g.allow(device) }

// AuthorizeService is BlueZ's question whether a device may use a service.
func (g *agent) AuthorizeService(device dbus.ObjectPath, _ string) *dbus.Error {
	return g.allow(device)
}

// RequestConfirmation would show a number: there is nobody to compare it.
func (g *agent) RequestConfirmation(dbus.ObjectPath, uint32) *dbus.Error { return rejected() }

// RequestPinCode would ask for one: there are no keys.
func (g *agent) RequestPinCode(dbus.ObjectPath) (string, *dbus.Error) { return "", rejected() }

// RequestPasskey would ask for one: there are no keys.
func (g *agent) RequestPasskey(dbus.ObjectPath) (uint32, *dbus.Error) { return 0, rejected() }

// DisplayPinCode would show one: there is no display.
func (g *agent) DisplayPinCode(dbus.ObjectPath, string) *dbus.Error { return rejected() }

// DisplayPasskey would show one: there is no display.
func (g *agent) DisplayPasskey(dbus.ObjectPath, uint32, uint16) *dbus.Error { return rejected() }

// Release says that BlueZ does not need the agent any more.
func (g *agent) Release() *dbus.Error { return nil }

// Cancel says that a question does not stand any more.
func (g *agent) Cancel() *dbus.Error { return nil }
