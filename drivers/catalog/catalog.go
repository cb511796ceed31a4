// Package catalog is the table of all drivers: what each measures, in which unit
// and range, and by which codes the field knows it.
package catalog

import (
	"fmt"
	"slices"
)

// Kind is one driver.
type Kind struct {
	Name     string    `json:"driver"` // as osmanthus-probe calls it
	Folder   string    `json:"-"`      // below drivers, "" where it is called as the row is
	Title    string    `json:"title"`
	Bus      string    `json:"bus"`                 // i2c, serial, or gpio for a pin
	Addrs    []Addr    `json:"addresses,omitempty"` // 7-bit, the default first
	Pins     []string  `json:"pins,omitempty"`      // what it needs beside its bus, or in place of one, in order
	Baud     int       `json:"baud,omitempty"`      // of a serial line, 8N1
	Measures []Measure `json:"measures"`
}

// Addr is a 7-bit bus address, 0x57 in text.
type Addr uint16

// MarshalText implements encoding.TextMarshaler.
func (a Addr) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%#02x", uint16(a)), nil }

// Measure is one quantity of a driver.
type Measure struct {
	Metric string  `json:"metric"`
	Unit   string  `json:"unit"` // UCUM code
	Low    float64 `json:"low"`
	High   float64 `json:"high"`            // what the sensor can tell at its defaults
	LOINC  string  `json:"loinc,omitempty"` // code, where one fits
	MDC    string  `json:"mdc,omitempty"`   // IEEE 11073-10101 code, where one fits
	Local  string  `json:"local,omitempty"` // our own code, where none of both fits
	// Derived says that the agent computes it from what the driver measures.
	Derived bool `json:"derived,omitempty"`
}

// kinds is the table. LOINC and MDC codes as in the vital-signs profiles of
// HL7 FHIR R4 and the nomenclature of IEEE 11073-10101.
var kinds = []Kind{
	{
		Name: "ads1115", Title: "TI ADS1115/ADS1015 analogue-to-digital converter: bed pad, call line",
		Bus: "i2c", Addrs: []Addr{0x48, 0x49, 0x4A, 0x4B},
		Measures: []Measure{
			{Metric: "bed_pad", Unit: "V", Low: 0, High: 4.096, Local: "bed-pad-voltage"},
			{Metric: "bed_occupancy", Unit: "1", Low: 0, High: 1, Local: "bed-occupancy", Derived: true},
			{Metric: "call_line", Unit: "1", Low: 0, High: 3, Local: "call-line-state", Derived: true},
		},
	},
	{
		Name: "adxl345", Title: "Analog Devices ADXL345 accelerometer",
		Bus: "i2c", Addrs: []Addr{0x53, 0x1D},
		Measures: slices.Concat(acceleration, activity),
	},
	alarmrelay, amg8833, bme280,
	{
		Name: "callpoint", Title: "call button or pull cord on a GPIO pin or a supervised line",
		Bus: "gpio",
		Measures: []Measure{
			{Metric: "call_line", Unit: "1", Low: 0, High: 3, Local: "call-line-state"},
		},
	},
	contact, flowmeter,
	{
		Name: "fsrmatrix", Title: "16 force-sensing cells under a mattress, by a multiplexer on an ADS1115",
		Bus: "i2c", Addrs: []Addr{0x48, 0x49, 0x4A, 0x4B}, Pins: []string{"S0", "S1", "S2", "S3"},
		Measures: []Measure{
			{Metric: "bed_cell", Unit: "{count}", Low: 0, High: 1023, Local: "bed-cell-pressure"},
			{Metric: "bed_occupancy", Unit: "1", Low: 0, High: 1, Local: "bed-occupancy", Derived: true},
			{Metric: "bed_posture", Unit: "1", Low: 0, High: 5, Local: "bed-posture", Derived: true},
		},
	},
	{
		Name: "hx711", Title: "Avia HX711 converter of load cells under a bed, clocked by hand",
		Bus: "gpio", Pins: []string{"DOUT", "PD_SCK"},
		Measures: []Measure{
			{Metric: "bed_load", Unit: "{count}", Low: -1 << 23, High: 1<<23 - 1, Local: "bed-load-counts"},
			{Metric: "bed_occupancy", Unit: "1", Low: 0, High: 1, Local: "bed-occupancy", Derived: true},
		},
	},
	ld2410, ld6002, ld6002b, ld6002c,
	{
		Name: "lsm6dso", Title: "ST LSM6DSO and LSM6DSOX, accelerometer and gyroscope",
		Bus: "i2c", Addrs: []Addr{0x6A, 0x6B},
		Measures: slices.Concat(acceleration, angularRate, die, activity),
	},
	mains, mat,
	{
		Name: "max30102", Title: "Maxim MAX30102 pulse oximeter",
		Bus: "i2c", Addrs: []Addr{0x57},
		Measures: []Measure{
			{Metric: "light_red", Unit: "{count}", Low: 0, High: 262143, Local: "ppg-red"},
			{Metric: "light_infrared", Unit: "{count}", Low: 0, High: 262143, MDC: "150452"},
			{Metric: "pulse_rate", Unit: "/min", Low: 20, High: 250, LOINC: "8889-8", MDC: "149530", Derived: true},
			{Metric: "spo2", Unit: "%", Low: 50, High: 100, LOINC: "59408-5", MDC: "150456", Derived: true},
			{Metric: "skin_contact", Unit: "1", Low: 0, High: 1, Local: "skin-contact", Derived: true},
		},
	},
	mlx90614, mlx90640,
	{
		Name: "mpu6050", Title: "InvenSense MPU-6050 and relatives, accelerometer and gyroscope",
		Bus: "i2c", Addrs: []Addr{0x68, 0x69},
		Measures: slices.Concat(acceleration, angularRate, die, activity),
	},
	mr60bha1, mr60bha2, mr60fda2, pir, r60abd1, scd4x, sht3x, sht4x,
	{
		Name: "vl53l1x", Title: "ST VL53L1X time-of-flight ranging",
		Bus: "i2c", Addrs: []Addr{0x29},
		Measures: []Measure{
			{Metric: "distance", Unit: "m", Low: 0, High: 4, Local: "distance"},
		},
	},
}

// What inertial sensors measure, at the ranges that their drivers default to.
var (
	acceleration = []Measure{
		{Metric: "acceleration_x", Unit: "[g]", Low: -16, High: 16, Local: "acceleration-x"},
		{Metric: "acceleration_y", Unit: "[g]", Low: -16, High: 16, Local: "acceleration-y"},
		{Metric: "acceleration_z", Unit: "[g]", Low: -16, High: 16, Local: "acceleration-z"},
	}
	angularRate = []Measure{
		{Metric: "angular_rate_x", Unit: "deg/s", Low: -2000, High: 2000, Local: "angular-rate-x"},
		{Metric: "angular_rate_y", Unit: "deg/s", Low: -2000, High: 2000, Local: "angular-rate-y"},
		{Metric: "angular_rate_z", Unit: "deg/s", Low: -2000, High: 2000, Local: "angular-rate-z"},
	}
	die      = []Measure{{Metric: "sensor_temperature", Unit: "Cel", Low: -40, High: 85, Local: "sensor-temperature"}}
	activity = []Measure{{Metric: "activity", Unit: "[g]", Low: 0, High: 16, Local: "activity", Derived: true}}
)

// Kinds returns a copy of the table, in the order of names.
func Kinds() []Kind { return slices.Clone(kinds) }

// Find returns the row of a driver's name.
func Find(name string) (Kind, bool) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return kinds[i], true
}

// Unit returns the unit in which the driver gives a metric, or "".
func (k Kind) Unit(metric string) string {
	for _, m := range k.Measures {
		if m.Metric == metric {
			return m.Unit
		}
	}
	return ""
}
