package advert

import (
	"encoding/binary"
	"fmt"
)

// switchBotCompany is the company identifier under which SwitchBot sends.
const switchBotCompany = 0x0969

// lineFamilies are contacts, motion sensors, buttons and what moves curtains.
var lineFamilies = []family{
	{maker: "SwitchBot", model: "Contact Sensor", service: 0x0D00, sizes: []int{9}, is: []byteIs{{0, 0x64}}, fields: switchBotPower, more: switchBotContact},
	{maker: "SwitchBot", model: "Contact Sensor", service: 0xFD3D, sizes: []int{9}, is: []byteIs{{0, 0x64}}, fields: switchBotPower, more: switchBotContact},
	{maker: "SwitchBot", model: "Motion Sensor", service: 0x0D00, sizes: []int{6}, is: []byteIs{{0, 0x73}}, fields: switchBotMotion},
	{maker: "SwitchBot", model: "Motion Sensor", service: 0xFD3D, sizes: []int{6}, is: []byteIs{{0, 0x73}}, fields: switchBotMotion},
	{maker: "SwitchBot", model: "Bot", service: 0x0D00, least: 3, is: []byteIs{{0, 0x48}}, fields: switchBotPower},
	{maker: "SwitchBot", model: "Bot", service: 0xFD3D, least: 3, is: []byteIs{{0, 0x48}}, fields: switchBotPower},
	{maker: "SwitchBot", model: "Curtain", service: 0x0D00, least: 5, is: []byteIs{{0, 0x63}}, fields: switchBotCurtain},
	{maker: "SwitchBot", model: "Curtain", service: 0xFD3D, least: 5, is: []byteIs{{0, 0x63}}, fields: switchBotCurtain},
	{maker: "SwitchBot", model: "Curtain 3", service: 0xFD3D, least: 5, is: []byteIs{{0, 0x7B}}, fields: switchBotCurtain},
	{maker: "SwitchBot", model: "Blind Tilt", company: switchBotCompany, names: []string{"WoBlindTilt"}, least: 10, more: blindTilt},

	{maker: "NodOn", model: "NIU", service: serviceZero, sizes: []int{16}, is: []byteIs{{0, 0x02}, {1, 0x59}}, fields: []place{percent("battery", 12)}, more: niu},
	{maker: "Feasycom", model: "BP103B", service: 0xFFF0, sizes: []int{11}, is: []byteIs{{0, 0x29}}, fields: []place{percent("battery", 10)}},
	{maker: "Oras", model: "Smart faucet", company: 0x0131, names: []string{"Smart Faucet"}, least: 2, fields: []place{percent("battery", 1)}},
}

var switchBotPower = []place{percent("battery", 2)}

var switchBotMotion = []place{percent("battery", 2), bit("motion", 1, 6)}

var switchBotCurtain = []place{
	percent("battery", 2), percent("position", 3), bit("calibrated", 1, 6), bit("moving", 3, 7),
	{name: "light_level", at: 4, size: 1, mask: 0xF0, shift: 4, div: 1, unit: "1"},
}

// switchBotContact is closed, open, or open for so long that the maker's own
// clock ran out. No example of a closed one was seen.
func switchBotContact(r *Report, _ *Advert, b []byte) error {
	const closed, open, leftOpen = 0, 1, 2
	switch state := b[3] >> 1 & 3; state {
	case closed, open, leftOpen:
		r.state("door", state != closed)
		r.state("left_open", state == leftOpen)
	default:
		return malformed("contact in state %d", state)
	}
	r.state("motion", b[1]&0x40 != 0)
	r.add("presses", float64(b[8]&0x0F), "1")
	return nil
}

// blindTilt stands between 0, closed downwards, and 100, closed upwards.
func blindTilt(r *Report, a *Advert, b []byte) error {
	tilt := int(b[8] & 0x7F)
	r.state("moving", b[8]&0x80 != 0)
	r.add("position", float64(2*min(tilt, 100-tilt)), "%")
	if s, ok := a.Service(0xFD3D); ok && len(s) >= 3 {
		r.add("battery", float64(s[2]&0x7F), "%")
	}
	return nil
}

// niuEvents are the ways to press NodOn's button, by their number. Letting go
// of it is none: that this is 4, between long and triple, no example shows.
var niuEvents = map[byte]string{1: "press", 2: "double_press", 3: "long_press", 5: "triple_press"}

func niu(r *Report, _ *Advert, b []byte) error {
	r.Packet, r.Bits = uint32(binary.BigEndian.Uint16(b[13:])), 16
	const release = 4
	text, ok := niuEvents[b[15]]
	switch {
	case b[15] == release || b[15] == 0:
		return nil
	case !ok: // whatever it is, somebody pressed
		text = fmt.Sprintf("press_%d", b[15])
	}
	r.Values = append(r.Values, Value{Name: "button", Kind: Event, Text: text, Number: 1})
	return nil
}

// elaMagnet counts in its upper 15 bits how often the magnet came and went; the
// lowest says that it is there. One example, of an open door, was seen.
func elaMagnet(r *Report, _ *Advert, b []byte) error {
	w := binary.LittleEndian.Uint16(b)
	r.state("door", w&1 == 0)
	r.add("changes", float64(w>>1), "1")
	return nil
}
