package gatt

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"

	"osmanthus/drivers/crc16"
	"osmanthus/drivers/internal/vectors"
)

// TestB1_Vectors decodes every vector beside the project and prints how many of
// each characteristic came out as they must.
func TestB1_Vectors(t *testing.T) {
	type count struct{ passed, all int }
	counts := map[string]*count{}
	for _, v := range vectors.From(t, "gatt.json") {
		c := counts[v.Device]
		if c == nil {
			c = &count{}
			counts[v.Device] = c
		}
		c.all++
		raw, err := hex.DecodeString(v.InputHex)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkVector(v, raw); err != nil {
			t.Errorf("%s %s %s: %v", v.Device, v.Name, v.InputHex, err)
			continue
		}
		c.passed++
	}
	for _, device := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%-16s %d/%d", device, counts[device].passed, counts[device].all)
	}
}

func checkVector(v vectors.Vector, raw []byte) error {
	var want any
	if err := json.Unmarshal(v.Expected, &want); err != nil {
		return err
	}
	wish, _ := want.(map[string]any)
	switch v.Device {
	case "IEEE11073-SFLOAT":
		return vectors.Same(wish["value"], vectors.JSON(SFloat(uint16(raw[0])|uint16(raw[1])<<8)))
	case "IEEE11073-FLOAT":
		return vectors.Same(wish["value"], vectors.JSON(Float(uint32(raw[0])|uint32(raw[1])<<8|uint32(raw[2])<<16|uint32(raw[3])<<24)))
	case "CRC16":
		a, ok := map[any]crc16.Algorithm{"CCITT_FALSE": crc16.CCITTFalse, "MCRF4XX": crc16.MCRF4XX, "AUG_CCITT": crc16.AugCCITT,
			"ARC": crc16.ARC, "KERMIT": crc16.Kermit, "MAXIM": crc16.Maxim, "MODBUS": crc16.Modbus}[wish["algorithm"]]
		if !ok {
			return fmt.Errorf("algorithm %v is not known", wish["algorithm"])
		}
		return vectors.Same(wish["crc"], fmt.Sprintf("%04x", a.Sum(raw)))
	}
	uuid, err := strconv.ParseUint(v.Device, 16, 16)
	if err != nil {
		return err
	}
	got, err := Decode(uint16(uuid), raw)
	if wish["error"] == true {
		if err == nil {
			return fmt.Errorf("decoded to %v, want an error", vectors.JSON(got))
		}
		return nil
	}
	if err != nil {
		return err
	}
	return vectors.Same(want, vectors.JSON(got))
}
