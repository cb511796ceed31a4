package esphome

import (
	"time"

	"osmanthus/drivers/advert"
)

// Numbers of messages.
const (
	msgHelloRequest       = 1
	msgHelloResponse      = 2
	msgDisconnectRequest  = 5
	msgDisconnectResponse = 6
	msgPingRequest        = 7
	msgPingResponse       = 8
	msgDeviceInfoRequest  = 9
	msgDeviceInfoResponse = 10
	msgGetTimeRequest     = 36
	msgGetTimeResponse    = 37
	msgSubscribeAdverts   = 66
	msgDevice             = 68
	msgDeviceResponse     = 69
	msgServicesRequest    = 70
	msgServices           = 71
	msgServicesDone       = 72
	msgRead               = 73
	msgReadResponse       = 74
	msgWrite              = 75
	msgWriteDescriptor    = 77
	msgNotify             = 78
	msgNotified           = 79
	msgSubscribeSlots     = 80
	msgSlots              = 81
	msgError              = 82
	msgWriteResponse      = 83
	msgNotifyResponse     = 84
	msgPairResponse       = 85
	msgCacheCleared       = 88
	msgRawAdverts         = 93
)

// apiMajor is the version of the API that is spoken; apiMinor the least that
// has raw advertisements.
const (
	apiMajor = 1
	apiMinor = 10
)

func hello(client string) message {
	return message(nil).text(1, client).number(2, apiMajor).number(3, apiMinor)
}

// subscribe asks for raw advertisements.
func subscribe() message { return message(nil).number(1, 1) }

func address(v uint64) (a advert.Address) {
	for i := range a {
		a[5-i] = byte(v >> (8 * i))
	}
	return a
}

// helloResponse reads the device's name, and refuses another major version.
func helloResponse(b []byte) (name string, err error) {
	major := uint64(0)
	err = fields(b, func(f field) error {
		switch f.number {
		case 1:
			major = f.value
		case 4:
			name = string(f.bytes)
		}
		return nil
	})
	if err == nil && major != apiMajor {
		err = protocol("version %d of the API", major)
	}
	return name, err
}

// What a proxy can do: bits of its feature flags.
const (
	activeConnections = 1 << 1
	remoteCaching     = 1 << 2
	pairing           = 1 << 3
	cacheClearing     = 1 << 4
	rawAdvertising    = 1 << 5
)

// deviceInfo reads what a proxy can do; 0 is not said.
func deviceInfo(b []byte) (features uint64, err error) {
	err = fields(b, func(f field) error {
		if f.number == 15 {
			features = f.value
		}
		return nil
	})
	return features, err
}

// Heard is one advertisement that a proxy heard.
type Heard struct {
	advert.Advert
	Random bool   // the address is a random one
	Raw    []byte // the structures as they were sent, advertisement before scan response
}

// rawAdverts reads a batch. One that is malformed does not hide its neighbours.
func rawAdverts(b []byte, emit func(Heard)) error {
	return fields(b, func(f field) error {
		if f.number != 1 || f.kind != wireBytes {
			return nil
		}
		var h Heard
		err := fields(f.bytes, func(f field) error {
			switch f.number {
			case 1:
				h.Address = address(f.value)
			case 2:
				h.RSSI = int8(max(min(zigzag(f.value), 127), -128))
			case 3:
				h.Random = f.value == 1
			case 4:
				h.Raw = append([]byte(nil), f.bytes...)
			}
			return nil
		})
		if err != nil {
			return nil // its neighbours are whole
		}
		h.Parse(h.Raw) // what is not understood of it is not there
		emit(h)
		return nil
	})
}

// timeResponse is the clock of the gateway.
func timeResponse(now time.Time) message { return message(nil).fixed32(1, uint32(now.Unix())) }
