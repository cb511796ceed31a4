package ble

import "testing"

func TestUUIDs(t *testing.T) {
	for text, short := range map[string]uint16{"180d": 0x180D, "0000180d": 0x180D, "0000180D-0000-1000-8000-00805F9B34FB": 0x180D} {
		u, err := ParseUUID(text)
		if n, ok := u.Short(); err != nil || !ok || n != short || u != UUID16(short) {
			t.Errorf("%s: %v, %v", text, u, err)
		}
	}
	long, err := ParseUUID("6e400001-b5a3-f393-e0a9-e50e24dcca9e")
	if _, ok := long.Short(); err != nil || ok || long.String() != "6e400001-b5a3-f393-e0a9-e50e24dcca9e" {
		t.Errorf("%v, %v", long, err)
	}
	for _, text := range []string{"", "18", "18zz", "6e400001-b5a3-f393-e0a9-e50e24dcca9", "0000180d-0000-1000-8000-00805f9b34fg"} {
		if u, err := ParseUUID(text); err == nil || u != (UUID{}) {
			t.Errorf("%q is %v", text, u)
		}
	}
}

func FuzzParseUUID(f *testing.F) {
	f.Add("180d")
	f.Add("6e400001-b5a3-f393-e0a9-e50e24dcca9e")
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseUUID(s)
		if err != nil {
			return
		}
		if again, err := ParseUUID(u.String()); err != nil || again != u {
			t.Errorf("%q: %v comes back as %v, %v", s, u, again, err)
		}
	})
}
