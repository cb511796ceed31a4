package radio

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"osmanthus/drivers/ble"
	"osmanthus/drivers/esphome"
)

// dialWait bounds how long a bridge may take to accept a connection.
const dialWait = 10 * time.Second

// Proxy is a Bluetooth proxy of ESPHome, reached by its native API. Each Scan is
// one connection; its key is read anew each time.
type Proxy struct {
	name, address, keyFile string

	mu     sync.Mutex
	client *esphome.Client // of the connection that lasts, else nil
	slots  int             // that it last had
}

var _ ble.Central = (*Proxy)(nil)

// NewProxy makes a proxy of its host:port. The key file is "" for one that does
// not encrypt.
func NewProxy(name, address, keyFile string) *Proxy {
	return &Proxy{name: name, address: address, keyFile: keyFile, slots: esphome.DefaultSlots}
}

// Scan implements ble.Radio.
func (p *Proxy) Scan(ctx context.Context, emit func(ble.Heard)) error {
	var opts esphome.Opts
	if p.keyFile != "" {
		text, err := ReadSecret(p.keyFile)
		if err != nil {
			return err
		}
		if opts.Key, err = esphome.ParseKey(text); err != nil {
			return fmt.Errorf("radio: %s: %w", p.keyFile, err)
		}
	}
	conn, err := (&net.Dialer{Timeout: dialWait, KeepAlive: dialWait}).DialContext(ctx, "tcp", p.address)
	if err != nil {
		return fmt.Errorf("radio: reaching %s: %w", p.name, err)
	}
	c := esphome.New(conn, opts)
	p.use(c)
	defer p.use(nil)
	return c.Run(ctx, func(h esphome.Heard) {
		emit(ble.Heard{Advert: h.Advert, At: time.Now(), Random: h.Random, Connectable: true})
	})
}

func (p *Proxy) use(c *esphome.Client) {
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

// Connections is how many connections live by it: the hub does not end them for a
// mere suspicion.
func (p *Proxy) Connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.client == nil {
		return 0
	}
	return p.client.Connections()
}

// Connect implements ble.Central, through the connection that lasts: when that
// ends, all connections end.
func (p *Proxy) Connect(ctx context.Context, device ble.Device) (ble.Conn, error) {
	p.mu.Lock()
	c := p.client
	p.mu.Unlock()
	if c == nil {
		return nil, fmt.Errorf("radio: %s is not there: %w", p.name, ble.ErrUnreachable)
	}
	return c.Connect(ctx, device)
}

// String implements ble.Radio.
func (p *Proxy) String() string { return p.name }
