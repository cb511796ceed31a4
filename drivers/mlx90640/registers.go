package mlx90640

// Addresses of words and bits, from Melexis' data sheet 3901090640, revision 12,
// sections "RAM memory" and "Internal registers".
const (
	addrRAM     = 0x0400
	addrEEPROM  = 0x2400
	addrStatus  = 0x8000
	addrControl = 0x800D

	ramWords    = 832 // 768 pixels and 64 auxiliary words
	eepromWords = 832

	// The auxiliary words of the RAM, by their place in it.
	auxVbe  = 768 // Ta_Vbe
	auxCP0  = 776 // compensation pixel of subpage 0
	auxGain = 778
	auxPTAT = 800 // Ta_PTAT
	auxCP1  = 808
	auxVdd  = 810

	statusSubpage = 0x0001
	statusNew     = 0x0008
	statusClear   = 0x0030 // bit 3 off, overwriting of the RAM enabled

	controlSubpages   = 0x0001
	controlRate       = 7  // shift: 0.5·2^n subpages a second
	controlResolution = 10 // shift: 16+n bits
	controlChess      = 0x1000
	defaultResolution = 2 // 18 bits
)

// The picture's size.
const (
	Width  = 32
	Height = 24
	pixels = Width * Height
)

// low and high are the bytes of a word as signed numbers.
func low(w uint16) float64  { return float64(int8(w)) }
func high(w uint16) float64 { return float64(int8(w >> 8)) }

// field is the signed number of n bits that begins at bit from of w.
func field(w uint16, from, n uint) float64 {
	return float64(int16(w<<(16-from-n)) >> (16 - n))
}

// bits is the number of n bits that begins at bit from of w.
func bits(w uint16, from, n uint) int { return int(w>>from) & (1<<n - 1) }
