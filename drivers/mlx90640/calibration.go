package mlx90640

import "math"

// calibration is what the factory wrote into the EEPROM, unpacked: data sheet,
// section "Restoring calibration data". The names are those of the data sheet.
type calibration struct {
	kVdd, vdd25                        float64 // steps a volt, steps at 3.3 V
	kvPTAT, ktPTAT, vPTAT25, alphaPTAT float64
	gain                               float64
	tgc                                float64
	resolution                         int // of the converter at the factory, 16+n bits
	ksTa                               float64
	ct                                 [4]float64 // °C: where the ranges of temperature begin
	ksTo                               [4]float64
	alphaCorr                          [4]float64 // sensitivity of a range against that of the second
	cpAlpha, cpOffset                  [2]float64 // compensation pixel, by subpage
	cpKv, cpKta                        float64
	chess                              bool       // calibrated for the chess pattern
	ilChess                            [3]float64 // corrections where the pattern is another

	alpha, offset, kta, kv [pixels]float64
	bad                    [pixels]bool // broken or an outlier, by the factory
}

// newCalibration unpacks the EEPROM.
func newCalibration(ee *[eepromWords]uint16) *calibration {
	c := &calibration{
		kVdd:  32 * high(ee[51]),
		vdd25: float64((bits(ee[51], 0, 8)-256)<<5 - 8192),

		kvPTAT: field(ee[50], 10, 6) / 4096, ktPTAT: field(ee[50], 0, 10) / 8,
		vPTAT25: float64(int16(ee[49])), alphaPTAT: float64(bits(ee[16], 12, 4))/4 + 8,

		gain: float64(int16(ee[48])), tgc: low(ee[60]) / 32,
		resolution: bits(ee[56], 12, 2), ksTa: high(ee[60]) / 8192,
		chess: bits(ee[10], 11, 1) == 0,
		ilChess: [3]float64{
			field(ee[53], 0, 6) / 16, field(ee[53], 6, 5) / 2, field(ee[53], 11, 5) / 8,
		},
	}
	c.ranges(ee)
	c.compensation(ee)
	c.sensitivity(ee)
	c.offsets(ee)
	c.drifts(ee)
	for p := range pixels {
		// A broken pixel has no calibration at all, an outlier its lowest bit.
		c.bad[p] = ee[64+p] == 0 || ee[64+p]&1 != 0
	}
	return c
}

// ranges: the sensitivity changes with the temperature of the object, in four
// ranges.
func (c *calibration) ranges(ee *[eepromWords]uint16) {
	step := float64(bits(ee[63], 12, 2) * 10)
	c.ct = [4]float64{-40, 0, float64(bits(ee[63], 4, 4)) * step, 0}
	c.ct[3] = c.ct[2] + float64(bits(ee[63], 8, 4))*step
	scale := math.Exp2(float64(bits(ee[63], 0, 4) + 8))
	c.ksTo = [4]float64{low(ee[61]) / scale, high(ee[61]) / scale, low(ee[62]) / scale, high(ee[62]) / scale}
	c.alphaCorr = [4]float64{1 / (1 + 40*c.ksTo[0]), 1, 1 + c.ksTo[1]*c.ct[2], 0}
	c.alphaCorr[3] = c.alphaCorr[2] * (1 + c.ksTo[2]*(c.ct[3]-c.ct[2]))
}

// compensation: two blind pixels, one for each subpage, see only the housing.
func (c *calibration) compensation(ee *[eepromWords]uint16) {
	c.cpOffset[0] = field(ee[58], 0, 10)
	c.cpOffset[1] = c.cpOffset[0] + field(ee[58], 10, 6)
	c.cpAlpha[0] = field(ee[57], 0, 10) / math.Exp2(float64(bits(ee[32], 12, 4)+27))
	c.cpAlpha[1] = c.cpAlpha[0] * (1 + field(ee[57], 10, 6)/128)
	c.cpKta = low(ee[59]) / math.Exp2(float64(bits(ee[56], 4, 4)+8))
	c.cpKv = high(ee[59]) / math.Exp2(float64(bits(ee[56], 8, 4)))
}

// spread is a value for each pixel that is stored as a mean, a share of its row,
// a share of its column and a rest; rows and columns are nibbles.
type spread struct {
	mean                       float64
	rows, columns              []uint16
	rowScale, colScale, remain float64
}

func (s spread) at(p int, rest float64) float64 {
	row, column := p/Width, p%Width
	return s.mean + field(s.rows[row/4], uint(row%4)*4, 4)*s.rowScale +
		field(s.columns[column/4], uint(column%4)*4, 4)*s.colScale + rest*s.remain
}

func (c *calibration) sensitivity(ee *[eepromWords]uint16) {
	s := spread{
		mean: float64(ee[33]), rows: ee[34:40], columns: ee[40:48],
		rowScale: math.Exp2(float64(bits(ee[32], 8, 4))), colScale: math.Exp2(float64(bits(ee[32], 4, 4))),
		remain: math.Exp2(float64(bits(ee[32], 0, 4))),
	}
	scale := math.Exp2(float64(bits(ee[32], 12, 4) + 30))
	for p := range pixels {
		c.alpha[p] = s.at(p, field(ee[64+p], 4, 6)) / scale
	}
}

func (c *calibration) offsets(ee *[eepromWords]uint16) {
	s := spread{
		mean: float64(int16(ee[17])), rows: ee[18:24], columns: ee[24:32],
		rowScale: math.Exp2(float64(bits(ee[16], 8, 4))), colScale: math.Exp2(float64(bits(ee[16], 4, 4))),
		remain: math.Exp2(float64(bits(ee[16], 0, 4))),
	}
	for p := range pixels {
		c.offset[p] = s.at(p, field(ee[64+p], 10, 6))
	}
}

// drifts: how the offset follows the chip's temperature and supply. Rows and
// columns that are even or odd, counted from one, have four means of their own.
func (c *calibration) drifts(ee *[eepromWords]uint16) {
	kta := [4]float64{high(ee[54]), high(ee[55]), low(ee[54]), low(ee[55])}
	kv := [4]float64{field(ee[52], 12, 4), field(ee[52], 4, 4), field(ee[52], 8, 4), field(ee[52], 0, 4)}
	ktaScale := math.Exp2(float64(bits(ee[56], 4, 4) + 8))
	rest := math.Exp2(float64(bits(ee[56], 0, 4)))
	kvScale := math.Exp2(float64(bits(ee[56], 8, 4)))
	for p := range pixels {
		split := 2*(p/Width%2) + p%2
		c.kta[p] = (kta[split] + field(ee[64+p], 1, 3)*rest) / ktaScale
		c.kv[p] = kv[split] / kvScale
	}
}

// plausible reports whether this can be a calibration: an empty or a stranger's
// EEPROM has no gain and no thermometer.
func (c *calibration) plausible() bool {
	return c.gain > 0 && c.kVdd != 0 && c.ktPTAT > 0 && c.vPTAT25 > 0
}
