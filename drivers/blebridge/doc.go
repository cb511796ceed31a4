// Package blebridge reads what bridges for Bluetooth Low Energy send: boxes that
// hear tags and bands where the gateway does not.
//
// OpenMQTTGateway and Theengs Gateway publish JSON by MQTT, Shelly gateways send
// events by MQTT or a socket. What a bridge sends raw is decoded by package
// advert; what it decoded itself is taken only where nothing raw is there.
package blebridge

import (
	"errors"
	"fmt"

	"osmanthus/drivers/advert"
)

// ErrMalformed is what every message comes to that is none of the bridge.
var ErrMalformed = errors.New("blebridge: malformed message")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

// Heard is one advertisement that a bridge heard.
type Heard struct {
	Bridge string // its name, as far as the message says
	// Advert is what was sent over the air, as far as the bridge gives it.
	Advert advert.Advert
	Raw    []byte // the same as it was sent, where the bridge gives all of it
	// Decoded is what the bridge made of it, nil where it made nothing.
	Decoded *advert.Report
	// Distance is an estimate in m of the bridge; no decision hangs on it.
	Distance float64
}

// Report decodes what was heard: the raw bytes where they are there and known,
// else what the bridge decoded.
func (h *Heard) Report(key []byte) (advert.Report, error) {
	r, err := advert.Decode(&h.Advert, key)
	if errors.Is(err, advert.ErrUnknown) && h.Decoded != nil {
		return *h.Decoded, nil
	}
	return r, err
}
