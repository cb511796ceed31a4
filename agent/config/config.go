// Package config reads the agent's one YAML file, strictly: it reports every
// mistake with its line, and starts nothing that was not meant.
package config

import (
	_ "embed"
	"time"
	_ "time/tzdata" // a gateway may lack the tables of the zones
)

// Reference is the commented reference file. Its live lines are the defaults;
// its lines that begin with # and no space are examples.
//
//go:embed osmanthus-agent.yaml
var Reference []byte

// Config is the whole file.
type Config struct {
	Site      string     `yaml:"site"`
	Gateway   string     `yaml:"gateway"`
	TimeZone  string     `yaml:"time_zone"` // IANA name of the home's zone; "" is that of the system
	StateDir  string     `yaml:"state_dir"`
	LogLevel  string     `yaml:"log_level"`
	HTTP      string     `yaml:"http"`
	Telemetry Telemetry  `yaml:"telemetry"`
	Outbox    Outbox     `yaml:"outbox"`
	Uplink    Uplink     `yaml:"uplink"`
	Local     Local      `yaml:"local"`
	Buses     []Bus      `yaml:"buses"`
	Radios    []Radio    `yaml:"radios"`
	Residents []Resident `yaml:"residents"`
	Sensors   []Sensor   `yaml:"sensors"`
}

// Zone returns the time zone of the home, which the judgement has found to exist.
func (c Config) Zone() *time.Location {
	if c.TimeZone == "" {
		return time.Local
	}
	if z, err := time.LoadLocation(c.TimeZone); err == nil {
		return z
	}
	return time.Local
}

// Telemetry says how readings are gathered.
type Telemetry struct {
	// Batch is how long readings are gathered before they are put on disk as
	// one message. What is being gathered is what a power cut costs.
	Batch Duration `yaml:"batch"`
}

// Outbox bounds what waits on disk for the cloud.
type Outbox struct {
	Cap Size `yaml:"cap"`
}

// Uplink names the broker and the files of the gateway's certificate.
type Uplink struct {
	Broker string `yaml:"broker"` // tls://host:port; "" works without a cloud
	CA     string `yaml:"ca"`     // PEM file; "" trusts the system's roots
	Cert   string `yaml:"cert"`   // PEM file
	Key    string `yaml:"key"`    // PEM file
}

// Local is what calls people without any network.
type Local struct {
	Acknowledge string   `yaml:"acknowledge"` // pin of a button that silences, "" for none
	Outputs     []Output `yaml:"outputs"`
}

// Output is a lamp, a siren or both, for one place or for the whole home.
type Output struct {
	Place  string `yaml:"place"` // "" sounds for every place
	Red    string `yaml:"red"`   // pin names, as "GPIO17" or "sim:unix:///run/sim.sock#lamp-1"
	Yellow string `yaml:"yellow"`
	Siren  string `yaml:"siren"`
	Relay  string `yaml:"relay"` // dry contact to a nurse-call system
}

// Bus is an I2C bus.
type Bus struct {
	Name   string `yaml:"name"`
	Device string `yaml:"device"` // "/dev/i2c-1" or "sim:unix:///run/sim.sock#bus"
	SCL    string `yaml:"scl"`    // pin that frees a hanging bus by nine clocks, "" for none
	SDA    string `yaml:"sda"`
}

// Resident is a pseudonym, and what was decided for this person.
type Resident struct {
	ID        string `yaml:"id"`
	NoBedExit bool   `yaml:"no_bed_exit"` // leaving the bed is not an alert
	Bed       *Bed   `yaml:"bed"`         // nil: as for everybody
	// WellWindow is how long after a fall its wearer can say "I am well" before
	// anybody is called, 0: as long as the detector needs to be sure.
	WellWindow Duration `yaml:"well_window"`
	// LongLie is after what time on the floor people are called again, 0: 5m.
	LongLie Duration `yaml:"long_lie"`
	// NotWorn is after what time a band that is not worn is told of, 0: 2h; on its
	// charger 4h, where that is longer.
	NotWorn   Wait       `yaml:"not_worn"`
	Overrides []Override `yaml:"overrides"`
	Scale2    *Scale2    `yaml:"spo2_scale_2"` // nil: SpO2 by scale 1 of NEWS2
	Apnoea    *Apnoea    `yaml:"apnoea"`       // nil: urgent after 20 and 30 s
	Rooms     *Rooms     `yaml:"rooms"`        // nil: as for everybody
}

// Sensor is one sensor at one place.
type Sensor struct {
	ID             string      `yaml:"id"`
	Kind           string      `yaml:"kind"`
	Bus            string      `yaml:"bus"`
	Address        Address     `yaml:"address"` // 0: the usual one of the kind
	Resident       string      `yaml:"resident"`
	Place          string      `yaml:"place"` // as people call it: outputs go by it, and alarms show it
	Room           string      `yaml:"room"`  // what the room is for, of the kinds that watch rooms
	Rate           float64     `yaml:"rate"`  // samples a second, 0: the usual one of the kind
	Worn           string      `yaml:"worn"`  // wrist or waist
	SwapRedIR      bool        `yaml:"swap_red_ir"`
	Turned         int         `yaml:"turned"`  // degrees, of a thermal array
	Channel        int         `yaml:"channel"` // input of a converter, 0 to 3
	Pad            *Pad        `yaml:"pad"`
	Pin            string      `yaml:"pin"`
	NormallyClosed bool        `yaml:"normally_closed"`
	Supervised     *Supervised `yaml:"supervised"`
	FaultPin       string      `yaml:"fault_pin"`        // of a detector's fault contact, which opens
	PulsesPerLitre float64     `yaml:"pulses_per_litre"` // of a water meter
	Water          *Water      `yaml:"water"`            // nil: as for everybody
	Battery        *Battery    `yaml:"battery"`          // that bridges the mains
	Clock          string      `yaml:"clock"`            // second pin of a chip that is clocked by hand
	Load           *LoadCells  `yaml:"load"`             // what its counts weigh
	Select         []string    `yaml:"select"`           // four pins that select a cell, the lowest bit first
	Port           string      `yaml:"port"`             // serial line of a module
	Baud           int         `yaml:"baud"`             // 0: those that the module is sold with, in turn
	MountHeight    float64     `yaml:"mount_height"`     // m, of a radar that sees falls; 0: as it is set
	Range          float64     `yaml:"range"`            // m, beyond which a radar counts nobody; 0: as it is set
	MAC            string      `yaml:"mac"`              // of a device that is heard by radio
	KeyFile        string      `yaml:"key_file"`         // of the key with which it encrypts
	SenML          string      `yaml:"senml"`            // how the names of its records in SenML packs begin
	Class          string      `yaml:"class"`            // how its silence is supervised, "" for not at all
	Connect        bool        `yaml:"connect"`          // it is connected to, not only heard; bands always are
	Bond           bool        `yaml:"bond"`             // it wants a bond
	User           int         `yaml:"user"`             // number of the resident in a shared device, 0: any
	Cell           string      `yaml:"cell"`             // kind of its battery, "" where its percentage is of the charge
}

// Supervised says which input of which converter measures a call line with an
// end-of-line resistor.
type Supervised struct {
	Bus     string  `yaml:"bus"`
	Address Address `yaml:"address"`
	Channel int     `yaml:"channel"`
}

// Kind is what the configuration must know about a kind of sensor to judge it.
type Kind struct {
	Name      string
	Addresses []uint16 // 7-bit addresses that the chip can have, the usual one first; none for a pin
	MinRate   float64  // samples a second
	MaxRate   float64
	Rates     []float64 // the only ones that the chip has; none: all between
	Options   []string  // the YAML keys that only some kinds have
	Needs     []string  // keys that this kind cannot do without
	Shared    bool      // several sensors may use one chip, by channel
	Home      bool      // it may watch the home, and no resident
	Chip      string    // kind whose chip it sits on, "" for its own
}

// Default returns the values that stand where the file says nothing.
func Default() Config {
	return Config{
		StateDir:  "/var/lib/osmanthus",
		LogLevel:  "info",
		HTTP:      "127.0.0.1:9470",
		Telemetry: Telemetry{Batch: Duration(time.Second)},
		Outbox:    Outbox{Cap: 256 << 20},
	}
}
