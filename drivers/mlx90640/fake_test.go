package mlx90640

import (
	"encoding/binary"
	"math/rand/v2"

	"osmanthus/drivers/internal/faultbus"
)

// fake is a chip whose memory tests fill; every other subpage is new at once.
type fake struct {
	faultbus.Bus
	memory [0x10000]uint16
	sub    uint16
	read   bool // the RAM was, since the last look at the status
	stuck  bool // no subpage comes
	late   bool // the next subpage comes while one is read
}

// newFake is a chip of plain numbers: 3.3 V, 25 °C, and pixels of 32 °C or so.
func newFake() *fake {
	f := &fake{}
	ee := f.memory[addrEEPROM:]
	ee[7], ee[8], ee[9] = 0x1710, 0xA224, 0x0185
	ee[16], ee[17] = 0x4000, 0xFFC0 // alphaPTAT 9, a mean offset of −64
	ee[32], ee[33] = 0x8000, 0x3000 // scale 2^38
	ee[48], ee[49] = 6000, 12288    // gain, vPTAT25
	ee[50], ee[51] = 0x2555, 0x9C68 // KvPTAT, KtPTAT 42.6; kVdd −3200, vdd25 −13056
	ee[56] = 0x2363                 // resolution 18 bits and scales
	ee[61], ee[62], ee[63] = 0x9797, 0x9797, 0x2889
	for p := range pixels {
		ee[64+p] = 0x0400 * uint16(p%8)
	}
	ee[64] = 0x0010
	random := rand.New(rand.NewPCG(1, 2))
	ram := f.memory[addrRAM:]
	for p := range pixels {
		ram[p] = uint16(int16(random.IntN(40) - 20))
		if ee[64+p] == 0 {
			ee[64+p] = 0x0010
		}
	}
	vdd := int16(-13056)
	ram[auxGain], ram[auxVdd] = 6000, uint16(vdd)
	ram[auxPTAT], ram[auxVbe] = 1600, 19732 // 1600·2^18/(1600·9 + 19732) = 12288
	return f
}

func (f *fake) Tx(_ uint16, w, r []byte) error {
	address := binary.BigEndian.Uint16(w)
	if len(w) == 4 {
		f.memory[address] = binary.BigEndian.Uint16(w[2:])
		return nil
	}
	switch {
	case address == addrRAM:
		f.read = true
	case address == addrStatus && f.read && !f.late: // looked at again after the reading
		f.read, f.sub = false, f.sub^1
	case address == addrStatus && !f.stuck:
		f.read = false
		f.memory[addrStatus] = statusNew | f.sub
	}
	for i := 0; i+1 < len(r); i += 2 {
		binary.BigEndian.PutUint16(r[i:], f.memory[address])
		address++
	}
	return nil
}
