package esphome

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/flynn/noise"
)

// suite is Noise_NNpsk0_25519_ChaChaPoly_SHA256.
var suite = noise.NewCipherSuite(noise.DH25519, noise.CipherChaChaPoly, noise.HashSHA256)

// prologue is what both sides have said before: the name and two zeros.
var prologue = []byte("NoiseAPIInit\x00\x00")

// ParseKey reads the key of a device's configuration: 32 bytes in base64.
func ParseKey(s string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(b) != 32 {
		return nil, fmt.Errorf("esphome: the key is not 32 bytes in base64")
	}
	return b, nil
}

// newHandshake begins a handshake as the initiator; random is nil outside of
// tests.
func newHandshake(key, prologue []byte, initiator bool, random io.Reader) (*noise.HandshakeState, error) {
	h, err := noise.NewHandshakeState(noise.Config{CipherSuite: suite, Random: random, Pattern: noise.HandshakeNN,
		Initiator: initiator, Prologue: prologue, PresharedKey: key})
	if err != nil {
		return nil, fmt.Errorf("esphome: beginning the handshake: %w", err)
	}
	return h, nil
}

// serverHello reads a device's greeting: the protocol, its name and address.
func serverHello(body []byte) (name, mac string, err error) {
	if len(body) == 0 || body[0] != 1 {
		return "", "", protocol("unknown protocol")
	}
	parts := bytes.SplitN(body[1:], []byte{0}, 3)
	name = string(parts[0])
	if len(parts) > 1 {
		mac = string(parts[1])
	}
	return name, mac, nil
}

// secret is an encrypted connection after its handshake.
type secret struct{ out, in *noise.CipherState }

// seal makes a frame of a message.
func (s *secret) seal(kind uint64, payload []byte) ([]byte, error) {
	plain := binary.BigEndian.AppendUint16(make([]byte, 0, 4+len(payload)), uint16(kind))
	plain = binary.BigEndian.AppendUint16(plain, uint16(len(payload)))
	body, err := s.out.Encrypt(nil, nil, append(plain, payload...))
	if err != nil {
		return nil, fmt.Errorf("esphome: encrypting: %w", err)
	}
	if len(body) > maxFrame {
		return nil, protocol("a frame of %d bytes", len(body))
	}
	return appendNoise(nil, body), nil
}

// open reads the body of a frame.
func (s *secret) open(body []byte) (frame, error) {
	plain, err := s.in.Decrypt(nil, nil, body)
	if err != nil {
		return frame{}, protocol("a frame does not fit the key")
	}
	if len(plain) < 4 || int(binary.BigEndian.Uint16(plain[2:])) != len(plain)-4 {
		return frame{}, protocol("a frame of %d bytes", len(plain))
	}
	return frame{uint64(binary.BigEndian.Uint16(plain)), plain[4:]}, nil
}
