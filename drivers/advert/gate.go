package advert

import (
	"bytes"
	"errors"
	"time"
)

const (
	// gateApart is how far apart two packets are that can be no repetition of
	// one: after it every number is new (the rule of bthome-ble).
	gateApart = 4 * time.Second
	// gateAhead is how far ahead of the last number one of 8 bits is new; what
	// is further is a late repetition.
	gateAhead = 63
	// gateRestart is the counter below which a device has begun anew, after its
	// battery was changed.
	gateRestart = 100
)

// ErrReplayed is what an encrypted packet comes to whose counter was seen.
var ErrReplayed = errors.New("advert: the counter was seen already: refused")

// Gate lets each packet of one device through once: packets are sent many times
// and arrive by several bridges, late and out of order. It also holds the
// counter against replays. The zero value lets the first packet through.
type Gate struct {
	began   bool
	at      time.Time // of the last packet that was new
	packet  uint32
	content []byte // of a device that numbers nothing
}

// New reports whether a packet, received at a time, is new. The content is its
// bytes, by which packets without a number are told. An encrypted packet with a
// counter that is not larger than the last is ErrReplayed, unless the device
// began anew.
func (g *Gate) New(r *Report, content []byte, at time.Time) (bool, error) {
	fresh := !g.began || at.Sub(g.at).Abs() > gateApart
	switch {
	case r.Bits == 32 && r.Verified:
		if g.began && r.Packet == g.packet {
			return false, nil // the same packet once more
		}
		if g.began && r.Packet < g.packet && r.Packet >= gateRestart {
			return false, ErrReplayed
		}
		fresh = true
	case r.Bits > 0 && r.Bits < 32:
		ahead := (r.Packet - g.packet) & (1<<r.Bits - 1)
		fresh = fresh || ahead > 0 && ahead <= gateAhead
	default:
		fresh = fresh || !bytes.Equal(content, g.content)
		g.content = append(g.content[:0], content...)
	}
	if fresh {
		g.began, g.at, g.packet = true, at, r.Packet
	}
	return fresh, nil
}
