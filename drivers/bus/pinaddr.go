package bus

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// headers are the labels of the chips whose lines are the pins of a Raspberry
// Pi's header: of the models up to 3 and the Zeros, of the 4, and of the 5. On
// all of them the offset of a line is the number that the pin is called by.
var headers = []string{"pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1"}

// headerPins is how many pins are called GPIO0, GPIO1 and so on.
const headerPins = 28

// chip is what the kernel says about one GPIO chip.
type chip struct {
	name  string   // as in /dev, "gpiochip0"
	label string   // of its driver, "pinctrl-bcm2711"
	lines []string // names by offset, "" for none
}

func (c chip) isHeader() bool { return slices.Contains(headers, c.label) }

// spot is one line of one chip.
type spot struct {
	chip   string // name of the chip
	offset int
	line   string // name of the line, "" for none
}

var errNoPin = errors.New("this machine has no such pin")

// locate finds the line that an address means:
//
//	gpiochip0:17, pinctrl-rp1:17  a chip by name or label, and an offset
//	GPIO17, PRESSURE-MAT          the name of a line
//	GPIO17, 17                    a pin of the header, whatever its line is called:
//	                              where a Pi names lines by use, GPIO2 is "SDA1"
//
// The header comes first: GPIO2 is never a line of some expander. Elsewhere a
// name that two chips have is refused.
func locate(chips []chip, addr string) (spot, error) {
	if on, number, ok := strings.Cut(addr, ":"); ok {
		return locateOffset(chips, on, number)
	}
	if addr == "" {
		return spot{}, errNoPin
	}
	for _, c := range chips {
		if c.isHeader() {
			if s, ok := c.find(addr); ok {
				return s, nil
			}
		}
	}
	var found []spot
	for _, c := range chips {
		if s, ok := c.find(addr); ok {
			found = append(found, s)
		}
	}
	switch len(found) {
	case 0:
		return spot{}, errNoPin
	case 1:
		return found[0], nil
	}
	return spot{}, fmt.Errorf("both %s:%d and %s:%d are called so: say which",
		found[0].chip, found[0].offset, found[1].chip, found[1].offset)
}

// find looks for a line by its name, or on the header by its number.
func (c chip) find(addr string) (spot, bool) {
	offset := slices.Index(c.lines, addr)
	if n, err := strconv.ParseUint(strings.TrimPrefix(addr, "GPIO"), 10, 8); offset < 0 && err == nil && c.isHeader() && n < headerPins {
		offset = int(n)
	}
	if offset < 0 || offset >= len(c.lines) {
		return spot{}, false
	}
	return spot{c.name, offset, c.lines[offset]}, true
}

func locateOffset(chips []chip, on, number string) (spot, error) {
	n, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		return spot{}, fmt.Errorf("%q is no number of a line", number)
	}
	var found []chip
	for _, c := range chips {
		if c.name == on {
			found = []chip{c}
			break
		}
		if c.label == on {
			found = append(found, c)
		}
	}
	switch {
	case len(found) == 0:
		return spot{}, fmt.Errorf("this machine has no GPIO chip %q", on)
	case len(found) > 1:
		return spot{}, fmt.Errorf("%s and %s are both labelled so: say which", found[0].name, found[1].name)
	case int(n) >= len(found[0].lines):
		return spot{}, fmt.Errorf("%s has %d lines only", on, len(found[0].lines))
	}
	return spot{found[0].name, int(n), found[0].lines[n]}, nil
}
