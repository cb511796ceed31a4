package proto

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
)

func TestTxRoundTrip(t *testing.T) {
	var wire bytes.Buffer
	if err := Write(&wire, AppendTx(Begin(nil), 0x68, []byte{0x74}, 252)); err != nil {
		t.Fatal(err)
	}
	want := []byte{6, 0, OpTx, 0x68, 0, 252, 0, 0x74}
	if !slices.Equal(wire.Bytes(), want) {
		t.Errorf("% x", wire.Bytes())
	}
	payload, err := Read(&wire, nil)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := ParseTx(payload)
	if err != nil || tx.Addr != 0x68 || tx.ReadLen != 252 || !slices.Equal(tx.Written, []byte{0x74}) {
		t.Errorf("%+v, %v", tx, err)
	}
}

func TestErrorsKeepTheirErrno(t *testing.T) {
	for _, errno := range []error{syscall.EREMOTEIO, syscall.ENXIO, syscall.ETIMEDOUT, syscall.EIO} {
		s := StatusOf(fmt.Errorf("somewhere: %w", errno))
		if err := s.Err(nil); !errors.Is(err, errno) {
			t.Errorf("%v became %v", errno, err)
		}
	}
	if err := StatusOf(io.EOF).Err([]byte("why")); err == nil || !strings.Contains(err.Error(), "why") {
		t.Errorf("%v", err)
	}
	if StatusOf(nil) != OK || OK.Err(nil) != nil {
		t.Error("no error became one")
	}
}

func TestFramesThatAreTooLong(t *testing.T) {
	if err := Write(io.Discard, make([]byte, MaxFrame+3)); !errors.Is(err, ErrFrame) {
		t.Errorf("%v", err)
	}
	if _, err := Read(strings.NewReader("\xff\xff"), nil); !errors.Is(err, ErrFrame) {
		t.Errorf("%v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte{1, 0, 0})
	f.Add([]byte{6, 0, OpTx, 0x68, 0, 252, 0, 0x74})
	f.Add([]byte{0, 0})
	f.Add([]byte{0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, wire []byte) {
		payload, err := Read(bytes.NewReader(wire), nil)
		var buf []byte
		alone, errAlone := ReadAlone(iotest.OneByteReader(bytes.NewReader(wire)), &buf)
		if (err == nil) != (errAlone == nil) || !slices.Equal(alone, payload) {
			t.Fatalf("Read says % x %v, ReadAlone % x %v", payload, err, alone, errAlone)
		}
		if err != nil {
			return
		}
		if len(wire) > 2+len(payload) {
			if _, err := ReadAlone(bytes.NewReader(wire), &buf); !errors.Is(err, ErrFrame) && len(buf) > 2+len(payload) {
				t.Fatalf("more than one frame: %v", err)
			}
		}
		if !slices.Equal(payload, wire[2:2+len(payload)]) {
			t.Fatal("payload differs")
		}
		tx, err := ParseTx(payload)
		if err != nil {
			return
		}
		again := AppendTx(nil, tx.Addr, tx.Written, tx.ReadLen)
		if !slices.Equal(again, payload) {
			t.Fatalf("% x became % x", payload, again)
		}
	})
}

func FuzzParseHeard(f *testing.F) {
	f.Add(AppendHeard(nil, Heard{Address: [6]byte{1, 2, 3, 4, 5, 6}, Connectable: true, RSSI: -70, Structures: []byte{2, 1, 6}}))
	f.Add([]byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, payload []byte) {
		h, err := ParseHeard(payload)
		if err != nil {
			return
		}
		again, err := ParseHeard(AppendHeard(nil, h))
		if err != nil || again.Address != h.Address || again.RSSI != h.RSSI || again.Random != h.Random ||
			again.Connectable != h.Connectable || !slices.Equal(again.Structures, h.Structures[:min(len(h.Structures), MaxFrame-heardHead)]) {
			t.Fatalf("%+v came back as %+v, %v", h, again, err)
		}
	})
}
