package mpu6050

// Registers and bits, from "MPU-6000 and MPU-6050 Register Map and
// Descriptions", RM-MPU-6000A-00 revision 4.2; the section is given in brackets.
const (
	regSampleRateDiv = 0x19 // SMPLRT_DIV [4.2]: rate = 1 kHz / (1 + div) with the low-pass filter on
	regConfig        = 0x1A // CONFIG [4.3]: DLPF_CFG in bits 2–0
	regGyroConfig    = 0x1B // GYRO_CONFIG [4.4]: FS_SEL in bits 4–3
	regAccelConfig   = 0x1C // ACCEL_CONFIG [4.5]: AFS_SEL in bits 4–3
	regAccelConfig2  = 0x1D // ACCEL_CONFIG 2 of the MPU-6500 family only: A_DLPF_CFG in bits 2–0
	regFIFOEnable    = 0x23 // FIFO_EN [4.7]
	regIntEnable     = 0x38 // INT_ENABLE [4.15]
	regIntStatus     = 0x3A // INT_STATUS [4.16], cleared by reading
	regUserCtrl      = 0x6A // USER_CTRL [4.29]
	regPowerMgmt1    = 0x6B // PWR_MGMT_1 [4.30]
	regFIFOCount     = 0x72 // FIFO_COUNT_H and _L [4.33]
	regFIFOData      = 0x74 // FIFO_R_W [4.34], does not auto-increment
	regWhoAmI        = 0x75 // WHO_AM_I [4.35]

	fifoGyroAccel = 0x78 // FIFO_EN: XG, YG, ZG and ACCEL

	intFIFOOverflow = 0x10 // FIFO_OFLOW_INT

	userFIFOEnable = 0x40 // FIFO_EN
	userFIFOReset  = 0x04 // FIFO_RESET: works while FIFO_EN is 0

	powerReset   = 0x80 // DEVICE_RESET
	powerSleep   = 0x40 // SLEEP
	powerPLLGyro = 0x01 // CLKSEL 1: PLL with the X gyroscope as reference, steadier than the RC oscillator
)

const (
	sampleBytes = 12 // accel x y z, gyro x y z, 16 bits each, high byte first; temperature is left out
	// burstBytes is how much one transaction takes from the FIFO: at 100 kHz
	// 252 bytes occupy a shared bus for 23 ms, far from a deadline of 250 ms.
	burstBytes = 21 * sampleBytes
)

// Variant is the member of the family that WHO_AM_I names.
type Variant byte

// The identities that the driver accepts.
const (
	MPU6050 Variant = 0x68
	MPU6500 Variant = 0x70
	MPU9250 Variant = 0x71
	Clone72 Variant = 0x72 // sold as MPU-6050; temperature scale unknown
	Clone98 Variant = 0x98 // sold as MPU-6050; temperature scale unknown
)

// String is the printed name of the chip.
func (v Variant) String() string {
	switch v {
	case MPU6050:
		return "MPU6050"
	case MPU6500:
		return "MPU6500"
	case MPU9250:
		return "MPU9250"
	case Clone72:
		return "MPU6050 clone 0x72"
	case Clone98:
		return "MPU6050 clone 0x98"
	}
	return "unknown"
}

// fifoBytes is the size of the FIFO: 1024 bytes in the MPU-6050 [4.33], 512 in
// its successors (MPU-6500 product specification, 4.16) and so, to be on the
// safe side, in clones.
func (v Variant) fifoBytes() int {
	if v == MPU6050 {
		return 1024
	}
	return 512
}

// almostFull leaves room for one sample between reading the count and reading
// the data; above it the oldest bytes may already be overwritten.
func (v Variant) almostFull() int { return v.fifoBytes() - 2*sampleBytes }

// temperature gives the die temperature in °C of a TEMP_OUT word, if the
// variant's scale is known [4.18; MPU-6500 register map 4.23].
func (v Variant) temperature(raw int16) (celsius float64, known bool) {
	switch v {
	case MPU6050:
		return float64(raw)/340 + 36.53, true
	case MPU6500, MPU9250:
		return float64(raw)/333.87 + 21, true
	}
	return 0, false
}
