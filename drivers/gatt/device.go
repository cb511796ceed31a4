package gatt

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Battery is a Battery Level (2A19).
type Battery struct {
	Percent uint8 `json:"percent"`
}

func decodeBattery(c *cursor) Value {
	b := &Battery{c.u8()}
	if b.Percent > 100 {
		c.fail("%d %% of a battery", b.Percent)
	}
	return b
}

// Measures implements Value.
func (b *Battery) Measures(to []Measure) []Measure {
	return append(to, Measure{Metric: "battery_level", Value: float64(b.Percent), Unit: "%"})
}

// Text is one of the strings of the Device Information Service.
type Text struct {
	Text string `json:"text"`
}

func decodeText(c *cursor) Value {
	b := c.take(len(c.b))
	if !utf8.Valid(b) {
		c.fail("not UTF-8")
	}
	return &Text{strings.TrimRight(string(b), "\x00")}
}

// Measures implements Value: there are none.
func (*Text) Measures(to []Measure) []Measure { return to }

// SystemID is who made a device and which it is (2A23).
type SystemID struct {
	ID           string `json:"system_id"`    // 16 hexadecimal digits
	Manufacturer uint64 `json:"manufacturer"` // 40 bits
	OUI          uint32 `json:"oui"`          // 24 bits
}

func decodeSystemID(c *cursor) Value {
	low, high := uint64(c.u32()), uint64(c.u32())
	id := high<<32 | low
	return &SystemID{ID: fmt.Sprintf("%016X", id), Manufacturer: id & (1<<40 - 1), OUI: uint32(id >> 40)}
}

// Measures implements Value: there are none.
func (*SystemID) Measures(to []Measure) []Measure { return to }

// PnP is a PnP ID (2A50).
type PnP struct {
	Source  uint8  `json:"vendor_source"` // 1 Bluetooth SIG, 2 USB Forum
	Vendor  uint16 `json:"vendor"`
	Product uint16 `json:"product"`
	Version uint16 `json:"version"`
}

func decodePnP(c *cursor) Value { return &PnP{c.u8(), c.u16(), c.u16(), c.u16()} }

// Measures implements Value: there are none.
func (*PnP) Measures(to []Measure) []Measure { return to }
