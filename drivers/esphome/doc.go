// Package esphome speaks the native API of ESPHome devices, as far as their
// Bluetooth proxies need it: what they hear is handed on raw, and devices are
// connected to through them.
//
// The connection is TCP, plain or encrypted by
// Noise_NNpsk0_25519_ChaChaPoly_SHA256. We are the client.
package esphome

import (
	"errors"
	"fmt"
)

// ErrProtocol is what every breach of the protocol comes to; the connection is
// over then.
var ErrProtocol = errors.New("esphome: protocol error")

// ErrEncryption is what a device comes to that is set to the other kind of
// connection: plain for encrypted, or encrypted for plain.
var ErrEncryption = errors.New("esphome: the device wants the other kind of connection")

func protocol(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrProtocol, fmt.Sprintf(format, args...))
}
