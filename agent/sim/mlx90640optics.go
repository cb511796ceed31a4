package sim

import "math"

// melOptics is how the modelled MLX90640 turns warmth into numbers: the
// calibration of the data sheet, read from the object to the converter. The
// driver reads it the other way.
type melOptics struct {
	alpha, offset, kta, kv [melPixels]float64
	cpAlpha                [2]float64
}

// The chip's constants, as they stand in the EEPROM.
const (
	melGainEE, melGain = 6000, 5900 // at the factory, and today
	melVdd25           = -13056
	melVdd             = 3.27 // V today
	melAmbient         = dieCelsius
	melEmissivity      = 0.95
	melTGC             = 8.0 / 32
	melKsTa            = -20.0 / 8192
	melKsTo            = -26.0 / (1 << 17)
	melCT3, melCT4     = 160.0, 320.0
	melCPOffset        = -70.0
	melCPKta, melCPKv  = 35.0 / 8192, 3.0 / 8
)

// small are numbers from −n to n that look arbitrary and are always the same.
func small(i, n int) int { return (i*7+i/5*3)%(2*n+1) - n }

// newMelOptics makes up a chip, and packs it as the data sheet says (section
// "EEPROM").
func newMelOptics() (o melOptics, ee [832]uint16) {
	ee[7], ee[8], ee[9] = 0x0C1B, 0x2A39, 0x0185
	ee[16] = 4<<12 | 2<<8 | 1<<4 // alphaPTAT 9; offset scales: row 4, column 2, rest 1
	ee[17] = word16(-64)
	ee[32] = 8<<12 | 9<<8 | 8<<4 | 5 // alpha scale 2^38; row 512, column 256, rest 32
	ee[33] = 33000
	ee[48], ee[49] = melGainEE, 12288
	ee[50] = 9<<10 | 340                       // KvPTAT 9/4096, KtPTAT 42.5
	ee[51] = uint16(0x9C)<<8 | uint16(104)     // kVdd −100·32, vdd25 (104−256)·32−8192
	ee[52] = 3<<12 | 3<<8 | 4<<4 | 4           // kv: 3 in odd columns, 4 in even ones, of 8
	ee[54] = uint16(50)<<8 | uint16(52)        // kta, counted from one: row odd and even, column odd
	ee[55] = uint16(46)<<8 | uint16(48)        // row odd and even, column even
	ee[56] = 2<<12 | 3<<8 | 5<<4 | 1           // 18 bits; scales 2^3, 2^13, 2^1
	ee[57] = 4<<10 | 370                       // compensation pixels: alpha 370/2^35, ratio 4/128
	ee[58] = 4<<10 | word16(melCPOffset)&0x3FF // offsets −70 and −66
	ee[59] = 3<<8 | 35
	ee[60] = uint16(0x100-20)<<8 | 8
	ksTo := uint16(0x100 - 26)
	ee[61], ee[62] = ksTo<<8|ksTo, ksTo<<8|ksTo
	ee[63] = 2<<12 | 8<<8 | 8<<4 | 9 // steps of 20 °C: from 160 and from 320; scale 2^17
	o.cpAlpha = [2]float64{370 / math.Exp2(35), 370 / math.Exp2(35) * (1 + 4.0/128)}

	for i := range melRows {
		ee[18+i/4] |= nibble(small(i, 3), i)
		ee[34+i/4] |= nibble(small(i+3, 4), i)
	}
	for i := range melColumns {
		ee[24+i/4] |= nibble(small(i+1, 3), i)
		ee[40+i/4] |= nibble(small(i+5, 4), i)
	}
	for p := range melPixels {
		row, column := p/melColumns, p%melColumns
		offset, alpha, kta := small(p, 20), small(p+9, 25), small(p+2, 3)
		ee[64+p] = word16(offset)<<10 | word16(alpha)&0x3F<<4 | word16(kta)&7<<1
		if ee[64+p] == 0 {
			offset++
			ee[64+p] |= 1 << 10
		}
		o.offset[p] = float64(-64 + 4*small(row, 3) + 2*small(column+1, 3) + offset)
		o.alpha[p] = float64(33000+512*small(row+3, 4)+256*small(column+5, 4)+32*alpha) / math.Exp2(38)
		mean := [2][2]int{{50, 46}, {52, 48}}[row%2][column%2]
		o.kta[p] = float64(mean+2*kta) / 8192
		o.kv[p] = [2][2]float64{{3, 4}, {3, 4}}[row%2][column%2] / 8
	}
	ee[64+BrokenPixel] = 0
	ee[64+OutlierPixel] |= 1
	return o, ee
}

func word16(v int) uint16 { return uint16(int16(v)) }

// nibble places a signed number of four bits.
func nibble(v, i int) uint16 { return word16(v) & 0xF << (i % 4 * 4) }

// references fills the auxiliary words: supply, thermometer, gain and the two
// compensation pixels, which see nothing.
func (o *melOptics) references(ram *[832]uint16) {
	const ptat = 1600
	dv := melVdd - 3.3
	ram[810] = word16(int(math.Round(melVdd25 - 3200*dv)))
	art := (12288 + 42.5*(melAmbient-25)) * (1 + 9.0/4096*dv)
	ram[800] = ptat
	ram[768] = uint16(math.Round(ptat*(1<<18)/art - ptat*9))
	ram[778] = melGain
	for i, at := range []int{776, 808} {
		ram[at] = word16(int(math.Round((melCPOffset + 4*float64(i)) * o.cpDrift() * melGain / melGainEE)))
	}
}

func (o *melOptics) cpDrift() float64 {
	return (1 + melCPKta*(melAmbient-25)) * (1 + melCPKv*(melVdd-3.3))
}

// raw is what the converter says of a pixel that looks at an object of so many
// degrees, in a room whose walls are 8 °C colder than the chip.
func (o *melOptics) raw(p int, celsius float64, subpage int) int16 {
	fourth := func(c float64) float64 { return math.Pow(c+273.15, 4) }
	seen := melEmissivity*fourth(celsius) + (1-melEmissivity)*fourth(melAmbient-8) - fourth(melAmbient)
	warm := 1.0
	switch {
	case celsius < 0:
		warm = (1 + melKsTo*(celsius+40)) / (1 + 40*melKsTo)
	case celsius < melCT3:
		warm = 1 + melKsTo*celsius
	case celsius < melCT4:
		warm = (1 + melKsTo*melCT3) * (1 + melKsTo*(celsius-melCT3))
	}
	alpha := (o.alpha[p] - melTGC*o.cpAlpha[subpage]) * (1 + melKsTa*(melAmbient-25)) * warm
	drift := (1 + o.kta[p]*(melAmbient-25)) * (1 + o.kv[p]*(melVdd-3.3))
	return quantise((alpha*seen + o.offset[p]*drift) * melGain / melGainEE)
}
