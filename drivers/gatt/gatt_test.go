package gatt

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

func decode(t *testing.T, uuid uint16, bytes string) []Measure {
	t.Helper()
	b, err := hex.DecodeString(bytes)
	if err != nil {
		t.Fatal(err)
	}
	v, err := Decode(uuid, b)
	if err != nil {
		t.Fatalf("%04X %s: %v", uuid, bytes, err)
	}
	return v.Measures(nil)
}

// What a nurse is to see of each value, and what she is not.
func TestB1_WhatIsMeasured(t *testing.T) {
	for _, c := range []struct {
		name  string
		uuid  uint16
		bytes string
		want  string
	}{
		{"heart rate", 0x2A37, "0048", "[heart_rate 72 /min]"},
		{"heart rate without skin contact", 0x2A37, "044a", "[heart_rate 74 /min (no skin contact)]"},
		{"a heart rate of 0 is none", 0x2A37, "0000", "[]"},
		{"pressure in kPa", 0x2A35, "01a00050006400", "[systolic 1200.1 mm[Hg] diastolic 600 mm[Hg] mean_pressure 750.1 mm[Hg]]"},
		{"mean pressure that is not known", 0x2A35, "0078005000ff07", "[systolic 120 mm[Hg] diastolic 80 mm[Hg]]"},
		{"pressure while moving", 0x2A35, "10780050005d000100", "[systolic 120 mm[Hg] (body_movement) diastolic 80 mm[Hg] (body_movement) mean_pressure 93 mm[Hg] (body_movement)]"},
		{"a cuff being inflated", 0x2A36, "007800ff07ff07", "[]"},
		{"fever in Fahrenheit", 0x2A1C, "01f10300ff", "[body_temperature 38.28 Cel]"},
		{"a thermometer without a result", 0x2A1C, "00ffff7f00", "[]"},
		{"a cold finger", 0x2A1C, "043b0100ff04", "[body_temperature 31.5 Cel (measured at a finger)]"},
		{"an oximeter on a finger", 0x2A5F, "0061004600", "[spo2 97 % pulse_rate 70 /min]"},
		{"an oximeter that fell off", 0x2A5F, "086100460000" + "8000", "[]"},
		{"an early estimate", 0x2A5F, "0461004600" + "4000", "[spo2 97 % (poor signal) pulse_rate 70 /min (poor signal)]"},
		{"an oximeter in its demonstration", 0x2A5F, "0461004600" + "0004", "[]"},
		{"pounds and inches", 0x2A9D, "09543df500a802", "[body_weight 71.21 kg body_mass_index 24.5 kg/m2 body_height 172.7 cm]"},
		{"nobody on the scale", 0x2A9D, "000000", "[]"},
		{"blood sugar", 0x2A18, "020100e307021b0b0a1e" + "5ab0" + "11", "[glucose 5 mmol/L]"},
		{"a control solution", 0x2A18, "020100e307021b0b0a1e" + "5ab0" + "1a", "[]"},
		{"battery", 0x2A19, "0f", "[battery_level 15 %]"},
		{"a room", 0x2A6E, "f908", "[air_temperature 22.97 Cel]"},
		{"a room's unknown temperature", 0x2A6E, "0080", "[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := []string{}
			for _, m := range decode(t, c.uuid, c.bytes) {
				s := fmt.Sprintf("%s %v %s", m.Metric, m.Value, m.Unit)
				if m.Doubt != "" {
					s += " (" + m.Doubt + ")"
				}
				got = append(got, s)
			}
			if s := fmt.Sprint(got); s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
		})
	}
}

// A time is given on only where the device's clock is set, and a user always
// goes with it.
func TestWhenAndWho(t *testing.T) {
	m := decode(t, 0x2A35, "0a79004f005d00ea070a04071e0003")
	if at, ok := m[0].At.Value.In(time.UTC); !ok || !at.Equal(time.Date(2026, 10, 4, 7, 30, 0, 0, time.UTC)) || m[0].User != some(uint8(3)) {
		t.Errorf("got %+v", m[0])
	}
	if m := decode(t, 0x2A5E, "1162004000ea0709180e1e05"); m[0].At.OK {
		t.Errorf("the time of a clock that was not set: %+v", m[0])
	}
	if m := decode(t, 0x2A18, "030b00e0070116091e0005005ab011"); m[0].At.Value.String() != "2016-01-22T09:35:00" {
		t.Errorf("the offset of the user is not in %v", m[0].At.Value)
	}
}

// A continuous record whose check is right, and one whose is not. The check was
// computed apart from this program.
func TestCGMCheck(t *testing.T) {
	record := []byte{8, 0, 0x8c, 0, 5, 0}
	v, err := Decode(0x2AA7, append(slices.Clone(record), 0xCA, 0xED))
	if err != nil {
		t.Fatal(err)
	}
	if r := *v.(*CGMRecords); len(r) != 1 || r[0].Concentration.Value != 140 || r[0].TimeOffset != 5 {
		t.Errorf("got %+v", r)
	}
	if _, err := Decode(0x2AA7, append(slices.Clone(record), 0xCB, 0xED)); !errors.Is(err, ErrMalformed) {
		t.Errorf("a wrong check gave %v", err)
	}
}

func TestWordsThatAreNoNumbers(t *testing.T) {
	for word, want := range map[uint16]string{0xF7FF: "NaN", 0x1800: "NaN", 0xE7FE: "NaN", 0x0801: "RFU", 0x07FD: "2045", 0x0803: "-2045"} {
		if got := SFloat(word).String(); got != want {
			t.Errorf("%04X: %s, want %s", word, got, want)
		}
	}
}

func TestUnknownCharacteristic(t *testing.T) {
	if _, err := Decode(0xFFFF, nil); err == nil || errors.Is(err, ErrMalformed) {
		t.Errorf("got %v", err)
	}
}

// The clock that is written to a device is read back as it was meant.
func TestCurrentTimeRoundTrip(t *testing.T) {
	at := time.Date(2026, 11, 22, 7, 30, 5, 500_000_000, time.UTC) // a Sunday
	v, err := Decode(0x2A2B, EncodeCurrentTime(at))
	if c, ok := v.(*CurrentTime); err != nil || !ok || c.Time.String() != "2026-11-22T07:30:05" || c.DayOfWeek != 7 || c.Fractions != 128 {
		t.Errorf("got %+v, %v", v, err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range characteristics {
		f.Add(c.UUID, []byte{0xFF, 0x1F, 0x48, 0, 4, 0x13, 1, 0xE8, 7, 11, 29, 23, 8, 57, 0x20, 0x40, 0x22, 0, 0, 0x66, 0xE3})
	}
	f.Add(uint16(0x2AA7), []byte{6, 0, 0x8c, 0, 5, 0, 6, 0, 0x8d, 0, 10, 0})
	f.Fuzz(func(t *testing.T, uuid uint16, b []byte) {
		v, err := Decode(uuid, b)
		if (v == nil) == (err == nil) {
			t.Fatalf("value %v and error %v", v, err)
		}
		if err == nil {
			v.Measures(nil)
			if _, err := marshal(v); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct {
		name  string
		uuid  uint16
		value []byte
	}{
		{"heart-rate", 0x2A37, []byte{0x16, 0x48, 0, 4}},
		{"oximeter", 0x2A5F, []byte{0x00, 0x61, 0, 0x46, 0}},
		{"pressure", 0x2A35, []byte{0x06, 0x79, 0, 0x4f, 0, 0x5d, 0, 0xea, 7, 0x0a, 4, 7, 0x1e, 0, 0x42, 0}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var m []Measure
			for b.Loop() {
				v, err := Decode(c.uuid, c.value)
				if err != nil {
					b.Fatal(err)
				}
				m = v.Measures(m[:0])
			}
		})
	}
}
