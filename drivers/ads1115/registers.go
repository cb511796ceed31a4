package ads1115

import "periph.io/x/conn/v3/physic"

// Registers and bits, from the ADS111x data sheet SBAS444 revision D, section
// 9.6 "Register Map", and the ADS101x data sheet SBAS473 revision E, section 8.6.
const (
	regConversion = 0x00
	regConfig     = 0x01

	configStart      = 0x8000 // OS: writing starts a conversion, reading 1 means idle
	configSingle     = 0x0100 // MODE: single shot
	configComparator = 0x0003 // COMP_QUE: comparator off
	configMask       = 0x7FFF // everything that reads back as written
)

// Chip is the member of the family.
type Chip uint8

// The chips that the driver knows.
const (
	ADS1115 Chip = iota // 16 bits, 8 to 860 conversions a second
	ADS1015             // 12 bits, 128 to 3300 conversions a second
)

// String is the chip's name.
func (c Chip) String() string {
	if c == ADS1015 {
		return "ADS1015"
	}
	return "ADS1115"
}

// rates lists the conversions a second by the value of the DR field.
func (c Chip) rates() []int {
	if c == ADS1015 {
		return []int{128, 250, 490, 920, 1600, 2400, 3300}
	}
	return []int{8, 16, 32, 64, 128, 250, 475, 860}
}

// counts is a conversion in steps of the chip's own resolution: the ADS1015
// left-justifies its 12 bits.
func (c Chip) counts(word int16) int16 {
	if c == ADS1015 {
		return word >> 4
	}
	return word
}

// Mux is which input is measured against which; the zero value is A0 to ground.
type Mux uint8

// Inputs, and differences of two inputs.
const (
	A0 Mux = iota
	A1
	A2
	A3
	A0A1
	A0A3
	A1A3
	A2A3
)

// String names the input, a difference as in A0-A1.
func (m Mux) String() string {
	if m > A2A3 {
		return "unknown input"
	}
	return [...]string{"A0", "A1", "A2", "A3", "A0-A1", "A0-A3", "A1-A3", "A2-A3"}[m]
}

// bits is the MUX field: 0–3 are differences, 4–7 single inputs.
func (m Mux) bits() uint16 {
	return uint16((m+4)%8) << 12
}

// fullScales lists the ranges by the value of the PGA field.
var fullScales = [...]physic.ElectricPotential{
	6144 * physic.MilliVolt, 4096 * physic.MilliVolt, 2048 * physic.MilliVolt,
	1024 * physic.MilliVolt, 512 * physic.MilliVolt, 256 * physic.MilliVolt,
}

// voltage is what a conversion stands for: full scale divided by 2^15 a step,
// the same for the left-justified 12 bits.
func voltage(word int16, fullScale physic.ElectricPotential) physic.ElectricPotential {
	return physic.ElectricPotential(word) * fullScale / 32768
}
