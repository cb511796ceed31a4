package sim

import (
	"encoding/binary"
	"sync"
	"syscall"
	"time"
)

const (
	melColumns = 32
	melRows    = 24
	melPixels  = melColumns * melRows
)

// MLX90640 models Melexis' thermal array: an EEPROM with a calibration of every
// pixel, and a RAM in which half a picture, a subpage of the chess pattern, is
// new every period. Pixels BrokenPixel and OutlierPixel do not work, and the
// EEPROM says so.
type MLX90640 struct {
	mu      sync.Mutex
	heat    Heat
	optics  melOptics
	eeprom  [832]uint16
	ram     [832]uint16
	status  uint16
	control uint16
	rhythm  rhythm
	next    uint16 // subpage
}

// Pixels that do not work.
const (
	BrokenPixel  = 300
	OutlierPixel = 500
)

// NewMLX90640 returns a chip as after power-up, which measures 2 subpages a second.
func NewMLX90640(heat Heat) *MLX90640 {
	m := &MLX90640{heat: heat}
	m.optics, m.eeprom = newMelOptics()
	m.powerOn()
	return m
}

// PowerCycle is a dip of the supply: every register falls back.
func (m *MLX90640) PowerCycle() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.powerOn()
}

func (m *MLX90640) powerOn() {
	m.control, m.status, m.next, m.rhythm = 0x1901, 0, 0, rhythm{}
	m.ram = [832]uint16{}
	m.optics.references(&m.ram)
}

// Tx implements Chip.
func (m *MLX90640) Tx(w, r []byte, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(w) < 2 || len(w) == 3 || len(w) > 4 || len(r)%2 != 0 {
		return syscall.EIO
	}
	m.advance(at)
	address := binary.BigEndian.Uint16(w)
	if len(w) == 4 {
		m.store(address, binary.BigEndian.Uint16(w[2:]), at)
		address++
	}
	for i := 0; i < len(r); i += 2 {
		binary.BigEndian.PutUint16(r[i:], m.load(address))
		address++
	}
	return nil
}

func (m *MLX90640) load(address uint16) uint16 {
	switch {
	case address >= 0x0400 && address < 0x0400+832:
		return m.ram[address-0x0400]
	case address >= 0x2400 && address < 0x2400+832:
		return m.eeprom[address-0x2400]
	case address == 0x8000:
		return m.status
	case address == 0x800D:
		return m.control
	}
	return 0
}

func (m *MLX90640) store(address, v uint16, at time.Time) {
	switch address {
	case 0x8000:
		m.status = m.status&7 | v&0x0038
	case 0x800D:
		m.control = v
		m.rhythm.start(at, m.period())
	}
}

// period is the time of a subpage: 2 s, halved by each step of the rate.
func (m *MLX90640) period() time.Duration { return 2 * time.Second >> (m.control >> 7 & 7) }

// advance takes the subpages that were due; of a long silence only the last two
// can still be read.
func (m *MLX90640) advance(at time.Time) {
	if m.rhythm.period == 0 {
		m.rhythm.start(at, m.period())
	}
	n := m.rhythm.due(at)
	if n > 2 {
		m.rhythm.skip(n - 2)
		m.next ^= uint16(n) & 1
		n = 2
	}
	for range n {
		m.see(m.rhythm.take())
	}
}

func (m *MLX90640) see(at time.Time) {
	for p := range melPixels {
		row, column := p/melColumns, p%melColumns
		if (row+column)%2 != int(m.next) {
			continue
		}
		raw := m.optics.raw(p, m.heat.pixel(at, column, row, melColumns, melRows), int(m.next))
		if p == BrokenPixel || p == OutlierPixel {
			raw = -20000
		}
		m.ram[p] = uint16(raw)
	}
	m.status = m.status&^7 | 8 | m.next
	m.next ^= 1
}
