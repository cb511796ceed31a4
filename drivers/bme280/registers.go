package bme280

import "time"

// Registers and bits, from Bosch's BME280 data sheet BST-BME280-DS002, section 5
// "Global memory map and register description", the same in the BMP280
// (BST-BMP280-DS001); the BMP180's are from its BST-BMP180-DS000.
const (
	regCalibration = 0x88 // to 0xA1, with dig_H1 as the last
	regHumidityCal = 0xE1 // to 0xE7, BME280 only
	regID          = 0xD0
	regReset       = 0xE0
	regCtrlHum     = 0xF2 // takes effect with the next write of regCtrlMeas
	regStatus      = 0xF3
	regCtrlMeas    = 0xF4
	regConfig      = 0xF5
	regData        = 0xF7 // pressure, temperature, humidity

	resetWord = 0xB6

	statusUpdating  = 0x01 // the calibration is being copied
	statusMeasuring = 0x08

	oversampleOnce = 1
	modeForced     = 1
	ctrlMeas       = oversampleOnce<<5 | oversampleOnce<<2 | modeForced

	// configMark is written to regConfig: a stand-by time, which forced mode
	// does not use. A chip that lost its power has zero there.
	configMark = 0xA0

	// skipped is the temperature or pressure that was not measured.
	skipped = 0x80000
	// skippedHumidity likewise.
	skippedHumidity = 0x8000

	// takes is the longest measurement of all three at an oversampling of one
	// (appendix B "Measurement time"): 1.25 + 2.3 + 2.875 + 2.875 ms.
	takes = 9300 * time.Microsecond
)

// Variant is the member of the family that the identity register names.
type Variant byte

// The identities that the driver accepts.
const (
	BME280 Variant = 0x60
	BMP280 Variant = 0x58 // no humidity
	BMP180 Variant = 0x55 // no humidity, and another way to measure
)

// String is the printed name of the chip.
func (v Variant) String() string {
	switch v {
	case BME280:
		return "BME280"
	case BMP280:
		return "BMP280"
	case BMP180:
		return "BMP180"
	}
	return "unknown"
}
