package probe

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
	"osmanthus/drivers/bluez"
	"osmanthus/drivers/remote"
)

// heardLine is one line of ble: what was heard of a device. Data stands there as
// decode takes it.
type heardLine struct {
	At           time.Time         `json:"at"`
	Address      string            `json:"address"`
	Random       bool              `json:"random,omitempty"`    // the address is one that may change
	Connected    bool              `json:"connected,omitempty"` // already, so it advertises nothing
	Name         string            `json:"name,omitempty"`
	RSSI         int8              `json:"rssi,omitempty"` // dBm
	Services     []string          `json:"service_uuids,omitempty"`
	ServiceData  map[string]string `json:"service_data,omitempty"`
	Manufacturer map[string]string `json:"manufacturer_data,omitempty"`
	answer
}

// repeat is how often a device is told of that is not asked for by its address.
const repeat = 5 * time.Second

// maxHeard bounds the devices that are remembered to have been told of.
const maxHeard = 4096

// listenFlags are those of ble.
type listenFlags struct {
	adapter string
	only    advert.Address
	key     []byte
	lasts   time.Duration
	n       int
}

// listen lists what an adapter hears.
func listen(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f, err := listenArgs(args, stderr)
	if err != nil {
		return err
	}
	radio, err := openRadio(f.adapter)
	if err != nil {
		return err
	}
	if c, ok := radio.(io.Closer); ok {
		defer c.Close()
	}
	return f.listen(ctx, radio, stdout)
}

func listenArgs(args []string, stderr io.Writer) (f listenFlags, err error) {
	flags := newFlags("ble", stderr)
	flags.StringVar(&f.adapter, "adapter", "hci0", "")
	only := flags.String("addr", "", "")
	key := flags.String("bindkey", "", "")
	flags.DurationVar(&f.lasts, "for", 0, "")
	flags.IntVar(&f.n, "n", 0, "")
	if err := parse(flags, args); err != nil {
		return f, err
	}
	if *only != "" {
		if f.only, err = advert.ParseAddress(*only); err != nil {
			return f, fmt.Errorf("%w: %w", errUsage, err)
		}
	}
	if *key != "" { // a device with a key must not send without
		if f.key, err = unhex(*key); err != nil {
			return f, fmt.Errorf("%w: -bindkey: %w", errUsage, err)
		}
	}
	if f.n < 0 || f.lasts < 0 {
		return f, fmt.Errorf("%w: less than nothing", errUsage)
	}
	return f, nil
}

func openRadio(adapter string) (ble.Radio, error) {
	if remote.IsAddr(adapter) {
		return remote.NewRadio(adapter)
	}
	return bluez.New(adapter, bluez.Opts{}), nil
}

// listen prints a line for each device when it is first heard and every repeat
// after that, or for each advertisement of the one that is asked for.
func (f *listenFlags) listen(ctx context.Context, radio ble.Radio, stdout io.Writer) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if f.lasts > 0 {
		ctx, stop = context.WithTimeout(ctx, f.lasts)
		defer stop()
	}
	print := json.NewEncoder(stdout)
	print.SetEscapeHTML(false)
	told := map[advert.Address]time.Time{}
	lines := 0
	var broken error
	err := radio.Scan(ctx, func(h ble.Heard) {
		if broken != nil || f.n > 0 && lines >= f.n || !f.wants(&h, told) {
			return
		}
		if broken = print.Encode(f.line(&h)); broken != nil {
			stop()
		}
		if lines++; lines == f.n {
			stop()
		}
	})
	switch {
	case broken != nil:
		return fmt.Errorf("writing: %w", broken)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil
	}
	return err
}

func (f *listenFlags) wants(h *ble.Heard, told map[advert.Address]time.Time) bool {
	if f.only != (advert.Address{}) {
		return h.Address == f.only
	}
	if last, ok := told[h.Address]; ok && h.At.Sub(last) < repeat {
		return false
	}
	if len(told) >= maxHeard {
		clear(told)
	}
	told[h.Address] = h.At
	return true
}

func (f *listenFlags) line(h *ble.Heard) heardLine {
	l := heardLine{At: h.At.UTC(), Address: h.Address.String(), Random: h.Random, Connected: h.Connected, Name: h.Name, RSSI: h.RSSI}
	for _, s := range h.Services {
		l.Services = append(l.Services, fmt.Sprintf("%04x", s))
	}
	l.ServiceData, l.Manufacturer = inHex(h.ServiceData), inHex(h.Manufacturer)
	r, err := advert.Decode(&h.Advert, f.key)
	if errors.Is(err, advert.ErrUnknown) && h.Report != nil {
		r, err = *h.Report, nil
	}
	switch {
	case err == nil:
		l.Fields = r.Fields()
		for _, m := range r.Measures(nil) {
			l.Readings = append(l.Readings, m)
		}
	case !errors.Is(err, advert.ErrUnknown): // as most are: telephones, televisions
		l.Error = err.Error()
	}
	return l
}

func inHex(all []advert.Data) map[string]string {
	if len(all) == 0 {
		return nil
	}
	m := map[string]string{}
	for _, d := range all {
		m[fmt.Sprintf("%04x", d.ID)] = hex.EncodeToString(d.Bytes)
	}
	return m
}
