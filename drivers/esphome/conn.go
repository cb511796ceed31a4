package esphome

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"osmanthus/drivers/ble"
)

// conn is one connection through a proxy.
type conn struct {
	client  *Client
	address uint64
	list    []characteristic // after the connect

	turn chan struct{} // capacity 1: who holds it has the one request that may be open
	done chan struct{} // closed when the connection has ended
	gone chan struct{} // closed when its slot is free

	mu      sync.Mutex
	open    *request
	notify  map[uint16]func([]byte)
	why     error     // of the end
	asked   time.Time // when its end was asked for, zero: not yet
	isFreed bool
}

var _ ble.Conn = (*conn)(nil)

// request waits for its answer.
type request struct {
	kind   uint64 // number of the message that answers it
	handle uint64 // that it must be about, 0 where it has none
	list   []characteristic
	answer chan reply // capacity 1
}

type reply struct {
	data []byte
	list []characteristic
	err  error
}

func newConn(c *Client, address uint64) *conn {
	return &conn{client: c, address: address, turn: make(chan struct{}, 1), done: make(chan struct{}), gone: make(chan struct{}),
		notify: map[uint16]func([]byte){}}
}

// ask sends a request and waits for its answer.
func (n *conn) ask(ctx context.Context, r *request, kind uint64, payload message) (reply, error) {
	select {
	case n.turn <- struct{}{}:
	case <-ctx.Done():
		return reply{}, ctx.Err()
	case <-n.done:
		return reply{}, n.reason()
	}
	defer func() { <-n.turn }()
	r.answer = make(chan reply, 1)
	n.mu.Lock()
	n.open = r
	n.mu.Unlock()
	defer func() {
		n.mu.Lock()
		n.open = nil
		n.mu.Unlock()
	}()
	if err := n.client.say(ctx, kind, payload); err != nil {
		return reply{}, err
	}
	select {
	case a := <-r.answer:
		return a, a.err
	case <-ctx.Done():
		return reply{}, ctx.Err()
	case <-n.done:
		return reply{}, n.reason()
	}
}

// answered gives an answer to who waits for it, if anybody does.
func (n *conn) answered(kind, handle uint64, a reply) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if r := n.open; r != nil && r.handle == handle && (r.kind == kind || kind == msgError) {
		a.list = r.list
		select {
		case r.answer <- a:
		default: // an answer that came twice
		}
	}
}

// more takes some of the services that are being asked for. What a device
// makes of them ends at most its own connect.
func (n *conn) more(payload []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	r := n.open
	if r == nil || r.kind != msgServicesDone {
		return
	}
	var err error
	if r.list, err = services(payload, r.list); err != nil {
		select {
		case r.answer <- reply{err: err}:
		default:
		}
	}
}

// notified hands a notification on.
func (n *conn) notified(handle uint64, data []byte) {
	n.mu.Lock()
	f := n.notify[uint16(handle)]
	n.mu.Unlock()
	if f != nil {
		f(data)
	}
}

// Characteristics implements ble.Conn.
func (n *conn) Characteristics() []ble.Characteristic {
	list := make([]ble.Characteristic, len(n.list))
	for i := range n.list {
		list[i] = n.list[i].Characteristic
	}
	return list
}

// Read implements ble.Conn.
func (n *conn) Read(ctx context.Context, c ble.Characteristic) ([]byte, error) {
	a, err := n.ask(ctx, &request{kind: msgReadResponse, handle: uint64(c.Handle)}, msgRead, readRequest(n.address, c.Handle))
	if err != nil {
		return nil, fmt.Errorf("esphome: reading %v: %w", c.UUID, err)
	}
	return a.data, nil
}

// Write implements ble.Conn. It waits for the device's answer where the
// characteristic gives one.
func (n *conn) Write(ctx context.Context, c ble.Characteristic, value []byte) error {
	if c.Properties&ble.CanWrite == 0 && c.Properties&ble.CanWriteNoResponse != 0 {
		select {
		case <-n.done:
			return n.reason()
		default:
		}
		if err := n.client.say(ctx, msgWrite, writeRequest(n.address, c.Handle, false, value)); err != nil {
			return fmt.Errorf("esphome: writing %v: %w", c.UUID, err)
		}
		return nil
	}
	_, err := n.ask(ctx, &request{kind: msgWriteResponse, handle: uint64(c.Handle)}, msgWrite, writeRequest(n.address, c.Handle, true, value))
	if err != nil {
		return fmt.Errorf("esphome: writing %v: %w", c.UUID, err)
	}
	return nil
}

// Subscribe implements ble.Conn.
func (n *conn) Subscribe(ctx context.Context, c ble.Characteristic, notify func([]byte)) error {
	n.mu.Lock()
	n.notify[c.Handle] = notify // before the first may come
	n.mu.Unlock()
	if err := n.subscribe(ctx, c); err != nil {
		n.mu.Lock()
		delete(n.notify, c.Handle)
		n.mu.Unlock()
		return fmt.Errorf("esphome: subscribing to %v: %w", c.UUID, err)
	}
	return nil
}

func (n *conn) subscribe(ctx context.Context, c ble.Characteristic) error {
	_, err := n.ask(ctx, &request{kind: msgNotifyResponse, handle: uint64(c.Handle)}, msgNotify, notifyRequest(n.address, c.Handle, true))
	if err != nil || !n.client.has(remoteCaching) { // an old proxy writes the rest itself
		return err
	}
	config := uint16(0)
	for i := range n.list {
		if n.list[i].Handle == c.Handle {
			config = n.list[i].config
		}
	}
	if config == 0 {
		return errors.New("it has no descriptor that switches notifications on")
	}
	on := []byte{1, 0}
	if c.Properties&ble.CanNotify == 0 && c.Properties&ble.CanIndicate != 0 {
		on[0] = 2
	}
	_, err = n.ask(ctx, &request{kind: msgWriteResponse, handle: uint64(config)}, msgWriteDescriptor, writeDescriptorRequest(n.address, config, on))
	return err
}

// Done implements ble.Conn.
func (n *conn) Done() <-chan struct{} { return n.done }

// Close implements ble.Conn. It waits for the proxy to free the slot, for 5 s at
// most.
func (n *conn) Close() error {
	ctx, stop := context.WithTimeout(context.Background(), endWait)
	defer stop()
	err := n.leave(ctx)
	if err == nil {
		select {
		case <-n.gone:
		case <-ctx.Done():
			err = fmt.Errorf("esphome: closing: %w", ctx.Err())
		}
	}
	return err
}

// leave asks the proxy, once, to end the connection.
func (n *conn) leave(ctx context.Context) error {
	n.mu.Lock()
	first := n.asked.IsZero() && !n.isFreed
	if first {
		n.asked = time.Now()
	}
	handles := make([]uint16, 0, len(n.notify))
	for h := range n.notify {
		handles = append(handles, h)
	}
	n.mu.Unlock()
	if !first {
		return nil
	}
	n.end(ble.ErrGone)
	for _, h := range handles {
		if err := n.client.say(ctx, msgNotify, notifyRequest(n.address, h, false)); err != nil {
			return leaving(err)
		}
	}
	return leaving(n.client.say(ctx, msgDevice, deviceRequest(n.address, askDisconnect, false)))
}

// leaving takes it that a proxy that is gone holds no connection.
func leaving(err error) error {
	if errors.Is(err, ble.ErrGone) {
		return nil
	}
	return err
}

// overdue reports whether the end was asked for so long ago that the slot
// counts as free.
func (n *conn) overdue() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return !n.asked.IsZero() && time.Since(n.asked) > endWait
}

// end says why the connection has ended.
func (n *conn) end(why error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.why == nil {
		n.why = why
		close(n.done)
	}
}

// freed says that the slot is free.
func (n *conn) freed() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.isFreed {
		n.isFreed = true
		close(n.gone)
	}
}

func (n *conn) reason() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.why
}
