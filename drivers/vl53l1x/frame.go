package vl53l1x

import (
	"encoding/binary"

	"periph.io/x/conn/v3/physic"
)

// Status says how far a distance can be believed.
type Status uint8

// Statuses, by the numbers of ST's driver.
const (
	Valid        Status = 0
	SigmaFail    Status = 1 // scattered too much
	SignalFail   Status = 2 // too little light came back: nothing in reach, or dark
	MinClip      Status = 3 // nearer than can be measured
	OutOfBounds  Status = 4 // the phase fits nothing
	HardwareFail Status = 5
	NoWrapCheck  Status = 6 // good, but whether it is one turn too near was not checked
	WrapAround   Status = 7 // something far away looks near
	XtalkFail    Status = 9
	Unknown      Status = 255
)

// statuses maps the chip's own numbers.
var statuses = map[byte]Status{
	9: Valid, 6: SigmaFail, 4: SignalFail, 8: MinClip, 5: OutOfBounds, 3: HardwareFail,
	19: NoWrapCheck, 7: WrapAround, 12: XtalkFail, 18: 10, 22: 11, 23: 12, 13: 13,
}

// String says what is wrong, if anything is.
func (s Status) String() string {
	switch s {
	case Valid:
		return "valid"
	case SigmaFail:
		return "too scattered"
	case SignalFail:
		return "nothing in reach"
	case MinClip:
		return "too near"
	case OutOfBounds:
		return "out of bounds"
	case HardwareFail:
		return "hardware failure"
	case NoWrapCheck:
		return "not checked for wrap-around"
	case WrapAround:
		return "wrapped around"
	}
	return "not valid"
}

// Frame is what one Sense brought.
type Frame struct {
	// Fresh says that there is a measurement since the Sense before; otherwise
	// everything else is zero.
	Fresh    bool
	Status   Status
	Distance physic.Distance // to be used if Status is Valid only
	// Signal and Ambient are the rates of light that came back and of light
	// that was there anyway, in thousand photons a second.
	Signal, Ambient int
	SPADs           int // detectors that took part
}

// parse reads the result registers.
func parse(raw *[resultBytes]byte) Frame {
	word := func(at int) int { return int(binary.BigEndian.Uint16(raw[at:])) }
	status, known := statuses[raw[resultStatus]&0x1F]
	if !known {
		status = Unknown
	}
	return Frame{
		Fresh: true, Status: status,
		Distance: physic.Distance(word(resultDistance)) * physic.MilliMetre,
		Signal:   8 * word(resultSignal), Ambient: 8 * word(resultAmbient),
		SPADs: word(resultSPADs) >> 8,
	}
}
