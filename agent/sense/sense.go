package sense

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"

	"osmanthus/care"
	"osmanthus/drivers/bus"
)

// Bus is an I2C bus by its name and device, "/dev/i2c-1" or
// "sim:unix:///path#name". SCL and SDA are its pins, by which a hanging bus
// can be freed, or "".
type Bus struct {
	Name, Device, SCL, SDA string
}

// Tap is one input of a converter.
type Tap struct {
	Bus     string
	Address uint16
	Channel int
}

// Sensor is one sensor at one place. Zero Address and Rate mean the usual ones
// of its kind.
type Sensor struct {
	ID             care.SourceID
	Resident       care.ResidentID
	Kind           string
	Bus            string
	Address        uint16
	Rate           float64 // samples a second
	SwapRedIR      bool
	Turned         int // degrees by which a picture is turned clockwise: 0, 90, 180 or 270
	Channel        int
	Pin            string
	NormallyClosed bool
	Clock          string   // second pin of a chip that is clocked by hand
	Load           Load     // what its counts weigh
	Select         []string // four pins that select a cell, the lowest bit first
	Line           *Tap     // of a supervised call line
	FaultPin       string   // of a detector's fault contact
	PulsesPerLitre float64  // of a water meter
	Battery        *Tap     // where the voltage of the battery is measured
	Divider        float64  // by how much it is divided before, 0: it is not
	Port           string   // of a serial module
	Baud           int      // of its line; 0: those that the module is sold with, in turn
	MountHeight    float64  // m, of a radar that sees falls; 0 leaves what it has
	Range          float64  // m, of a radar that has one; 0 leaves what it has
}

// Load says what the counts of load cells weigh.
type Load struct {
	Tare  int     // counts of the empty bed
	PerKg float64 // counts a kilogram
}

// Sink takes what was sensed. Its methods are called from many goroutines,
// must return soon, and must not keep the block.
type Sink interface {
	Block(b *care.Block)
	Reading(r care.Reading)
}

// Opts are the optional parts.
type Opts struct {
	Log *slog.Logger
	// OpenBus, OpenPin and OpenPort replace the buses, pins and serial lines of the
	// machine, in tests.
	OpenBus func(device string) (i2c.BusCloser, error)
	OpenPin func(name string) (gpio.PinIO, error)
	// OpenMuxed opens SCL or SDA of a bus, to free it: a pin that is given back.
	OpenMuxed func(name string) (gpio.PinIO, error)
	// OpenPort opens a line whose Read returns within about a quarter of a second.
	OpenPort func(addr string, baud int) (io.ReadWriteCloser, error)
}

// Sense is all sensors of one home.
type Sense struct {
	sink    Sink
	opts    Opts
	log     *slog.Logger
	buses   map[string]*guard
	runners []*runner
}

// New checks that every sensor can be built; it touches no hardware.
func New(buses []Bus, sensors []Sensor, sink Sink, opts Opts) (*Sense, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.OpenBus == nil {
		opts.OpenBus = openBus
	}
	if opts.OpenPin == nil {
		opts.OpenPin = OpenPin
	}
	if opts.OpenMuxed == nil {
		opts.OpenMuxed = func(name string) (gpio.PinIO, error) { return bus.OpenMuxed(name, Deadline) }
	}
	if opts.OpenPort == nil {
		opts.OpenPort = openPort
	}
	s := &Sense{sink: sink, opts: opts, log: opts.Log.With("component", "sense"), buses: map[string]*guard{}}
	for _, b := range buses {
		if s.buses[b.Name] != nil {
			return nil, fmt.Errorf("sense: bus %q is there twice", b.Name)
		}
		s.buses[b.Name] = newGuard(b, opts, s.log)
	}
	for _, sensor := range sensors {
		r, err := s.newRunner(sensor)
		if err != nil {
			return nil, err
		}
		s.runners = append(s.runners, r)
	}
	return s, nil
}

// openBus leaves the bounding of a transaction to the guard; what was left
// behind on a model ends a little later.
func openBus(device string) (i2c.BusCloser, error) { return bus.Open(device, 2*Deadline) }

func openPort(addr string, baud int) (io.ReadWriteCloser, error) {
	return bus.OpenSerial(addr, baud, serialWait)
}

// OpenPin opens a pin by its name, for what hangs on the same gateway.
func OpenPin(name string) (gpio.PinIO, error) { return bus.OpenPin(name, Deadline) }

// Run senses until ctx ends. A sensor or bus that fails is tried again for as
// long as it takes, and never ends Run.
func (s *Sense) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for _, r := range s.runners {
		wg.Go(func() { r.run(ctx) })
	}
	wg.Wait()
	for _, b := range s.buses {
		b.close()
	}
	return nil
}

// Stats are counters since the start, for metrics.
type Stats struct {
	Faults    uint64 // transactions and readings that failed
	Abandoned uint64 // transactions that hung and were left behind
	Reopened  uint64 // times that a bus was opened again
	Panics    uint64 // panics of drivers that were caught
	Lost      uint64 // gaps: times that samples were lost
	Samples   uint64
}

// Stats sums up all sensors and buses.
func (s *Sense) Stats() (t Stats) {
	for _, r := range s.runners {
		t.Faults += r.faults.Load()
		t.Panics += r.panics.Load()
		t.Lost += r.lost.Load()
		t.Samples += r.samples.Load()
	}
	for _, b := range s.buses {
		t.Abandoned += b.abandoned.Load()
		t.Reopened += b.reopened.Load()
	}
	return t
}

// States returns what was last learned about every sensor: values of
// care.SensorState, and -1 for those that were not reached yet.
func (s *Sense) States() map[care.SourceID]int {
	m := map[care.SourceID]int{}
	for _, r := range s.runners {
		m[r.sensor.ID] = int(r.state.Load())
	}
	return m
}

const (
	// Deadline bounds one transaction; row A2 of the requirements allows 250 ms.
	Deadline = 240 * time.Millisecond
	// maxFaults in a row make a sensor silent, and a bus be opened again.
	maxFaults = 3
	// mute is how long a sensor may answer without a sample.
	mute = 2 * time.Second
	// stateEvery is how often a sensor's state is said although it is the same.
	stateEvery = 30 * time.Second
	// A sensor that failed is tried again after firstRest, and then half as
	// often each time down to every lastRest.
	firstRest = time.Second
	lastRest  = 20 * time.Second
	// afterHang is how long a sensor that hung the bus leaves it to its
	// siblings before it tries again: their FIFOs have to be emptied first.
	afterHang = 300 * time.Millisecond
)
