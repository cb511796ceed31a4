package mpu6050

import (
	"encoding/binary"

	"osmanthus/drivers/imu"
)

// parse appends to dst the whole samples of raw FIFO bytes (accel x y z, gyro
// x y z, each a big-endian int16) and ignores an incomplete last one.
func (c *config) parse(dst []imu.Sample, raw []byte) []imu.Sample {
	for ; len(raw) >= sampleBytes; raw = raw[sampleBytes:] {
		var s imu.Sample
		for axis := range 3 {
			s.AccelG[axis] = float64(int16(binary.BigEndian.Uint16(raw[2*axis:]))) * c.gPerLSB
			s.GyroDPS[axis] = float64(int16(binary.BigEndian.Uint16(raw[6+2*axis:]))) * c.dpsPerLSB
		}
		dst = append(dst, s)
	}
	return dst
}
