package sensirion

import (
	"encoding/hex"
	"errors"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/internal/faultbus"
	"osmanthus/drivers/internal/playback"
	"osmanthus/drivers/internal/vectors"

	"periph.io/x/conn/v3/i2c/i2ctest"
)

func TestCRCOfTheDataSheet(t *testing.T) {
	if got := CRC([]byte{0xBE, 0xEF}); got != 0x92 {
		t.Errorf("%#02x, want 0x92", got)
	}
}

func TestVectors(t *testing.T) {
	all := vectors.For(t, "sensirion-crc8")
	passed := 0
	for _, v := range all {
		var want struct{ CRC string }
		vectors.Into(t, v.Expected, &want)
		if got := hex.EncodeToString([]byte{CRC(vectors.Hex(t, v.InputHex))}); got != want.CRC {
			t.Errorf("%s: %s, want %s", v.Name, got, want.CRC)
			continue
		}
		passed++
	}
	t.Logf("sensirion-crc8: %d/%d", passed, len(all))
}

func TestASetCommandCarriesItsCheckSum(t *testing.T) {
	bus := playback.New(t,
		i2ctest.IO{Addr: 0x62, W: []byte{0x24, 0x27, 0x01, 0x90, 0x4C}}) // altitude 400 m, as Sensirion's own driver sends it
	if err := New(bus, 0x62, "scd4x").Set(0x2427, 400); err != nil {
		t.Error(err)
	}
}

// busy acknowledges nothing for a while, as a sensor that measures.
type busy struct {
	faultbus.Bus
	until time.Time
}

func (b *busy) Tx(_ uint16, _, r []byte) error {
	if time.Now().Before(b.until) {
		return syscall.EREMOTEIO
	}
	copy(r, []byte{0xBE, 0xEF, 0x92})
	return nil
}

func TestASensorThatStillMeasuresIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &busy{until: time.Now().Add(3 * time.Millisecond)}
		c := New(b, 0x44, "sht3x")
		var word [1]uint16
		if err := c.Await(word[:], 4*time.Millisecond); err != nil || word[0] != 0xBEEF {
			t.Errorf("%#x, %v", word, err)
		}
		b.until = time.Now().Add(time.Hour)
		if err := c.Await(word[:], 4*time.Millisecond); !drivers.NoAnswer(err) || word[0] != 0 {
			t.Errorf("%#x, %v", word, err)
		}
	})
}

func FuzzWords(f *testing.F) {
	f.Add([]byte{0xBE, 0xEF, 0x92})
	f.Add([]byte{0x02, 0x2C, 0xA3, 0x67, 0x0D, 0x36, 0x4D, 0x08, 0xF1})
	f.Add([]byte{0xFF, 0xFF})
	f.Fuzz(func(t *testing.T, raw []byte) {
		dst := make([]uint16, len(raw)/3)
		err := Words(dst, raw)
		for i, v := range dst {
			if err != nil && v != 0 {
				t.Fatalf("word %d is %#x although %v", i, v, err)
			}
			if err == nil && CRC([]byte{byte(v >> 8), byte(v)}) != raw[3*i+2] {
				t.Fatalf("word %d passes with check sum %#02x", i, raw[3*i+2])
			}
		}
		if err != nil && len(raw)%3 == 0 && !errors.Is(err, drivers.ErrChecksum) {
			t.Fatal(err)
		}
	})
}

func BenchmarkWords(b *testing.B) {
	raw := []byte{0x02, 0x2C, 0xA3, 0x67, 0x0D, 0x36, 0x4D, 0x08, 0xF1}
	var dst [3]uint16
	b.ReportAllocs()
	for b.Loop() {
		if err := Words(dst[:], raw); err != nil {
			b.Fatal(err)
		}
	}
}
