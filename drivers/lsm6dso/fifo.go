package lsm6dso

import (
	"encoding/binary"

	"osmanthus/drivers/imu"
)

// pairing puts the two words of an instant together. The FIFO may be read
// between them, so the first waits here for the second.
type pairing struct {
	sample imu.Sample
	accel  bool // sample has its acceleration
	gyro   bool // sample has its angular rate
}

// parse appends to dst the whole samples of raw FIFO words and ignores an
// incomplete last word. lost says that a word without its partner, or one with
// a tag that the FIFO was not asked for, was among them: what follows may be
// out of step.
func (p *pairing) parse(c *config, dst []imu.Sample, raw []byte) (samples []imu.Sample, lost bool) {
	for ; len(raw) >= wordBytes; raw = raw[wordBytes:] {
		switch raw[0] >> 3 {
		case tagGyro:
			lost = lost || p.gyro
			p.gyro = true
			triple(&p.sample.GyroDPS, raw[1:], c.dpsPerLSB)
		case tagAccel:
			lost = lost || p.accel
			p.accel = true
			triple(&p.sample.AccelG, raw[1:], c.gPerLSB)
		case tagTemp, tagTime, tagConfig:
		default:
			lost = true
		}
		if p.accel && p.gyro {
			dst = append(dst, p.sample)
			*p = pairing{}
		}
	}
	return dst, lost
}

func triple(dst *[3]float64, raw []byte, scale float64) {
	for axis := range dst {
		dst[axis] = float64(int16(binary.LittleEndian.Uint16(raw[2*axis:]))) * scale
	}
}
