package remote

import (
	"context"
	"fmt"
	"net"
	"time"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
	"osmanthus/drivers/remote/proto"
)

// Radio is a radio in another process.
type Radio struct {
	addr, socket, name string
}

var _ ble.Radio = (*Radio)(nil)

// NewRadio makes the radio at an address such as
// sim:unix:///run/home.sock#radio-1. It connects when it scans.
func NewRadio(addr string) (*Radio, error) {
	socket, name, err := ParseAddr(addr)
	if err != nil {
		return nil, err
	}
	return &Radio{addr, socket, name}, nil
}

// Scan implements ble.Radio.
func (r *Radio) Scan(ctx context.Context, emit func(ble.Heard)) error {
	l := &link{socket: r.socket, name: r.name, kind: proto.KindRadio}
	if _, err := l.connect(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { l.close() })
	defer stop()
	defer l.close()
	err := r.listen(l.conn, emit)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("remote: hearing by %s: %w", r.addr, err)
}

func (r *Radio) listen(conn net.Conn, emit func(ble.Heard)) error {
	buf := make([]byte, 512)
	var e ble.Heard
	for {
		payload, err := proto.Read(conn, buf)
		if err != nil {
			return err
		}
		h, err := proto.ParseHeard(payload)
		if err != nil {
			return err
		}
		e = ble.Heard{At: time.Now(), Random: h.Random, Connectable: h.Connectable, Advert: advert.Advert{
			Services: e.Services[:0], ServiceData: e.ServiceData[:0], Manufacturer: e.Manufacturer[:0],
		}}
		e.Address, e.RSSI = h.Address, h.RSSI
		if err := e.Parse(h.Structures); err != nil {
			continue // as over the air: its neighbours are whole
		}
		emit(e)
	}
}

// String implements ble.Radio.
func (r *Radio) String() string { return r.addr }
