package max30102

// Registers and bits, from the MAX30102 data sheet 19-7740 revision 1,
// "Register Maps and Descriptions" (pages 10–24).
const (
	regIntStatus1 = 0x00 // cleared by reading
	regIntEnable1 = 0x02
	regFIFOWrite  = 0x04 // FIFO_WR_PTR, 5 bits
	regOverflow   = 0x05 // OVF_COUNTER, 5 bits, stays at 31
	regFIFORead   = 0x06 // FIFO_RD_PTR, 5 bits
	regFIFOData   = 0x07 // does not auto-increment
	regFIFOConfig = 0x08
	regMode       = 0x09
	regSpO2       = 0x0A
	regLED1       = 0x0C // LED1_PA: the red LED
	regLED2       = 0x0D // LED2_PA: the infrared LED
	regTempInt    = 0x1F // signed, 1 °C
	regTempFrac   = 0x20 // 4 bits, 0.0625 °C
	regTempConfig = 0x21
	regPartID     = 0xFF

	partID = 0x15

	intFull       = 0x80 // A_FULL
	intPowerReady = 0x01 // PWR_RDY: set once after the supply came up

	fifoRollover = 0x10 // FIFO_ROLLOVER_EN; FIFO_A_FULL stays 0: A_FULL means all 32 places taken

	modeShutdown = 0x80
	modeReset    = 0x40
	modeSpO2     = 0x03 // red and infrared

	tempEnable = 0x01

	fifoDepth   = 32
	wordBytes   = 3
	sampleBytes = 2 * wordBytes // red, then infrared
	wordMask    = 1<<18 - 1
)
