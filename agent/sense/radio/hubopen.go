package radio

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"osmanthus/drivers/ble"
	"osmanthus/drivers/bluez"
	"osmanthus/drivers/remote"
)

// Spec is a radio as the configuration says it.
type Spec struct {
	Name    string
	Kind    string // bluez, esphome or mqtt
	Device  string // "hci0" or "sim:unix:///path#name"
	Address string // host:port of a proxy, URL of a broker
	KeyFile string // of the proxy's encryption

	Topics, SenML              []string
	User, PasswordFile, CAFile string

	Quiet time.Duration // as in Station
}

// OpenOpts are what radios need beyond their specification.
type OpenOpts struct {
	Log *slog.Logger
	// Client names this gateway to a broker; two with one name throw each other
	// out.
	Client string
}

// Open makes the radios of a home. It opens nothing: a radio may come later, and
// come back.
func Open(specs []Spec, opts OpenOpts) ([]Station, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	var all []Station
	for _, s := range specs {
		r, err := open(s, opts)
		if err != nil {
			return nil, fmt.Errorf("radio: opening %q: %w", s.Name, err)
		}
		all = append(all, Station{Name: s.Name, Radio: r, Quiet: s.Quiet, Simulated: strings.HasPrefix(s.Device, "sim:")})
	}
	return all, nil
}

// open is the one table from a kind of radio to its constructor.
func open(s Spec, opts OpenOpts) (ble.Radio, error) {
	switch {
	case s.Kind == "bluez" && remote.IsAddr(s.Device):
		return remote.NewRadio(s.Device)
	case s.Kind == "bluez":
		return bluez.New(s.Device, bluez.Opts{Log: opts.Log.With("radio", s.Name)}), nil
	case s.Kind == "esphome":
		return NewProxy(s.Name, s.Address, s.KeyFile), nil
	case s.Kind == "mqtt":
		return NewBridge(s, opts), nil
	}
	return nil, fmt.Errorf("no radio is a %q", s.Kind)
}
