package eval

import (
	"bytes"
	"encoding/hex"
	"math"

	"osmanthus/agent/eval/recordings"
	"osmanthus/care"
)

// oximeterNight evaluates a whole night at a finger oximeter of a healthy
// person, from the frames of its notifications.
func oximeterNight(e *Eval) error {
	night, err := recordings.OximeterNight()
	if err != nil {
		return err
	}
	e.Heading("A healthy night at a finger oximeter (ble-captures)")
	var at, values []float64
	var stream frames
	low, none := math.Inf(1), 0
	for _, n := range night {
		raw, err := hex.DecodeString(n.Raw)
		if err != nil {
			continue
		}
		for _, v := range stream.take(raw) {
			at, values = append(at, n.At.Sub(night[0].At).Seconds()), append(values, v)
			if v == 0 {
				none++
			} else {
				low = min(low, v)
			}
		}
	}
	heard, err := spo2("night", at, values)
	if err != nil {
		return err
	}
	clinical, technical := 0, 0
	for _, a := range heard.Alerts {
		switch {
		case a.State != care.Confirmed:
		case a.Kind.Technical():
			technical++
		default:
			clinical++
		}
	}
	hours := heard.Seconds / 3600
	t := NewTable("notifications", "whole frames of values", "damaged", "hours", "lowest %", "without a finger", "desaturation alerts", "an hour", "technical alerts")
	t.Row(len(night), len(values), stream.damaged, hours, low, none, clinical, Rate(clinical, hours), technical)
	e.Table(t)
	return nil
}

// frames finds the frames of a PC-60FW oximeter in the slices of its
// notifications: AA 55, a class, a length, a type and data, and a CRC-8 of
// Maxim's polynomial over all before it. What is damaged is passed over.
type frames struct {
	rest    []byte
	damaged int
}

const (
	frameOfValues = 0x0f
	typeOfValues  = 0x01
)

// take returns the SpO2 of the frames that a slice completes, in %.
func (f *frames) take(slice []byte) (spo2 []float64) {
	f.rest = append(f.rest, slice...)
	for {
		i := bytes.Index(f.rest, []byte{0xaa, 0x55})
		if i < 0 { // at most the first half of a beginning
			f.rest = f.rest[max(len(f.rest)-1, 0):]
			return spo2
		}
		f.rest = f.rest[i:]
		if len(f.rest) < 4 {
			return spo2
		}
		n := 4 + int(f.rest[3])
		switch {
		case n > 32 || n < 6:
			f.rest, f.damaged = f.rest[1:], f.damaged+1
		case len(f.rest) < n:
			return spo2
		case crc8(f.rest[:n-1]) != f.rest[n-1]:
			f.rest, f.damaged = f.rest[1:], f.damaged+1
		default:
			if f.rest[2] == frameOfValues && f.rest[4] == typeOfValues {
				spo2 = append(spo2, float64(f.rest[5]))
			}
			f.rest = f.rest[n:]
		}
	}
}

func crc8(b []byte) (c byte) {
	for _, x := range b {
		c ^= x
		for range 8 {
			if c&1 != 0 {
				c = c>>1 ^ 0x8c
			} else {
				c >>= 1
			}
		}
	}
	return c
}
