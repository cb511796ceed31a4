package sense

import (
	"fmt"
	"slices"
	"time"

	"osmanthus/care"
)

// Kind is one row of the table of kinds.
type Kind struct {
	Name      string
	Addresses []uint16 // 7-bit addresses that the chip can have, the usual one first; none: it sits on a pin
	Rate      float64  // usual samples a second, 0 for what speaks when it changes
	MinRate   float64
	MaxRate   float64
	Rates     []float64 // the only ones that the chip has; none: all between
	Options   []string  // configuration keys that only some kinds have
	Needs     []string  // keys that it cannot do without; "a|b" is one of both
	Shared    bool      // several sensors may use one chip, by channel
	Home      bool      // it may watch the home, and no resident
	Chip      string    // kind whose chip it sits on, "" for its own
	// Heard is what the kind takes from a device that is heard by radio: metrics
	// by the names of the measures of drivers/advert. nil: it is not heard.
	Heard map[string]care.Metric

	every time.Duration // how often it is read; 0: its reader waits by itself
	mute  time.Duration // how long it may bring no sample; 0: mute
	open  func(s *Sensor, p *parts) (reader, error)
}

// Kinds returns the one table from kind to constructor.
func Kinds() []Kind {
	return append([]Kind{
		{
			// The FIFO holds 0.85 s at 100 Hz.
			Name: "mpu6050", Addresses: []uint16{0x68, 0x69}, Rate: 100, MinRate: 50, MaxRate: 100, Rates: []float64{50, 100},
			Options: []string{"worn"}, Needs: []string{"worn"},
			every: 200 * time.Millisecond, open: openMPU6050,
		},
		{
			// The FIFO holds 2.4 s at 104 Hz.
			Name: "lsm6dso", Addresses: []uint16{0x6a, 0x6b}, Rate: 104, MinRate: 52, MaxRate: 104, Rates: []float64{52, 104},
			Options: []string{"worn"}, Needs: []string{"worn"},
			every: 200 * time.Millisecond, open: openLSM6DSO,
		},
		{
			// The FIFO holds 0.32 s at 100 Hz, and every sample is a transaction.
			Name: "adxl345", Addresses: []uint16{0x53, 0x1d}, Rate: 100, MinRate: 50, MaxRate: 100, Rates: []float64{50, 100},
			Options: []string{"worn"}, Needs: []string{"worn"},
			every: 80 * time.Millisecond, open: openADXL345,
		},
		{
			// The FIFO holds 0.32 s at 100 Hz: just longer than a look and a bus
			// that hangs for Deadline behind another sensor.
			Name: "max30102", Addresses: []uint16{0x57}, Rate: 100, MinRate: 50, MaxRate: 100, Rates: []float64{50, 100},
			Options: []string{"swap_red_ir"},
			every:   80 * time.Millisecond, open: openPPG,
		},
		{
			Name: "vl53l1x", Addresses: []uint16{0x29}, Rate: 10, MinRate: 1, MaxRate: 20,
			Options: []string{"room"},
			open:    openDistance, // every 1/rate
		},
		{
			Name: "ads1115", Addresses: []uint16{0x48, 0x49, 0x4a, 0x4b}, Rate: 10, MinRate: 5, MaxRate: 25,
			Options: []string{"channel", "pad"}, Shared: true,
			open: openPad, // every 1/rate
		},
		{
			Name: "fsrmatrix", Addresses: []uint16{0x48, 0x49, 0x4a, 0x4b}, Rate: 1, MinRate: 1, MaxRate: 5,
			Options: []string{"channel", "select"}, Needs: []string{"select"}, Shared: true, Chip: "ads1115",
			mute: 5 * time.Second, open: openMatrix, // every 1/rate
		},
		{
			// A conversion waits 12 ms at 80 Hz until the next takes its place.
			Name: "hx711", Rate: 10, MinRate: 10, MaxRate: 80, Rates: []float64{10, 80},
			Options: []string{"pin", "clock", "load", "pad"}, Needs: []string{"pin", "clock", "load"},
			every: 5 * time.Millisecond, open: openLoadCells,
		},
		{
			Name: "callpoint", Options: heard("pin", "normally_closed", "supervised"), Needs: []string{"pin|supervised|mac|senml"},
			open: openCall, Heard: presses(care.ButtonPress),
		},
		{Name: "well_button", Options: heard("pin", "normally_closed"), Needs: []string{"pin|mac|senml"}, open: openButton(care.WellPress), Heard: presses(care.WellPress)},
		{Name: "care_button", Options: heard("pin", "normally_closed"), Needs: []string{"pin|mac|senml"}, open: openButton(care.CareGiven), Heard: presses(care.CareGiven)},
		{Name: "thermometer", Options: heard("connect", "bond", "user"), Needs: []string{"mac|senml"}, Heard: bodyHeat},
		{Name: "climate", Options: heard("room"), Needs: []string{"mac|senml"}, Heard: air},
		{Name: "scale", Options: heard("connect", "bond", "user"), Needs: []string{"mac|senml"}, Heard: weighs},
		{Name: "tag", Options: heard("room"), Needs: []string{"mac|senml"}, Heard: tagged},
	}, slices.Concat(airKinds(), heatKinds(), lineKinds(), radarKinds(), bandKinds())...)
}

func kindByName(name string) (Kind, error) {
	for _, k := range Kinds() {
		if k.Name == name {
			return k, nil
		}
	}
	return Kind{}, fmt.Errorf("sense: unknown kind %q", name)
}
