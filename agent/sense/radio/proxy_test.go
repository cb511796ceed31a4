package radio

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"testing"

	"osmanthus/care"
)

// hallProxy is an ESPHome device that is not encrypted, as far as it is needed:
// it greets, and when it is asked for advertisements it hands over one.
func hallProxy(t *testing.T, conn net.Conn, advert []byte) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	send := func(kind byte, payload []byte) {
		conn.Write(append([]byte{0, byte(len(payload)), kind}, payload...))
	}
	for {
		if _, err := in.ReadByte(); err != nil {
			return
		}
		size, err := binary.ReadUvarint(in)
		if err != nil {
			return
		}
		kind, err := binary.ReadUvarint(in)
		if err != nil {
			return
		}
		if _, err := io.CopyN(io.Discard, in, int64(size)); err != nil {
			return
		}
		switch kind {
		case 1: // HelloRequest
			send(2, []byte{0x08, 1, 0x10, 10, 0x22, 4, 'h', 'a', 'l', 'l'})
		case 9: // DeviceInfoRequest
			send(10, nil)
		case 66: // SubscribeBluetoothLEAdvertisementsRequest
			send(93, advert)
		}
	}
}

// An ESPHome proxy hands over a press, hangs up, and is found again.
func TestAProxyThatHangsUpIsFoundAgain(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	packet := func(number byte) []byte {
		structures := []byte{2, 1, 6, 8, 0x16, 0xD2, 0xFC, 0x44, 0x00, number, 0x3A, 0x01}
		one := binary.AppendUvarint([]byte{0x08}, 0xA4C1388D18B2)
		one = append(one, 0x10, 119, 0x22, byte(len(structures))) // -60 dBm
		one = append(one, structures...)
		return append([]byte{0x0A, byte(len(one))}, one...)
	}
	go func() {
		for number := byte(1); ; number++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if number == 1 {
				go func() { hallProxy(t, conn, packet(1)) }()
				continue
			}
			hallProxy(t, conn, packet(number))
		}
	}()
	hub, notes := startHub(t, Spec{Name: "hall", Kind: "esphome", Address: l.Addr().String()}, []Device{device("callpoint")}, Opts{})
	until(t, "press", func() bool { return len(notes.of("s-1", care.ButtonPress)) == 1 })
	hub.stations[0].restart <- struct{}{}
	until(t, "press by the second connection", func() bool { return len(notes.of("s-1", care.ButtonPress)) == 2 })
	if best := hub.Best(tagAddress); len(best) != 1 || best[0].RSSI != -60 {
		t.Errorf("%+v", best)
	}
}
