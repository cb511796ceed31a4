package vl53l1x

// Registers, by their names in ST's ultra lite driver STSW-IMG009, from which
// the values of this file are, too: the data sheet DS12385 names no registers.
const (
	regVHVTimeout      = 0x0008 // VHV_CONFIG__TIMEOUT_MACROP_LOOP_BOUND
	regVHVInit         = 0x000B // VHV_CONFIG__INIT
	regDefaults        = 0x002D // first of the default configuration
	regHVMux           = 0x0030 // GPIO_HV_MUX__CTRL: bit 4 is the polarity of the interrupt; its level is next
	regPhaseCal        = 0x004B // PHASECAL_CONFIG__TIMEOUT_MACROP
	regTimeoutA        = 0x005E // RANGE_CONFIG__TIMEOUT_MACROP_A
	regPeriodA         = 0x0060 // RANGE_CONFIG__VCSEL_PERIOD_A
	regTimeoutB        = 0x0061 // RANGE_CONFIG__TIMEOUT_MACROP_B
	regPeriodB         = 0x0063 // RANGE_CONFIG__VCSEL_PERIOD_B
	regValidPhase      = 0x0069 // RANGE_CONFIG__VALID_PHASE_HIGH
	regInterval        = 0x006C // SYSTEM__INTERMEASUREMENT_PERIOD, 32 bits
	regWoiSD0          = 0x0078 // SD_CONFIG__WOI_SD0, and INITIAL_PHASE_SD0 at 0x007A
	regInitialPhaseSD0 = 0x007A
	regROISize         = 0x0080 // ROI_CONFIG__USER_ROI_REQUESTED_GLOBAL_XY_SIZE
	regInterruptClear  = 0x0086 // SYSTEM__INTERRUPT_CLEAR
	regStart           = 0x0087 // SYSTEM__MODE_START
	regResult          = 0x0089 // RESULT__RANGE_STATUS, and all that was measured
	regOscillator      = 0x00DE // RESULT__OSC_CALIBRATE_VAL
	regBoot            = 0x00E5 // FIRMWARE__SYSTEM_STATUS: bit 0 when booted
	regModelID         = 0x010F // IDENTIFICATION__MODEL_ID, and the module's type behind it

	modelID = 0xEACC

	startRanging = 0x40
	stopRanging  = 0x00
)

// Places in the burst from regResult on.
const (
	resultStatus   = 0x0089 - regResult
	resultSPADs    = 0x008C - regResult
	resultAmbient  = 0x0090 - regResult
	resultDistance = 0x0096 - regResult
	resultSignal   = 0x0098 - regResult
	resultBytes    = 0x009A - regResult
)

// defaults are the registers 0x002D to 0x0087, as ST's driver sets them.
var defaults = [91]byte{
	0x00, 0x01, 0x01, 0x01, 0x02, 0x00, 0x02, 0x08, 0x00, 0x08, 0x10, 0x01, 0x01, 0x00, 0x00, 0x00,
	0x00, 0xFF, 0x00, 0x0F, 0x00, 0x00, 0x00, 0x00, 0x00, 0x20, 0x0B, 0x00, 0x00, 0x02, 0x0A, 0x21,
	0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00, 0xC8, 0x00, 0x00, 0x38, 0xFF, 0x01, 0x00, 0x08, 0x00,
	0x00, 0x01, 0xDB, 0x0F, 0x01, 0xF1, 0x0D, 0x01, 0x68, 0x00, 0x80, 0x08, 0xB8, 0x00, 0x00, 0x00,
	0x00, 0x0F, 0x89, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x0F, 0x0D, 0x0E, 0x0E, 0x00,
	0x00, 0x02, 0xC7, 0xFF, 0x9B, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00,
}

// Mode is how far the chip looks.
type Mode uint8

// Modes. Short reaches about 1.3 m and stands more ambient light; Long reaches
// about 4 m in the dark.
const (
	Long Mode = iota
	Short
)

// String names the mode.
func (m Mode) String() string {
	if m == Short {
		return "short"
	}
	return "long"
}

// modeRegisters are what a mode sets.
type modeRegisters struct {
	phaseCal, periodA, periodB, validPhase byte
	woi, initialPhase                      uint16
}

var modes = [...]modeRegisters{
	Long:  {0x0A, 0x0F, 0x0D, 0xB8, 0x0F0D, 0x0E0E},
	Short: {0x14, 0x07, 0x05, 0x38, 0x0705, 0x0606},
}

// budgets are the values of the two time-outs by mode and milliseconds.
var budgets = [...]map[int][2]uint16{
	Short: {
		15: {0x001D, 0x0027}, 20: {0x0051, 0x006E}, 33: {0x00D6, 0x006E}, 50: {0x01AE, 0x01E8},
		100: {0x02E1, 0x0388}, 200: {0x03E1, 0x0496}, 500: {0x0591, 0x05C1},
	},
	Long: {
		20: {0x001E, 0x0022}, 33: {0x0060, 0x006E}, 50: {0x00AD, 0x00C6},
		100: {0x01CC, 0x01EA}, 200: {0x02D9, 0x02F8}, 500: {0x048F, 0x04A4},
	},
}
