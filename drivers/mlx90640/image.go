package mlx90640

import (
	"errors"
	"math"
)

// errReference is what auxiliary words say that no working chip sends.
var errReference = errors.New("its supply or its own temperature cannot be: check its 3.3 V")

// state is what the auxiliary words of one subpage say of the chip: section
// "Temperature calculation".
type state struct {
	vdd, ta float64    // V, °C
	gain    float64    // of this measurement against the factory's
	cp      [2]float64 // compensation pixels, without their offset
	chess   bool
}

const kelvin = 273.15

func word(w uint16) float64 { return float64(int16(w)) }

func (c *calibration) state(ram *[ramWords]uint16, control uint16) (state, error) {
	s := state{chess: control&controlChess != 0}
	resolution := math.Exp2(float64(c.resolution - bits(control, controlResolution, 2)))
	s.vdd = (resolution*word(ram[auxVdd])-c.vdd25)/c.kVdd + 3.3
	dv := s.vdd - 3.3

	ptat := word(ram[auxPTAT])
	art := ptat / (ptat*c.alphaPTAT + word(ram[auxVbe])) * (1 << 18)
	s.ta = (art/(1+c.kvPTAT*dv)-c.vPTAT25)/c.ktPTAT + 25
	s.gain = c.gain / word(ram[auxGain])
	// Far beyond what the chip can stand: 3.0 to 3.6 V, −40 to 85 °C.
	if !(s.vdd > 2 && s.vdd < 5 && s.ta > -60 && s.ta < 150) || math.IsInf(s.gain, 0) {
		return state{}, errReference
	}
	drift := (1 + c.cpKta*(s.ta-25)) * (1 + c.cpKv*dv)
	for i, raw := range [2]uint16{ram[auxCP0], ram[auxCP1]} {
		offset := c.cpOffset[i]
		if i == 1 && s.chess != c.chess {
			offset += c.ilChess[0]
		}
		s.cp[i] = word(raw)*s.gain - offset*drift
	}
	return s, nil
}

// image sets those pixels of dst that the subpage holds, in °C. Broken pixels
// come out, too. reflected is the temperature, in °C, of what shines onto the
// object and is sent back by it.
func (c *calibration) image(dst *[pixels]float64, ram *[ramWords]uint16, s state, subpage int, emissivity, reflected float64) {
	dv, dt := s.vdd-3.3, s.ta-25
	ta4, tr4 := math.Pow(s.ta+kelvin, 4), math.Pow(reflected+kelvin, 4)
	tar := tr4 - (tr4-ta4)/emissivity
	cpAlpha := c.tgc * c.cpAlpha[subpage]
	cp := c.tgc * s.cp[subpage]
	drift := 1 + c.ksTa*dt
	for p := range pixels {
		row := p / Width % 2
		pattern := row
		if s.chess {
			pattern = row ^ p%2
		}
		if pattern != subpage {
			continue
		}
		ir := word(ram[p])*s.gain - c.offset[p]*(1+c.kta[p]*dt)*(1+c.kv[p]*dv)
		if s.chess != c.chess {
			sign := ((p+2)/4 - (p+3)/4 + (p+1)/4 - p/4) * (1 - 2*row)
			ir += c.ilChess[2]*float64(2*row-1) - c.ilChess[1]*float64(sign)
		}
		ir = (ir - cp) / emissivity
		dst[p] = c.object(ir, (c.alpha[p]-cpAlpha)*drift, tar)
	}
}

// object is the temperature, in °C, that sends so much infrared: first by the
// sensitivity at 0 °C, then by that of the range in which the result lies.
func (c *calibration) object(ir, alpha, tar float64) float64 {
	first := math.Sqrt(math.Sqrt(alpha*alpha*alpha*(ir+alpha*tar))) * c.ksTo[1]
	to := math.Sqrt(math.Sqrt(ir/(alpha*(1-c.ksTo[1]*kelvin)+first)+tar)) - kelvin
	r := 3
	switch {
	case to < c.ct[1]:
		r = 0
	case to < c.ct[2]:
		r = 1
	case to < c.ct[3]:
		r = 2
	}
	return math.Sqrt(math.Sqrt(ir/(alpha*c.alphaCorr[r]*(1+c.ksTo[r]*(to-c.ct[r])))+tar)) - kelvin
}

// repair gives pixels without a value of their own the mean of those of their
// eight neighbours that have one. Where no neighbour has, the pixel is lost: no
// number. It reports how many are.
func (c *calibration) repair(img *[pixels]float64) (lost int) {
	seen := *img // what was repaired is no value of its own
	sound := func(p int) bool { return !c.bad[p] && !math.IsNaN(seen[p]) }
	for p := range pixels {
		if sound(p) {
			continue
		}
		sum, n := 0.0, 0
		for row := max(p/Width-1, 0); row <= min(p/Width+1, Height-1); row++ {
			for column := max(p%Width-1, 0); column <= min(p%Width+1, Width-1); column++ {
				if q := row*Width + column; sound(q) {
					sum += seen[q]
					n++
				}
			}
		}
		if n == 0 {
			lost++
		}
		img[p] = sum / float64(n) // 0/0 is no number
	}
	return lost
}
