package radio

import (
	"context"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

// connector is a radio of the hub that connects. Who is connected to stops to
// advertise: the ladders must not take that for deafness.
type connector struct {
	ble.Central
	hub *Hub
}

// Connect connects, and tells the ladders.
func (c connector) Connect(ctx context.Context, d ble.Device) (ble.Conn, error) {
	conn, err := c.Central.Connect(ctx, d)
	if err == nil {
		c.hub.connected(d.Address)
	}
	return conn, err
}

func (h *Hub) connected(a advert.Address) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.stations {
		s.ladder.leave(a)
	}
}

// central returns the radio as one that connects, nil where it does not.
func (s *station) central() ble.Central {
	if c, ok := s.Radio.(ble.Central); ok {
		return connector{c, s.hub}
	}
	return nil
}
