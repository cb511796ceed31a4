package esphome

import (
	"encoding/binary"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

// What a BluetoothDeviceRequest asks for.
const (
	askConnect        = 0 // of proxies that do not know the next two
	askDisconnect     = 1
	askPair           = 2
	askConnectCached  = 4 // the client knows the services
	askConnectAnew    = 5 // the proxy shall look for the services
	askForgetServices = 6
)

// number returns an address as the API writes it.
func number(a advert.Address) (v uint64) {
	for _, b := range a {
		v = v<<8 | uint64(b)
	}
	return v
}

func deviceRequest(address uint64, ask uint64, random bool) message {
	m := message(nil).number(1, address).number(2, ask)
	switch ask {
	case askConnect, askConnectCached, askConnectAnew:
		kind := uint64(0)
		if random {
			kind = 1
		}
		return m.number(3, 1).number(4, kind)
	}
	return m
}

func readRequest(address uint64, handle uint16) message {
	return message(nil).number(1, address).number(2, uint64(handle))
}

func writeRequest(address uint64, handle uint16, answer bool, value []byte) message {
	m := readRequest(address, handle)
	if answer {
		m = m.number(3, 1)
	}
	return m.text(4, string(value))
}

func writeDescriptorRequest(address uint64, handle uint16, value []byte) message {
	return readRequest(address, handle).text(3, string(value))
}

func notifyRequest(address uint64, handle uint16, enable bool) message {
	on := uint64(0)
	if enable {
		on = 1
	}
	return readRequest(address, handle).number(3, on)
}

// answer is what all messages about a connection have in common: the address
// first, then a handle or a result, then more.
type answer struct {
	address uint64
	second  uint64 // handle, connected, paired, success
	third   uint64 // mtu, error
	fourth  uint64 // error
	data    []byte // of a read or a notification
}

func readAnswer(b []byte) (a answer, err error) {
	err = fields(b, func(f field) error {
		switch {
		case f.kind == wireBytes && f.number == 3:
			a.data = f.bytes
		case f.number == 1:
			a.address = f.value
		case f.number == 2:
			a.second = f.value
		case f.number == 3:
			a.third = f.value
		case f.number == 4:
			a.fourth = f.value
		}
		return nil
	})
	return a, err
}

// free is how many connections a proxy has left.
type free struct {
	free, limit uint64
	allocated   []uint64
}

func readFree(b []byte) (s free, err error) {
	err = fields(b, func(f field) error {
		switch f.number {
		case 1:
			s.free = f.value
		case 2:
			s.limit = f.value
		case 3:
			return numbers(f, func(v uint64) { s.allocated = append(s.allocated, v) })
		}
		return nil
	})
	return s, err
}

// numbers calls each with the values of a repeated number, packed or not.
func numbers(f field, each func(uint64)) error {
	if f.kind != wireBytes {
		each(f.value)
		return nil
	}
	for b := f.bytes; len(b) > 0; {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return protocol("field %d is cut", f.number)
		}
		each(v)
		b = b[n:]
	}
	return nil
}

// characteristic is one of a device, with the handle of the descriptor that
// switches its notifications on, 0 where it has none.
type characteristic struct {
	ble.Characteristic
	config uint16
}

// clientConfig is the Client Characteristic Configuration.
var clientConfig = ble.UUID16(0x2902)

// maxCharacteristics bounds what a device may make us remember.
const maxCharacteristics = 512

// services reads some services of a device and appends their characteristics.
func services(b []byte, to []characteristic) ([]characteristic, error) {
	err := fields(b, func(f field) error {
		if f.number != 2 || f.kind != wireBytes {
			return nil
		}
		var service uuid
		first := len(to)
		err := fields(f.bytes, func(f field) (err error) {
			switch {
			case f.number == 3 && f.kind == wireBytes:
				if len(to) == maxCharacteristics {
					return protocol("more than %d characteristics", maxCharacteristics)
				}
				var c characteristic
				if c, err = readCharacteristic(f.bytes); err == nil {
					to = append(to, c)
				}
			case f.number == 1:
				err = service.add(f)
			case f.number == 4:
				service.short(f.value)
			}
			return err
		})
		for i := range to[first:] {
			to[first+i].Service = service.value()
		}
		return err
	})
	return to, err
}

func readCharacteristic(b []byte) (c characteristic, err error) {
	var id uuid
	err = fields(b, func(f field) (err error) {
		switch {
		case f.number == 4 && f.kind == wireBytes:
			var descriptor uuid
			var handle uint16
			err = fields(f.bytes, func(f field) error {
				switch f.number {
				case 1:
					return descriptor.add(f)
				case 2:
					handle = uint16(f.value)
				case 3:
					descriptor.short(f.value)
				}
				return nil
			})
			if descriptor.value() == clientConfig {
				c.config = handle
			}
		case f.number == 1:
			err = id.add(f)
		case f.number == 2:
			c.Handle = uint16(f.value)
		case f.number == 3:
			c.Properties = ble.Properties(f.value)
		case f.number == 5:
			id.short(f.value)
		}
		return err
	})
	c.UUID = id.value()
	return c, err
}

// uuid is a UUID that comes as two halves or as one short number.
type uuid struct {
	halves [2]uint64
	n      int
	brief  ble.UUID
}

func (u *uuid) add(f field) error {
	return numbers(f, func(v uint64) {
		if u.n < len(u.halves) {
			u.halves[u.n] = v
			u.n++
		}
	})
}

func (u *uuid) short(v uint64) {
	if v != 0 {
		u.brief = ble.UUID16(uint16(v))
		u.brief[0], u.brief[1] = byte(v>>24), byte(v>>16)
	}
}

func (u *uuid) value() (id ble.UUID) {
	if u.n == 0 {
		return u.brief
	}
	binary.BigEndian.PutUint64(id[:8], u.halves[0])
	binary.BigEndian.PutUint64(id[8:], u.halves[1])
	return id
}
