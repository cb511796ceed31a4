package adxl345

// Registers and bits, from the ADXL345 data sheet, section "Register Map".
const (
	regDevID      = 0x00
	regOffsetX    = 0x1E // OFSX, then OFSY and OFSZ, 15.6 mg a step
	regRate       = 0x2C // BW_RATE
	regPower      = 0x2D // POWER_CTL
	regIntEnable  = 0x2E
	regIntSource  = 0x30 // flags; those of the FIFO stand whether enabled or not
	regFormat     = 0x31 // DATA_FORMAT
	regData       = 0x32 // DATAX0 to DATAZ1: reading them takes the oldest sample off the FIFO
	regFIFO       = 0x38 // FIFO_CTL: mode << 6 | watermark
	regFIFOStatus = 0x39 // FIFO_STATUS: entries in bits 5–0

	devID = 0xE5

	powerStandby = 0x00
	powerMeasure = 0x08

	formatFull16 = 0x0B // full resolution, ±16 g

	fifoBypass = 0x00      // empties the FIFO
	fifoStream = 0x02 << 6 // when it is full, new samples replace the oldest

	intOverrun = 0x01 // samples were overwritten
)

const (
	sampleBytes = 6  // x, y, z, 16 bits each, low byte first
	fifoDepth   = 33 // 32 in the FIFO, and one in the data registers

	// gPerLSB in full resolution, whatever the range: 256 steps a g. The data
	// sheet also says 3.9 mg, which is the same, rounded.
	gPerLSB = 1.0 / 256
)
