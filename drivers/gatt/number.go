package gatt

import (
	"fmt"
	"math"
	"strconv"
)

// Number is a value of the two floating-point types of IEEE 11073-20601: a
// decimal mantissa and exponent, or one of the words that say why there is no
// value. Not a number is never 0.
type Number struct {
	Value   float64 // 0 where Special says that there is none
	Special Special
}

// Special says why a Number has no value.
type Special uint8

// The special words.
const (
	Finite      Special = iota
	NaN                 // no valid result now
	NRes                // there is a result, not at this resolution
	PlusINF             // beyond what the device can tell, above
	MinusINF            // and below
	ReservedRFU         // reserved for future use
)

var specialNames = [...]string{NaN: "NaN", NRes: "NRes", PlusINF: "+INF", MinusINF: "-INF", ReservedRFU: "RFU"}

// OK reports whether there is a value.
func (n Number) OK() bool { return n.Special == Finite }

// String returns the value or the name of the special word.
func (n Number) String() string {
	if n.OK() {
		return strconv.FormatFloat(n.Value, 'g', -1, 64)
	}
	return specialNames[n.Special]
}

// MarshalJSON writes a number, or the special word's name as a string.
func (n Number) MarshalJSON() ([]byte, error) {
	if n.OK() {
		return fmt.Append(nil, n.String()), nil
	}
	return fmt.Appendf(nil, "%q", n.String()), nil
}

// SFloat reads the 16-bit type: exponent in the upper 4 bits, mantissa in the
// lower 12. A special mantissa is special with the exponent 0 only; with
// another it is no valid word, and no number.
func SFloat(word uint16) Number {
	exponent := int(int16(word)) >> 12
	mantissa := int32(int16(word<<4)) >> 4
	if s := special(mantissa, 1<<11-1); s != Finite {
		if exponent != 0 {
			s = NaN
		}
		return Number{Special: s}
	}
	return decimal(mantissa, exponent)
}

// Float reads the 32-bit type: exponent in the upper 8 bits, mantissa in the
// lower 24.
func Float(word uint32) Number {
	exponent := int(int32(word)) >> 24
	mantissa := int32(word<<8) >> 8
	if s := special(mantissa, 1<<23-1); s != Finite {
		if exponent != 0 {
			s = NaN
		}
		return Number{Special: s}
	}
	return decimal(mantissa, exponent)
}

// special tells the five mantissas around the ends of the range: top is the
// greatest.
func special(mantissa, top int32) Special {
	switch mantissa {
	case top:
		return NaN
	case -top - 1:
		return NRes
	case top - 1:
		return PlusINF
	case -top + 1:
		return MinusINF
	case -top:
		return ReservedRFU
	}
	return Finite
}

// decimal divides by the power instead of multiplying by its inverse: 364 and
// -1 are 36.4, the nearest to it that there is.
func decimal(mantissa int32, exponent int) Number {
	v := float64(mantissa)
	if exponent < 0 {
		return Number{Value: v / math.Pow10(-exponent)}
	}
	return Number{Value: v * math.Pow10(exponent)}
}
