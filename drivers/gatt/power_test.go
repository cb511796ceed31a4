package gatt

import (
	"encoding/hex"
	"fmt"
	"testing"
)

// How a device is worn and charged, as far as it can tell.
func TestB6_WornAndCharging(t *testing.T) {
	for _, c := range []struct {
		name  string
		uuid  uint16
		bytes string
		want  string
	}{
		{"heart rate on skin", 0x2A37, "0648", "true true"},
		{"heart rate on a table", 0x2A37, "0448", "false true"},
		{"a sensor that cannot tell", 0x2A37, "0048", "false false"},
		{"an oximeter on a finger", 0x2A5F, "0861004600000000", "true true"},
		{"an oximeter that fell off", 0x2A5F, "0861004600002000", "false true"},
		{"nobody on a finger clip", 0x2A5E, "0461004600000800", "false true"},
		{"on its charger", 0x2BED, "002100", "true true"},
		{"running on its battery, with its level", 0x2BED, "02410055", "false true"},
		{"of unknown state", 0x2BED, "000100", "false false"},
	} {
		b, _ := hex.DecodeString(c.bytes)
		v, err := Decode(c.uuid, b)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		yes, known := false, false
		switch v := v.(type) {
		case interface{ Worn() (bool, bool) }:
			yes, known = v.Worn()
		case *LevelStatus:
			yes, known = v.Charging()
		}
		if got := fmt.Sprint(yes && known, known); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if m := decode(t, 0x2BED, "02410055"); len(m) != 1 || m[0].Value != 85 {
		t.Errorf("%+v", m)
	}
	for _, bytes := range []string{"", "0021", "02210065", "00210000"} {
		b, _ := hex.DecodeString(bytes)
		if v, err := Decode(0x2BED, b); err == nil {
			t.Errorf("%s: %+v", bytes, v)
		}
	}
}
