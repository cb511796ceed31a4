package sensirion

import (
	"fmt"

	"osmanthus/drivers"
)

// CRC is the check sum behind every word: CRC-8 with polynomial 0x31, initial
// value 0xFF, not reflected and nothing added. Of BE EF it is 92 (data sheets
// of the sensors, "Checksum Calculation").
func CRC(b []byte) byte {
	crc := byte(0xFF)
	for _, v := range b {
		crc ^= v
		for range 8 {
			crc = crc<<1 ^ 0x31*(crc>>7)
		}
	}
	return crc
}

// Words fills dst with the words of raw, each with its check sum behind it. One
// that is wrong is drivers.ErrChecksum, and then no word is given.
func Words(dst []uint16, raw []byte) error {
	if len(raw) != len(dst)*wordBytes {
		clear(dst)
		return fmt.Errorf("sensirion: %d bytes are not %d words", len(raw), len(dst))
	}
	for i := range dst {
		word := raw[i*wordBytes:][:wordBytes]
		if CRC(word[:2]) != word[2] {
			clear(dst)
			return fmt.Errorf("sensirion: word %d is % x, want check sum %#02x: %w", i, word, CRC(word[:2]), drivers.ErrChecksum)
		}
		dst[i] = uint16(word[0])<<8 | uint16(word[1])
	}
	return nil
}

// Celsius is a temperature word in °C, the same in the SHT3x, SHT4x and SCD4x.
func Celsius(word uint16) float64 { return -45 + 175*float64(word)/65535 }

// Percent is a word of relative humidity in %, the same in the SHT3x and SCD4x.
func Percent(word uint16) float64 { return 100 * float64(word) / 65535 }
