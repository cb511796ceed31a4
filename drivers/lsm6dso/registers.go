package lsm6dso

// Registers and bits, from the data sheet of the LSM6DSO, DS12140, chapter
// "Register description".
const (
	regFIFOCtrl1 = 0x07 // FIFO_CTRL1: watermark, lower 8 bits
	regFIFOCtrl2 = 0x08 // FIFO_CTRL2: watermark, bit 8, and compression, which stays off
	regFIFOCtrl3 = 0x09 // FIFO_CTRL3: batching rate of the gyroscope << 4 | of the accelerometer
	regFIFOCtrl4 = 0x0A // FIFO_CTRL4: mode
	regWhoAmI    = 0x0F
	regCtrl1XL   = 0x10 // CTRL1_XL: rate << 4 | full scale << 2
	regCtrl2G    = 0x11 // CTRL2_G: rate << 4 | full scale << 1
	regCtrl3C    = 0x12
	regOutTemp   = 0x20 // OUT_TEMP_L and _H
	regFIFOStat1 = 0x3A // FIFO_STATUS1 and 2: words in the FIFO, and flags
	// FIFO_DATA_OUT_TAG; X, Y, Z follow to 0x7E. There a burst rolls back to 0x78
	// and the next word, on which Linux's driver st_lsm6dsx relies, too.
	regFIFOTag = 0x78

	whoAmI = 0x6C // of the LSM6DSOX, too

	ctrl3Reset     = 0x01 // SW_RESET: clears itself
	ctrl3BlockIncr = 0x44 // BDU: no half-updated word; IF_INC: bursts count registers up

	fifoBypass     = 0x00 // empties the FIFO
	fifoContinuous = 0x06 // when it is full, new words replace the oldest

	statusOverrun   = 0x40 // FIFO_STATUS2: words were overwritten
	statusCountHigh = 0x03 // FIFO_STATUS2: bits 9 and 8 of the count
)

// Tags of FIFO words, bits 7 to 3 of the first byte.
const (
	tagGyro   = 1
	tagAccel  = 2
	tagTemp   = 3
	tagTime   = 4
	tagConfig = 5
)

const (
	wordBytes = 7 // tag, then x, y, z, 16 bits each, low byte first
	// burstBytes is how much one transaction takes from the FIFO: at 100 kHz
	// 252 bytes occupy a shared bus for 23 ms, far from a deadline of 250 ms.
	burstBytes = 36 * wordBytes
)

// temperature is the die's in °C of an OUT_TEMP word: 256 steps a degree, zero at 25 °C.
func temperature(raw int16) float64 { return float64(raw)/256 + 25 }
