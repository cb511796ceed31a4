// Package probe is the command osmanthus-probe: it lists the drivers, reads
// sensors and decodes what devices send, for whoever stands at a gateway with a screwdriver.
package probe

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"time"

	"osmanthus/drivers/catalog"
)

const usage = `usage:
  osmanthus-probe list [-json]
      every driver with what it measures: one JSON object a line
  osmanthus-probe read -driver NAME -bus ADDRESS [-addr 0x57] [-baud 115200] [-n 10]
      reads a sensor: one JSON object a line
      ADDRESS is /dev/i2c-1, a pin such as GPIO17 for callpoint, a serial line such
      as /dev/ttyUSB0 for a radar, or sim:unix:///path/to.sock#name for a modelled home;
      of a driver on several pins all of them, as GPIO23,GPIO24 for hx711, or
      /dev/i2c-1,GPIO16,GPIO20,GPIO21,GPIO26 for fsrmatrix
  osmanthus-probe ble [-adapter hci0] [-addr A4:C1:38:8D:18:B2 [-bindkey HEX]] [-for 30s] [-n 10]
      what the Bluetooth adapter hears, decoded: one JSON object a line, of each
      device every 5 s, or each advertisement of one address
  osmanthus-probe decode
      reads JSON Lines, as {"gatt":"2a37","hex":"0048"}, and answers each with
      what it means
`

// errUsage is what a wrong command line comes to.
var errUsage = errors.New("unusable command line")

// Run does what args ask and returns the exit status: 0, or 2 with a sentence
// on stderr when the arguments or the device are unusable.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, m Messages) int {
	err := run(ctx, args, stdin, stdout, stderr, m)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	fmt.Fprintln(stderr, "osmanthus-probe:", err)
	return 2
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, m Messages) error {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return fmt.Errorf("%w: say list, read, ble or decode", errUsage)
	}
	switch args[0] {
	case "list":
		return list(args[1:], stdout, stderr)
	case "read":
		return read(ctx, args[1:], stdout, stderr)
	case "ble":
		return listen(ctx, args[1:], stdout, stderr)
	case "decode":
		return decode(args[1:], stdin, stdout, stderr, m)
	case "help", "-h", "-help", "--help":
		fmt.Fprint(stderr, usage)
		return nil
	}
	fmt.Fprint(stderr, usage)
	return fmt.Errorf("%w: %q is not a command", errUsage, args[0])
}

func newFlags(name string, stderr io.Writer) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the one sentence is Run's
	flags.Usage = func() { fmt.Fprint(stderr, usage) }
	return flags
}

func parse(flags *flag.FlagSet, args []string) error {
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return fmt.Errorf("%w: %v", errUsage, err)
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%w: %q is too much", errUsage, flags.Arg(0))
	}
	return nil
}

func list(args []string, stdout, stderr io.Writer) error {
	flags := newFlags("list", stderr)
	flags.Bool("json", true, "JSON Lines, the only form there is")
	if err := parse(flags, args); err != nil {
		return err
	}
	out := json.NewEncoder(stdout)
	for _, k := range catalog.Kinds() {
		if err := out.Encode(k); err != nil {
			return fmt.Errorf("writing: %w", err)
		}
	}
	return nil
}

// address is a 7-bit bus address as a flag, in any base.
type address uint16

// String implements flag.Value.
func (a *address) String() string { return fmt.Sprintf("%#02x", uint16(*a)) }

// Set implements flag.Value; reserved addresses are refused (UM10204, table 4).
func (a *address) Set(s string) error {
	v, err := strconv.ParseUint(s, 0, 16)
	if err != nil || v < 0x08 || v > 0x77 {
		return errors.New("not a 7-bit bus address between 0x08 and 0x77")
	}
	*a = address(v)
	return nil
}

func read(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := newFlags("read", stderr)
	name := flags.String("driver", "", "")
	busAddr := flags.String("bus", "", "")
	n := flags.Int("n", 10, "")
	baud := flags.Int("baud", 0, "")
	var addr address
	flags.Var(&addr, "addr", "")
	if err := parse(flags, args); err != nil {
		return err
	}
	kind, ok := catalog.Find(*name)
	switch {
	case !ok:
		return fmt.Errorf("%w: there is no driver %q (see osmanthus-probe list)", errUsage, *name)
	case *busAddr == "":
		return fmt.Errorf("%w: -bus is missing", errUsage)
	case *n < 1:
		return fmt.Errorf("%w: -n %d reads nothing", errUsage, *n)
	case addr == 0 && len(kind.Addrs) > 0:
		addr = address(kind.Addrs[0])
	}
	if *baud == 0 {
		*baud = kind.Baud
	}
	s, err := openSensor(kind, *busAddr, uint16(addr), *baud)
	if err != nil {
		return err
	}
	err = s.print(ctx, stdout, *n)
	return errors.Join(err, s.halt())
}

// Line is one line of read: what the sensor says at an instant.
type Line struct {
	Driver   string    `json:"driver,omitempty"`
	At       time.Time `json:"at,omitzero"`
	Samples  int       `json:"samples,omitempty"` // taken since the line before; readings are the newest
	Overrun  bool      `json:"overrun,omitempty"` // samples were lost before this line
	Readings []Reading `json:"readings,omitempty"`
	Error    string    `json:"error,omitempty"`
}

// Reading is one value with its unit (UCUM).
type Reading struct {
	Metric string  `json:"metric"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Text   string  `json:"text,omitempty"`
}
