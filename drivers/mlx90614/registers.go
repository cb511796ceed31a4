package mlx90614

import "math"

// Chip is the member of the family.
type Chip uint8

// The chips that the driver knows.
const (
	MLX90614 Chip = iota
	MLX90615
)

// String is the chip's name.
func (c Chip) String() string {
	if c == MLX90615 {
		return "MLX90615"
	}
	return "MLX90614"
}

// ChipAt is the chip that the factory puts at an address: 0x5B is an MLX90615.
func ChipAt(addr uint16) Chip {
	if addr == Addr90615 {
		return MLX90615
	}
	return MLX90614
}

// registers are the commands of a chip, from Melexis' data sheets 3901090614 and
// 3901090615, "SMBus compatible 2-wire protocol"; 0xFF is one that it lacks.
type registers struct {
	rawIR      [2]byte // RAM: sign and magnitude
	ambient    byte
	object     [2]byte
	emissivity byte // EEPROM
	address    byte
	id         byte // the first of four words
	sleep      byte
	// whole is the word of an emissivity of one.
	whole float64
}

const none = 0xFF

func (c Chip) registers() registers {
	if c == MLX90615 {
		return registers{
			rawIR: [2]byte{0x25, none}, ambient: 0x26, object: [2]byte{0x27, none},
			emissivity: 0x13, address: 0x10, id: none, sleep: 0xC6, whole: 16384,
		}
	}
	return registers{
		rawIR: [2]byte{0x04, 0x05}, ambient: 0x06, object: [2]byte{0x07, 0x08},
		emissivity: 0x24, address: 0x2E, id: 0x3C, sleep: 0xFF, whole: 65535,
	}
}

// invalid is set in a temperature that the chip itself does not believe.
const invalid = 0x8000

// celsius is a temperature word in °C: a step is 0.02 K.
func celsius(word uint16) float64 { return float64(word)*0.02 - 273.15 }

// signed is a word of raw infrared: a sign and 15 bits of magnitude.
func signed(word uint16) int {
	v := int(word &^ invalid)
	if word&invalid != 0 {
		return -v
	}
	return v
}

// emissivityWord is an emissivity between 0 and 1 as the EEPROM has it.
func (r registers) emissivityWord(e float64) uint16 { return uint16(math.Round(e * r.whole)) }

// pec is the packet error code of SMBus: CRC-8 with polynomial 0x07 and initial
// value zero over all bytes of a transfer, addresses too.
func pec(bytes ...byte) byte {
	crc := byte(0)
	for _, v := range bytes {
		crc ^= v
		for range 8 {
			crc = crc<<1 ^ 0x07*(crc>>7)
		}
	}
	return crc
}
