package crc16

import "testing"

// The check values of the catalogue: each algorithm over "123456789".
func TestCheckValues(t *testing.T) {
	for name, c := range map[string]struct {
		algorithm Algorithm
		want      uint16
	}{
		"CCITT-FALSE": {CCITTFalse, 0x29B1},
		"AUG-CCITT":   {AugCCITT, 0xE5CC},
		"KERMIT":      {Kermit, 0x2189},
		"MCRF4XX":     {MCRF4XX, 0x6F91},
		"ARC":         {ARC, 0xBB3D},
		"MAXIM":       {Maxim, 0x44C2},
		"MODBUS":      {Modbus, 0x4B37},
	} {
		if got := c.algorithm.Sum([]byte("123456789")); got != c.want {
			t.Errorf("%s: %04X, want %04X", name, got, c.want)
		}
	}
}
