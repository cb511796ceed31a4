package esphome

import (
	"context"
	"fmt"

	"osmanthus/drivers/ble"
)

// Connect connects to a device through the proxy and learns its services. It
// fails with ble.ErrNoSlot where the proxy has no connection left, and with
// ble.ErrUnreachable where the device does not answer; then nothing is left
// behind. ctx needs a deadline.
func (c *Client) Connect(ctx context.Context, device ble.Device) (ble.Conn, error) {
	address := number(device.Address)
	n, err := c.take(address)
	if err != nil {
		return nil, err
	}
	if err := c.connect(ctx, n, device); err != nil {
		// The disconnect is posted at once or not at all: the proxy counts an
		// attempt as a connection until it is told.
		short, stop := context.WithTimeout(context.WithoutCancel(ctx), endWait/10)
		defer stop()
		n.leave(short)
		return nil, fmt.Errorf("esphome: connecting to %s: %w", device.Address, err)
	}
	return n, nil
}

func (c *Client) connect(ctx context.Context, n *conn, device ble.Device) error {
	kind := uint64(askConnect)
	list := c.known(n.address)
	switch {
	case list != nil:
		kind = askConnectCached
	case c.has(remoteCaching):
		kind = askConnectAnew
	}
	if _, err := n.ask(ctx, &request{kind: msgDeviceResponse}, msgDevice, deviceRequest(n.address, kind, device.Random)); err != nil {
		return err
	}
	if list == nil {
		a, err := n.ask(ctx, &request{kind: msgServicesDone}, msgServicesRequest, message(nil).number(1, n.address))
		if err != nil {
			return fmt.Errorf("its services: %w", err)
		}
		list = a.list
		c.learn(n.address, list)
	}
	n.list = list
	if !device.Bond {
		return nil
	}
	if !c.has(pairing) {
		return fmt.Errorf("%s does not pair: %w", c.link.name, ble.ErrNotPermitted)
	}
	_, err := n.ask(ctx, &request{kind: msgPairResponse}, msgDevice, deviceRequest(n.address, askPair, false))
	return err
}

// hear takes a message about connections; others are skipped.
func (c *Client) hear(ctx context.Context, f frame) error {
	switch f.kind {
	case msgSlots:
		s, err := readFree(f.payload)
		if err != nil {
			return err
		}
		for _, stray := range c.recount(s) {
			if err := c.say(ctx, msgDevice, deviceRequest(stray, askDisconnect, false)); err != nil {
				return err
			}
		}
		return nil
	case msgDeviceResponse, msgServices, msgServicesDone, msgReadResponse, msgNotified, msgError, msgWriteResponse, msgNotifyResponse, msgPairResponse:
	default:
		return nil
	}
	a, err := readAnswer(f.payload)
	if f.kind == msgServices { // its second field is no number
		a, err = answer{address: firstNumber(f.payload)}, nil
	}
	if err != nil {
		return err
	}
	n := c.of(a.address)
	if n == nil {
		if f.kind == msgDeviceResponse && a.second != 0 { // given up meanwhile: nobody would ever end it
			return c.say(ctx, msgDevice, deviceRequest(a.address, askDisconnect, false))
		}
		return nil
	}
	return n.hear(ctx, f, a)
}

func (n *conn) hear(ctx context.Context, f frame, a answer) error {
	switch f.kind {
	case msgDeviceResponse:
		if a.second != 0 {
			n.answered(f.kind, 0, reply{})
			return nil
		}
		why := fmt.Errorf("error %d: %w", a.fourth, ble.ErrUnreachable)
		n.answered(f.kind, 0, reply{err: why})
		n.client.release(n)
		n.end(fmt.Errorf("esphome: error %d: %w", a.fourth, ble.ErrGone))
		n.freed()
	case msgServices:
		n.more(f.payload)
	case msgServicesDone:
		n.answered(f.kind, 0, reply{})
	case msgReadResponse:
		n.answered(f.kind, a.second, reply{data: append([]byte(nil), a.data...)})
	case msgNotified:
		n.notified(a.second, a.data)
	case msgWriteResponse, msgNotifyResponse:
		n.answered(f.kind, a.second, reply{})
	case msgError:
		n.answered(f.kind, a.second, reply{err: n.client.failed(ctx, n, a.third)})
	case msgPairResponse:
		var err error
		if a.second == 0 {
			err = fmt.Errorf("pairing, error %d: %w", a.third, ble.ErrNotPermitted)
		}
		n.answered(f.kind, 0, reply{err: err})
	}
	return nil
}

// Errors of the attribute protocol (Bluetooth Core, volume 3, part F, 3.4.1.1).
const (
	attInvalidHandle   = 0x01
	attAuthentication  = 0x05
	attAuthorization   = 0x08
	attNotFound        = 0x0A
	attEncryptionShort = 0x0C
	attEncryption      = 0x0F
)

// failed translates an error of a device.
func (c *Client) failed(ctx context.Context, n *conn, code uint64) error {
	switch code {
	case attAuthentication, attAuthorization, attEncryptionShort, attEncryption:
		return fmt.Errorf("error %#02x: %w", code, ble.ErrNotPermitted)
	case attInvalidHandle, attNotFound: // what was learned of it is no longer true
		c.forget(ctx, n.address)
	}
	return fmt.Errorf("the device refuses with error %#02x", code)
}

// firstNumber reads field 1 of a message of which the rest is read elsewhere.
func firstNumber(b []byte) (v uint64) {
	fields(b, func(f field) error {
		if f.number == 1 && f.kind == wireVarint {
			v = f.value
		}
		return nil
	})
	return v
}
