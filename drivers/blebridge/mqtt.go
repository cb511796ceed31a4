package blebridge

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"osmanthus/drivers/advert"
)

// number is a number that some bridges put into quotes.
type number struct {
	Value float64
	OK    bool
}

// UnmarshalJSON takes what can be no number for none.
func (n *number) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	n.OK = err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
	if n.OK {
		n.Value = v
	}
	return nil
}

// message is what OpenMQTTGateway and Theengs Gateway publish of one
// advertisement. Keys that are not known are passed over.
type message struct {
	ID           string `json:"id"`
	MAC          string `json:"mac"`
	Name         string `json:"name"`
	RSSI         number `json:"rssi"`
	Distance     number `json:"distance"`
	Manufacturer string `json:"manufacturerdata"`
	ServiceData  string `json:"servicedata"`
	ServiceUUID  string `json:"servicedatauuid"`

	Brand string `json:"brand"`
	Model string `json:"model"`

	Celsius     number `json:"tempc"`
	Humidity    number `json:"hum"`
	Battery     number `json:"batt"`
	Voltage     number `json:"volt"`
	Illuminance number `json:"lux"`
	Moisture    number `json:"moi"`
	Fertility   number `json:"fer"`
	Pressure    number `json:"pres"`
	Weight      number `json:"weight"`
	Impedance   number `json:"impedance"`
	Steps       number `json:"steps"`
	ActBPM      number `json:"act_bpm"`
	BPM         number `json:"bpm"`
	CO2         number `json:"co2"`
	Open        *bool  `json:"open"`
	Motion      *bool  `json:"motion"`
	Button      number `json:"button"`
	Button1     number `json:"button1"`
	Button2     number `json:"button2"`
	Button3     number `json:"button3"`
	Button4     number `json:"button4"`
	Packet      number `json:"packet"` // of BTHome, 8 bits
	UUID        string `json:"uuid"`
	Major       number `json:"major"`
	Minor       number `json:"minor"`
	Unit        string `json:"unit"`
}

// ParseMQTT reads a message of OpenMQTTGateway or Theengs Gateway: of the topic
// <base>/<bridge>/BTtoMQTT/<address>.
func ParseMQTT(topic string, payload []byte) (Heard, error) {
	base, device, ok := strings.Cut(topic, "/BTtoMQTT")
	if !ok {
		return Heard{}, malformed("the topic %q is of no bridge", topic)
	}
	var m message
	if err := json.Unmarshal(payload, &m); err != nil {
		return Heard{}, malformed("%v", err)
	}
	h := Heard{Bridge: base[strings.LastIndexByte(base, '/')+1:], Distance: m.Distance.Value}
	h.Advert.Name = m.Name
	h.Advert.Address = address(m.MAC, m.ID, strings.TrimPrefix(device, "/"))
	if v := m.RSSI.Value; m.RSSI.OK && v >= -128 && v < 20 {
		h.Advert.RSSI = int8(v)
	}
	m.raw(&h.Advert)
	h.Decoded = m.decoded()
	return h, nil
}

// address is the first of several that is one: as a beacon's id some bridges
// give its UUID.
func address(candidates ...string) (a advert.Address) {
	for _, c := range candidates {
		if a, err := advert.ParseAddress(c); err == nil {
			return a
		}
	}
	return a
}

// raw takes over the bytes; what is not hexadecimal is none.
func (m *message) raw(a *advert.Advert) {
	if b, err := hex.DecodeString(m.Manufacturer); err == nil && len(b) >= 2 {
		a.Manufacturer = append(a.Manufacturer, advert.Data{ID: uint16(b[0]) | uint16(b[1])<<8, Bytes: b[2:]})
	}
	uuid, err := strconv.ParseUint(strings.TrimPrefix(strings.ToLower(m.ServiceUUID), "0x"), 16, 16)
	if b, e := hex.DecodeString(m.ServiceData); e == nil && err == nil && len(b) > 0 {
		a.ServiceData = append(a.ServiceData, advert.Data{ID: uint16(uuid), Bytes: b})
	}
}

// decodedPresses are the numbers of Theengs' decoder for a press.
var decodedPresses = map[float64]string{
	1: "press", 2: "double_press", 3: "triple_press", 4: "long_press", 9: "long_press", 11: "hold_press",
}

// decoded is what the bridge made of the bytes.
func (m *message) decoded() *advert.Report {
	r := &advert.Report{Format: "bridge", Maker: m.Brand, Model: m.Model}
	add := func(name string, n number, unit, metric string) {
		if n.OK {
			r.Values = append(r.Values, advert.Value{Name: name, Number: n.Value, Unit: unit, Metric: metric})
		}
	}
	state := func(name string, on *bool) {
		if on != nil {
			v := advert.Value{Name: name, Kind: advert.State, Unit: "1"}
			if *on {
				v.Number = 1
			}
			r.Values = append(r.Values, v)
		}
	}
	add("temperature", m.Celsius, "Cel", "")
	if m.Humidity.Value <= 100 { // some sensors run over when they are wet
		add("humidity", m.Humidity, "%", "")
	}
	add("battery", m.Battery, "%", "")
	add("voltage", m.Voltage, "V", "")
	add("illuminance", m.Illuminance, "lx", "")
	add("soil_moisture", m.Moisture, "%", "")
	add("fertility", m.Fertility, "uS/cm", "")
	add("pressure", m.Pressure, "hPa", "")
	if m.Unit == "" || m.Unit == "kg" {
		add("weight", m.Weight, "kg", "body_weight")
	}
	add("impedance", m.Impedance, "Ohm", "")
	add("steps", m.Steps, "1", "")
	add("heart_rate", m.ActBPM, "/min", "")
	add("heart_rate", m.BPM, "/min", "")
	add("carbon_dioxide", m.CO2, "[ppm]", "")
	state("opening", m.Open)
	state("motion", m.Motion)
	for i, n := range []number{m.Button, m.Button1, m.Button2, m.Button3, m.Button4} {
		if n.OK && n.Value > 0 { // whatever number it is, somebody pressed
			r.Values = append(r.Values, advert.Value{Name: "button", Kind: advert.Event, Text: cmp.Or(decodedPresses[n.Value], "press"), Index: i})
		}
	}
	if v := m.Packet.Value; m.Packet.OK && v >= 0 && v <= math.MaxUint8 {
		r.Packet, r.Bits = uint32(v), 8
	}
	if m.UUID != "" {
		r.Values = append(r.Values, advert.Value{Name: "uuid", Kind: advert.Text, Text: dashed(m.UUID)})
		add("major", m.Major, "1", "")
		add("minor", m.Minor, "1", "")
	}
	if len(r.Values) == 0 {
		return nil
	}
	return r
}

// dashed writes 32 hexadecimal digits as UUIDs are written.
func dashed(s string) string {
	if len(s) != 32 {
		return s
	}
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
