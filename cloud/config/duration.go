package config

import (
	"time"

	"osmanthus/internal/yamlfile"
)

// Duration is a time with its unit, as in "12h" or "1m30s".
type Duration time.Duration

// UnmarshalYAML reads a duration; a number without a unit is a mistake.
func (d *Duration) UnmarshalYAML(n *yamlfile.Node) error {
	return yamlfile.Duration(n, (*time.Duration)(d), `"12h" or "1m30s"`)
}

// String returns the duration with its unit.
func (d Duration) String() string { return time.Duration(d).String() }
