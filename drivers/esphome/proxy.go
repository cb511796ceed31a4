package esphome

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"osmanthus/drivers/ble"
)

// dialWait is how long a proxy may take to accept a connection.
const dialWait = 10 * time.Second

// Proxy is a Bluetooth proxy by its address: a ble.Central that is there while
// Scan runs.
type Proxy struct {
	address string
	opts    Opts
	dial    func(ctx context.Context, network, address string) (net.Conn, error)

	mu     sync.Mutex
	client *Client // nil while there is no connection
	slots  int     // that it last had
}

var _ ble.Central = (*Proxy)(nil)

// NewProxy names a proxy by host:port; nothing is dialled yet.
func NewProxy(address string, opts Opts) *Proxy {
	dialer := net.Dialer{Timeout: dialWait, KeepAlive: DefaultPing}
	return &Proxy{address: address, opts: opts, dial: dialer.DialContext, slots: DefaultSlots}
}

// Scan implements ble.Radio: it connects to the proxy and stays. When it ends,
// all connections through the proxy end.
func (p *Proxy) Scan(ctx context.Context, emit func(ble.Heard)) error {
	conn, err := p.dial(ctx, "tcp", p.address)
	if err != nil {
		return fmt.Errorf("esphome: reaching %s: %w", p.address, err)
	}
	c := New(conn, p.opts)
	p.use(c)
	defer p.use(nil)
	return c.Run(ctx, func(h Heard) {
		// A proxy does not say who may be connected to: nobody is ruled out.
		emit(ble.Heard{Advert: h.Advert, At: time.Now(), Random: h.Random, Connectable: true})
	})
}

func (p *Proxy) use(c *Client) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.client != nil {
		p.slots = p.client.Slots()
	}
	p.client = c
}

// Slots implements ble.Central.
func (p *Proxy) Slots() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.client != nil {
		return p.client.Slots()
	}
	return p.slots
}

// Connect implements ble.Central. A proxy that is not there reaches nobody.
func (p *Proxy) Connect(ctx context.Context, device ble.Device) (ble.Conn, error) {
	p.mu.Lock()
	c := p.client
	p.mu.Unlock()
	if c == nil {
		return nil, fmt.Errorf("esphome: %s is not there: %w", p.address, ble.ErrUnreachable)
	}
	return c.Connect(ctx, device)
}

// String names it by its address.
func (p *Proxy) String() string { return p.address }
