package faulttable

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"osmanthus/drivers/internal/faultbus"
)

// mostBytes of one read are changed in turn: more say nothing new.
const mostBytes = 24

// garbler changes one byte of one read, once.
type garbler struct {
	at   int
	bits byte
	hit  bool
}

func (g *garbler) change(r []byte) {
	if !g.hit && g.at < len(r) {
		r[g.at] ^= g.bits
		g.hit = true
	}
}

// eachByte calls try with a garbler for every byte of a read, until one finds
// no byte to change.
func eachByte(try func(g *garbler)) {
	for at := range mostBytes {
		for _, bits := range []byte{0x01, 0x80, 0xFF} {
			g := &garbler{at: at, bits: bits}
			if try(g); !g.hit {
				return
			}
		}
	}
}

// garbled changes each byte that is read, one at a time.
func (d Driver[F]) garbled(t *testing.T) {
	inNew, inSense := d.lengths(t)
	for at := range inNew {
		eachByte(func(g *garbler) {
			bus := &faultbus.Bus{Under: d.Well()}
			bus.Garble(at, g.change)
			if _, err := d.New(bus); err == nil && d.Checksum && g.hit {
				t.Errorf("transaction %d of New: changed byte %d passes", at, g.at)
			}
		})
	}
	for at := range inSense {
		eachByte(func(g *garbler) {
			what := fmt.Sprintf("transaction %d of Sense, byte %d ^ %#02x", at, g.at, g.bits)
			bus, dev := d.open(t)
			bus.Garble(at, g.change)
			var f F
			err := dev.Sense(&f)
			if v := d.Values(&f); d.Checksum && g.hit && err == nil || err != nil && v != 0 {
				t.Errorf("%s: %d values, %v", what, v, err)
			}
			bus.Garble(0, nil)
			d.recovers(t, what, bus, dev)
			d.halt(t, dev)
		})
	}
}

// noise is a bus on which nothing that is read means anything.
func (d Driver[F]) noise(t *testing.T) {
	bus, dev := d.open(t)
	random := rand.New(rand.NewPCG(1, 2))
	bus.Garble(0, func(r []byte) {
		for i := range r {
			r[i] = byte(random.Uint32())
		}
	})
	var f F
	for range 300 {
		if err := dev.Sense(&f); err != nil && d.Values(&f) != 0 {
			t.Fatalf("%d values, and %v", d.Values(&f), err)
		}
	}
	bus.Garble(0, nil)
	d.recovers(t, "noise", bus, dev)
}
