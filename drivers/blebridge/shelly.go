package blebridge

import (
	"encoding/base64"
	"encoding/json"
	"slices"

	"osmanthus/drivers/advert"
)

// event is one event of a Shelly gateway.
type event struct {
	Event string          `json:"event"`
	Data  json.RawMessage `json:"data"`
}

// notification is an event as it comes by itself, or several in an envelope of
// JSON-RPC.
type notification struct {
	Source string `json:"src"`
	Method string `json:"method"`
	Params struct {
		Events []event `json:"events"`
	} `json:"params"`
	event
}

// ParseShelly reads a notification of a Shelly gateway. Events of other
// components are passed over; one that is malformed does not hide its
// neighbours.
func ParseShelly(b []byte) ([]Heard, error) {
	var n notification
	if err := json.Unmarshal(b, &n); err != nil {
		return nil, malformed("%v", err)
	}
	events := n.Params.Events
	if n.Event != "" {
		events = append(events, n.event)
	}
	var out []Heard
	var bad error
	for _, e := range events {
		var some []Heard
		var err error
		switch e.Event {
		case "ble.scan_result":
			some, err = scanResult(e.Data)
		case "shelly-blu":
			some, err = blu(e.Data)
		}
		if err != nil && bad == nil {
			bad = err
		}
		out = append(out, some...)
	}
	for i := range out {
		out[i].Bridge = n.Source
	}
	return out, bad
}

// scanResult reads [1, address, rssi, advertisement, scan response], or [2, list
// of the same without the number].
func scanResult(b []byte) ([]Heard, error) {
	var fields []json.RawMessage
	var version int
	if json.Unmarshal(b, &fields) != nil || len(fields) < 2 || json.Unmarshal(fields[0], &version) != nil {
		return nil, malformed("a scan result: %.80s", b)
	}
	switch version {
	case 1:
		h, err := scanned(fields[1:])
		return []Heard{h}, err
	case 2:
		var list [][]json.RawMessage
		if err := json.Unmarshal(fields[1], &list); err != nil {
			return nil, malformed("a list of scan results: %v", err)
		}
		var out []Heard
		var bad error
		for _, one := range list {
			h, err := scanned(one)
			if err != nil {
				bad = err
				continue
			}
			out = append(out, h)
		}
		return out, bad
	}
	return nil, malformed("a scan result of version %d", version)
}

func scanned(fields []json.RawMessage) (h Heard, err error) {
	var mac, adv, response string
	var rssi int
	if len(fields) < 4 || json.Unmarshal(fields[0], &mac) != nil || json.Unmarshal(fields[1], &rssi) != nil ||
		json.Unmarshal(fields[2], &adv) != nil || json.Unmarshal(fields[3], &response) != nil {
		return h, malformed("a scan result with %d fields", len(fields))
	}
	if h.Advert.Address, err = advert.ParseAddress(mac); err != nil {
		return h, malformed("%v", err)
	}
	h.Advert.RSSI = int8(max(min(rssi, 127), -128))
	for _, part := range []string{adv, response} {
		raw, err := base64.StdEncoding.DecodeString(part)
		if err != nil {
			return h, malformed("%v", err)
		}
		h.Raw = append(h.Raw, raw...)
	}
	h.Advert.Parse(h.Raw) // what is not understood of it is not there
	return h, nil
}

// bluEvent is what the maker's script sends of a BTHome device.
type bluEvent struct {
	Encryption  bool            `json:"encryption"`
	Version     int             `json:"BTHome_version"`
	Packet      *uint32         `json:"pid"`
	Address     string          `json:"address"`
	RSSI        number          `json:"rssi"`
	Battery     number          `json:"battery"`
	Temperature number          `json:"temperature"`
	Humidity    number          `json:"humidity"`
	Illuminance number          `json:"illuminance"`
	Distance    number          `json:"distance"`
	Rotation    number          `json:"rotation"`
	Window      number          `json:"window"`
	Motion      number          `json:"motion"`
	Button      json.RawMessage `json:"button"` // a number, or several
}

// presses are the events of buttons by their number.
var presses = []string{1: "press", 2: "double_press", 3: "triple_press", 4: "long_press"}

const hold = 254

func blu(b []byte) ([]Heard, error) {
	var e bluEvent
	if err := json.Unmarshal(b, &e); err != nil {
		return nil, malformed("%v", err)
	}
	var h Heard
	var err error
	if h.Advert.Address, err = advert.ParseAddress(e.Address); err != nil {
		return nil, malformed("%v", err)
	}
	h.Advert.RSSI = int8(max(min(e.RSSI.Value, 127), -128))
	r := &advert.Report{Format: "bridge", Maker: "Shelly", Model: "BLU", Encrypted: e.Encryption, Verified: e.Encryption}
	if e.Packet != nil {
		r.Packet, r.Bits = *e.Packet&0xFF, 8
	}
	add := func(name string, n number, unit string, kind advert.ValueKind) {
		if n.OK {
			r.Values = append(r.Values, advert.Value{Name: name, Kind: kind, Number: n.Value, Unit: unit})
		}
	}
	add("battery", e.Battery, "%", advert.Quantity)
	add("temperature", e.Temperature, "Cel", advert.Quantity)
	add("humidity", e.Humidity, "%", advert.Quantity)
	add("illuminance", e.Illuminance, "lx", advert.Quantity)
	add("distance", e.Distance, "mm", advert.Quantity)
	add("rotation", e.Rotation, "deg", advert.Quantity)
	add("window", e.Window, "1", advert.State)
	add("motion", e.Motion, "1", advert.State)
	r.Values = append(r.Values, buttons(e.Button)...)
	h.Decoded = r
	return []Heard{h}, nil
}

// buttons reads one press, or one for each button of several; 0 is none.
func buttons(b json.RawMessage) (out []advert.Value) {
	var one int
	several := []int{}
	if json.Unmarshal(b, &one) == nil {
		several = []int{one}
	} else {
		json.Unmarshal(b, &several) // of another kind: none
	}
	for i, n := range several {
		v := advert.Value{Name: "button", Kind: advert.Event}
		if len(several) > 1 {
			v.Index = i + 1
		}
		switch {
		case n == hold:
			v.Text = "hold_press"
		case n > 0 && n < len(presses):
			v.Text = presses[n]
		default:
			continue
		}
		out = append(out, v)
	}
	return slices.Clip(out)
}
