package ld2410

import (
	"encoding/binary"
	"fmt"
)

// Commands. All but EnableConfig need configuration mode, in which the module
// reports nothing.
const (
	EnableConfig    = 0xFF
	EndConfig       = 0xFE
	SetLimits       = 0x60 // farthest gates and how long somebody is taken to stay
	ReadParameters  = 0x61
	EngineeringOn   = 0x62
	EngineeringOff  = 0x63
	SetSensitivity  = 0x64
	ReadFirmware    = 0xA0
	SetBaud         = 0xA1
	FactoryReset    = 0xA2
	Restart         = 0xA3 // then half a second of garbage
	SetBluetooth    = 0xA4
	ReadMAC         = 0xA5
	SetResolution   = 0xAA
	ReadResolution  = 0xAB
	SetLightControl = 0xAD
)

// Command builds the frame of a command.
func Command(word uint8, value []byte) []byte {
	b := binary.LittleEndian.AppendUint32(make([]byte, 0, envelope+2+len(value)), commandHead)
	b = binary.LittleEndian.AppendUint16(b, uint16(2+len(value)))
	b = append(b, word, 0)
	b = append(b, value...)
	return binary.LittleEndian.AppendUint32(b, commandTail)
}

// Send sends a command. Its answer comes by Sense.
func (d *Dev) Send(word uint8, value []byte) error {
	if _, err := d.line.Port.Write(Command(word, value)); err != nil {
		return fmt.Errorf("ld2410: sending command %#02x: %w", word, err)
	}
	return nil
}
