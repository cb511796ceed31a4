package gatt

import (
	"encoding/json"
	"fmt"
)

// Value is one decoded characteristic. Encoded as JSON it has every field by
// its name.
type Value interface {
	// Measures appends what is clinically useful in it.
	Measures(to []Measure) []Measure
}

// Measure is one clinically useful quantity of a characteristic.
type Measure struct {
	Metric string  `json:"metric"` // name of the metric, as in "heart_rate"
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"` // UCUM
	// Doubt says why the device itself does not vouch for it: no contact with
	// the skin, movement, an early estimate.
	Doubt string `json:"doubt,omitempty"`
	// At is the device's own time, where it gives one and its clock is set.
	At Optional[DateTime] `json:"at,omitzero"`
	// User is the number that a shared device knows a person by; UnknownUser
	// may be booked on nobody.
	User Optional[uint8] `json:"user_id,omitzero"`
}

// UnknownUser is the user of a device that does not know who it was.
const UnknownUser = 255

// Characteristic is a row of the table of characteristics.
type Characteristic struct {
	UUID uint16
	Name string // as the Bluetooth SIG calls it

	decode func(*cursor) Value
}

// characteristics is the one table, by assigned number.
var characteristics = []Characteristic{
	{0x2A08, "Date Time", decodeDateTime},
	{0x2A0F, "Local Time Information", decodeLocalTime},
	{0x2A14, "Reference Time Information", decodeReferenceTime},
	{0x2A18, "Glucose Measurement", decodeGlucose},
	{0x2A19, "Battery Level", decodeBattery},
	{0x2A1C, "Temperature Measurement", decodeTemperature},
	{0x2A1D, "Temperature Type", decodeTemperatureType},
	{0x2A1E, "Intermediate Temperature", decodeTemperature},
	{0x2A21, "Measurement Interval", decodeInterval},
	{0x2A23, "System ID", decodeSystemID},
	{0x2A24, "Model Number String", decodeText},
	{0x2A25, "Serial Number String", decodeText},
	{0x2A26, "Firmware Revision String", decodeText},
	{0x2A27, "Hardware Revision String", decodeText},
	{0x2A28, "Software Revision String", decodeText},
	{0x2A29, "Manufacturer Name String", decodeText},
	{0x2A2B, "Current Time", decodeCurrentTime},
	{0x2A34, "Glucose Measurement Context", decodeGlucoseContext},
	{0x2A35, "Blood Pressure Measurement", decodePressure},
	{0x2A36, "Intermediate Cuff Pressure", decodeCuff},
	{0x2A37, "Heart Rate Measurement", decodeHeartRate},
	{0x2A38, "Body Sensor Location", decodeLocation},
	{0x2A49, "Blood Pressure Feature", decodePressureFeature},
	{0x2A50, "PnP ID", decodePnP},
	{0x2A52, "Record Access Control Point", decodeRecordAccess},
	{0x2A5E, "PLX Spot-Check Measurement", decodeSpotCheck},
	{0x2A5F, "PLX Continuous Measurement", decodeContinuous},
	{0x2A60, "PLX Features", decodePLXFeatures},
	{0x2A6D, "Pressure", decodeAirPressure},
	{0x2A6E, "Temperature", decodeAirTemperature},
	{0x2A6F, "Humidity", decodeHumidity},
	{0x2A9C, "Body Composition Measurement", decodeComposition},
	{0x2A9D, "Weight Measurement", decodeWeight},
	{0x2AA7, "CGM Measurement", decodeCGM},
	{0x2BED, "Battery Level Status", decodeLevelStatus},
}

// Characteristics returns the table. The caller must not change it.
func Characteristics() []Characteristic { return characteristics }

// Decode reads the value of a characteristic by its 16-bit assigned number. A
// value that is malformed gives an error that is ErrMalformed.
func Decode(uuid uint16, b []byte) (Value, error) {
	for i := range characteristics {
		if characteristics[i].UUID != uuid {
			continue
		}
		c := cursor{b: b}
		v := characteristics[i].decode(&c)
		if err := c.end(); err != nil {
			return nil, fmt.Errorf("%s: %w", characteristics[i].Name, err)
		}
		return v, nil
	}
	return nil, fmt.Errorf("gatt: characteristic %04X is not known", uuid)
}

func marshal(v any) ([]byte, error) { return json.Marshal(v) }
