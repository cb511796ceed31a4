package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"osmanthus/internal/yamlfile"
)

// Duration is a time with its unit, as in "1s", "250ms" or "2h30m".
type Duration time.Duration

// UnmarshalYAML reads a duration; a number without a unit is a mistake.
func (d *Duration) UnmarshalYAML(n *yamlfile.Node) error {
	return yamlfile.Duration(n, (*time.Duration)(d), `"1s" or "250ms"`)
}

// String returns the duration with its unit.
func (d Duration) String() string { return time.Duration(d).String() }

// Time is an instant with its offset, as in "2026-12-31T08:00:00+08:00".
type Time struct{ time.Time }

// UnmarshalYAML reads an instant; without an offset it is a mistake.
func (t *Time) UnmarshalYAML(n *yamlfile.Node) error {
	v, err := time.Parse(time.RFC3339, n.Value)
	if err != nil {
		t.Time = time.Unix(0, 0) // it is there, so it is not also missing
		return yamlfile.Refuse(n, `%q is not a time with its offset, as in "2026-12-31T08:00:00+08:00"`, n.Value)
	}
	t.Time = v
	return nil
}

// Size is a number of bytes, with its unit: B, KiB, MiB or GiB.
type Size int64

var sizeUnits = []struct {
	name  string
	bytes float64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"B", 1}}

// UnmarshalYAML reads a size; a number without a unit is a mistake.
func (s *Size) UnmarshalYAML(n *yamlfile.Node) error {
	for _, u := range sizeUnits {
		number, ok := strings.CutSuffix(n.Value, u.name)
		if !ok {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(v >= 0) || v*u.bytes > math.MaxInt64/2 {
			break
		}
		*s = Size(v * u.bytes)
		return nil
	}
	return yamlfile.Refuse(n, `%q is not a size with its unit, as in "64 MiB"`, n.Value)
}

// String returns the size in the largest unit that leaves it whole.
func (s Size) String() string {
	for _, u := range []struct {
		name  string
		bytes Size
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if s != 0 && s%u.bytes == 0 {
			return fmt.Sprintf("%d %s", s/u.bytes, u.name)
		}
	}
	return fmt.Sprintf("%d B", int64(s))
}

// Address is a 7-bit bus address, written as in 0x57.
type Address uint16

// UnmarshalYAML reads an address, hexadecimal or decimal.
func (a *Address) UnmarshalYAML(n *yamlfile.Node) error {
	v, err := strconv.ParseUint(n.Value, 0, 16)
	if err != nil || v < 0x08 || v > 0x77 {
		return yamlfile.Refuse(n, "%q is not a 7-bit bus address, 0x08 to 0x77", n.Value)
	}
	*a = Address(v)
	return nil
}

// String returns the address as in "0x57".
func (a Address) String() string { return fmt.Sprintf("%#02x", uint16(a)) }
