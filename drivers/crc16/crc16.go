// Package crc16 computes the 16-bit checks that sensors and bands put behind
// their bytes, by the names of the catalogue of parametrised CRC algorithms.
package crc16

import "math/bits"

// Algorithm is one check in the parameters of the catalogue: the polynomial
// without its highest bit, the register at the start, whether bits go in and
// out lowest first, and what is added at the end.
type Algorithm struct {
	Poly, Init, Out uint16
	Reflected       bool
}

// The algorithms that devices use.
var (
	CCITTFalse = Algorithm{Poly: 0x1021, Init: 0xFFFF}
	AugCCITT   = Algorithm{Poly: 0x1021, Init: 0x1D0F}
	Kermit     = Algorithm{Poly: 0x1021, Reflected: true}
	MCRF4XX    = Algorithm{Poly: 0x1021, Init: 0xFFFF, Reflected: true} // continuous glucose monitoring
	ARC        = Algorithm{Poly: 0x8005, Reflected: true}
	Maxim      = Algorithm{Poly: 0x8005, Reflected: true, Out: 0xFFFF}
	Modbus     = Algorithm{Poly: 0x8005, Init: 0xFFFF, Reflected: true}
)

// Sum returns the check of b.
func (a Algorithm) Sum(b []byte) uint16 {
	crc := a.Init
	if a.Reflected {
		crc = bits.Reverse16(crc)
		poly := bits.Reverse16(a.Poly)
		for _, v := range b {
			crc ^= uint16(v)
			for range 8 {
				crc = crc>>1 ^ poly*(crc&1)
			}
		}
		return crc ^ a.Out
	}
	for _, v := range b {
		crc ^= uint16(v) << 8
		for range 8 {
			crc = crc<<1 ^ a.Poly*(crc>>15)
		}
	}
	return crc ^ a.Out
}
