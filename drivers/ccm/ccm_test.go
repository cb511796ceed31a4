package ccm

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
)

func un(s string) []byte { b, _ := hex.DecodeString(s); return b }

// Packet vectors 1 and 7 of RFC 3610.
func TestRFC3610(t *testing.T) {
	k, err := New(un("c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct{ nonce, header, plain, cipher, tag string }{
		{"00000003020100a0a1a2a3a4a5", "0001020304050607", "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
			"588c979a61c663d2f066d0c2c0f989806d5f6b61dac384", "17e8d12cfdf926e0"},
		{"00000009080706a0a1a2a3a4a5", "0001020304050607", "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
			"0135d1b2c95f41d5d1d4fec185d166b8094e999dfed96c", "048c56602c97acbb7490"},
	} {
		plain, err := k.Open(un(v.nonce), un(v.cipher), un(v.tag), un(v.header))
		if err != nil || !bytes.Equal(plain, un(v.plain)) {
			t.Errorf("opened to %x, %v", plain, err)
		}
		c, tag, err := k.Seal(un(v.nonce), un(v.plain), un(v.header), len(v.tag)/2)
		if err != nil || !bytes.Equal(c, un(v.cipher)) || !bytes.Equal(tag, un(v.tag)) {
			t.Errorf("sealed to %x %x, %v", c, tag, err)
		}
		if _, err := k.Open(un(v.nonce), un(v.cipher), un(v.tag), un("00")); !errors.Is(err, ErrOpen) {
			t.Errorf("another header: %v", err)
		}
	}
}

func TestWhatCannotBe(t *testing.T) {
	if _, err := New([]byte("short")); err == nil {
		t.Error("a key of 5 bytes")
	}
	k, _ := New(make([]byte, 16))
	for _, c := range [][3][]byte{{make([]byte, 6), nil, make([]byte, 4)}, {make([]byte, 14), nil, make([]byte, 4)},
		{make([]byte, 12), nil, make([]byte, 3)}, {make([]byte, 12), make([]byte, 1<<16), make([]byte, 4)}} {
		if _, err := k.Open(c[0], c[1], c[2], nil); err == nil || errors.Is(err, ErrOpen) {
			t.Errorf("nonce %d, text %d, tag %d: %v", len(c[0]), len(c[1]), len(c[2]), err)
		}
	}
}
