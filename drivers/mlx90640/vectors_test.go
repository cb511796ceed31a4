package mlx90640

import (
	"encoding/binary"
	"math"
	"strconv"
	"testing"

	"osmanthus/drivers/internal/vectors"
)

// dump is a chip as it was recorded.
type dump struct {
	EEPROM     string `json:"eeprom_hex_be_words"`
	Frame0     string `json:"frame_subpage0_hex"`
	Frame1     string `json:"frame_subpage1_hex"`
	Control    string `json:"control_register"`
	Emissivity float64
}

func words(t *testing.T, text string) (w [832]uint16) {
	t.Helper()
	b := vectors.Hex(t, text)
	if len(b) != 2*len(w) {
		t.Fatalf("%d bytes are not %d words", len(b), len(w))
	}
	for i := range w {
		w[i] = binary.BigEndian.Uint16(b[2*i:])
	}
	return w
}

// play runs both subpages of a dump through the calibration, and returns the
// state of the chip during the first.
func play(t *testing.T, d dump) (img [pixels]float64, first state) {
	t.Helper()
	control, err := strconv.ParseUint(d.Control, 16, 16)
	if err != nil {
		t.Fatal(err)
	}
	ee := words(t, d.EEPROM)
	c := newCalibration(&ee)
	for subpage, text := range []string{d.Frame0, d.Frame1} {
		ram := words(t, text)
		s, err := c.state(&ram, uint16(control))
		if err != nil {
			t.Fatal(err)
		}
		if subpage == 0 {
			first = s
		}
		c.image(&img, &ram, s, subpage, d.Emissivity, s.ta-8)
	}
	return img, first
}

func TestVectors(t *testing.T) {
	all := vectors.For(t, "mlx90640")
	images := map[string][pixels]float64{}
	passed := 0
	for _, v := range all {
		ok := t.Run(v.Name, func(t *testing.T) {
			var d dump
			vectors.Into(t, v.Input, &d)
			if d.Frame0 == "" {
				parameters(t, v, d)
				return
			}
			img, s := play(t, d)
			images[v.Name] = img
			var want struct {
				Pixels  []float64 `json:"temperatures_C"`
				Epsilon float64   `json:"epsilon_C"`
				Ta      float64   `json:"ta_C"`
				Vdd     float64   `json:"vdd_V"`
			}
			vectors.Into(t, v.Expected, &want)
			worst := 0.0
			for p, w := range want.Pixels {
				worst = max(worst, math.Abs(img[p]-w))
			}
			t.Logf("%d pixels, at most %.5f °C off; Ta %.3f °C, Vdd %.4f V", len(want.Pixels), worst, s.ta, s.vdd)
			if len(want.Pixels) != pixels || worst > want.Epsilon || math.Abs(s.ta-want.Ta) > want.Epsilon || math.Abs(s.vdd-want.Vdd) > 1e-4 {
				t.Errorf("want Ta %v, Vdd %v, pixels to %v", want.Ta, want.Vdd, want.Epsilon)
			}
		})
		if ok {
			passed++
		}
	}
	t.Logf("mlx90640: %d/%d", passed, len(all))

	single := vectors.For(t, "mlx90640-pixel")
	passed = 0
	for _, v := range single {
		var in struct {
			Use   string
			Pixel int
		}
		want := map[string]float64{}
		vectors.Into(t, v.Input, &in)
		vectors.Into(t, v.Expected, &want)
		img, known := images[in.Use]
		if got := img[in.Pixel]; !known || math.Abs(got-want["temperature_C"]) > v.Tolerance["temperature_C"] {
			t.Errorf("%s: %v, want %v", v.Name, got, want["temperature_C"])
			continue
		}
		passed++
	}
	t.Logf("mlx90640-pixel: %d/%d", passed, len(single))
}

// parameters compares the unpacked EEPROM, as far as the vector has digits.
func parameters(t *testing.T, v vectors.Vector, d dump) {
	ee := words(t, d.EEPROM)
	c := newCalibration(&ee)
	got := map[string]any{
		"kVdd": c.kVdd, "vdd25": c.vdd25, "KvPTAT": c.kvPTAT, "KtPTAT": c.ktPTAT, "vPTAT25": c.vPTAT25,
		"alphaPTAT": c.alphaPTAT, "gainEE": c.gain, "tgc": c.tgc, "cpKv": c.cpKv, "cpKta": c.cpKta,
		"resolutionEE": float64(c.resolution), "KsTa": c.ksTa, "cpAlpha": c.cpAlpha[:], "cpOffset": c.cpOffset[:],
		"ct": c.ct[:], "ksTo": c.ksTo[:], "ilChessC": c.ilChess[:],
		"alpha": c.alpha[:], "offset": c.offset[:], "kta": c.kta[:], "kv": c.kv[:],
	}
	var want map[string]any
	vectors.Into(t, v.Expected, &want)
	near := func(name string, got, want float64) {
		// The vectors round what is no whole number, some to a single digit.
		if math.Abs(got-want) > 2e-3*math.Abs(want)+1e-15 {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	for name, w := range want {
		switch w := w.(type) {
		case float64:
			g, known := got[name].(float64)
			if !known {
				t.Errorf("%s is not known", name)
			}
			near(name, g, w)
		case []any:
			g, _ := got[name].([]float64)
			if len(g) < len(w) {
				t.Errorf("%s: %v, want %v", name, got[name], w)
				continue
			}
			for i := range w {
				near(name, g[i], w[i].(float64))
			}
		default:
			t.Errorf("%s: what is %v?", name, w)
		}
	}
}
