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
}

var _ ble.Radio = (*Proxy)(nil)

// NewProxy makes a proxy of its host:port. The key file is "" for one that does
// not encrypt.
func NewProxy(name, address, keyFile string) *Proxy {
	return &Proxy{name: name, address: address, keyFile: keyFile}
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
	p.client = c
}

// current is the connection that lasts, or nil.
func (p *Proxy) current() *esphome.Client {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.client
}

// String implements ble.Radio.
func (p *Proxy) String() string { return p.name }
