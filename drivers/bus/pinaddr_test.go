package bus

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// named is a chip whose lines are called by a function of their offsets.
func named(name, label string, lines int, call func(int) string) chip {
	c := chip{name: name, label: label}
	for i := range lines {
		c.lines = append(c.lines, call(i))
	}
	return c
}

func byNumber(i int) string { return fmt.Sprintf("GPIO%d", i) }

// byUse is how the device trees of a Pi 3 and Zero 2 call some lines.
func byUse(i int) string {
	if s := map[int]string{0: "ID_SDA", 1: "ID_SCL", 2: "SDA1", 3: "SCL1", 14: "TXD1", 15: "RXD1", 29: "", 30: "CTS0"}[i]; s != "" || i == 29 {
		return s
	}
	return byNumber(i)
}

func soc(i int) string { return fmt.Sprintf("2712_%d", i) }

// The chips of the boards as their kernels name them, the header not always
// first.
var boards = map[string][]chip{
	"Pi 3":   {named("gpiochip0", "pinctrl-bcm2835", 54, byUse), named("gpiochip1", "raspberrypi-exp-gpio", 8, func(i int) string { return "BT_ON" + byNumber(i) })},
	"Zero 2": {named("gpiochip0", "pinctrl-bcm2835", 54, byUse)},
	"Pi 4":   {named("gpiochip1", "raspberrypi-exp-gpio", 8, byNumber), named("gpiochip0", "pinctrl-bcm2711", 58, byUse)},
	"Pi 5":   {named("gpiochip10", "gpio-brcmstb@107d508500", 32, soc), named("gpiochip11", "gpio-brcmstb@107d517c00", 15, soc), named("gpiochip0", "pinctrl-rp1", 54, byUse)},
}

func TestA3_APinIsFoundOnEveryBoard(t *testing.T) {
	for board, chips := range boards {
		for addr, offset := range map[string]int{
			"GPIO17": 17, "17": 17, "GPIO2": 2, "SDA1": 2, "GPIO27": 27, "gpiochip0:17": 17, "0": 0,
		} {
			s, err := locate(chips, addr)
			if err != nil || s.chip != "gpiochip0" || s.offset != offset {
				t.Errorf("%s: %q is %+v, %v", board, addr, s, err)
			}
		}
	}
	s, err := locate(boards["Pi 5"], "pinctrl-rp1:5")
	if err != nil || s != (spot{"gpiochip0", 5, "GPIO5"}) {
		t.Errorf("by label: %+v, %v", s, err)
	}
}

func TestA3_APinThatIsNotThereIsAnError(t *testing.T) {
	for board, chips := range boards {
		for _, addr := range []string{"", "28", "GPIO-1", "GPIO", "gpiochip0:", "gpiochip0:99", "gpiochip7:1", "gpiochip0:-1", "MAT", ":1"} {
			if s, err := locate(chips, addr); err == nil {
				t.Errorf("%s: %q is %+v", board, addr, s)
			}
		}
	}
	if _, err := locate(nil, "GPIO17"); !errors.Is(err, errNoPin) {
		t.Errorf("without chips: %v", err)
	}
}

func TestALineNameThatTwoChipsHaveIsNoGuess(t *testing.T) {
	_, err := locate(boards["Pi 5"], "2712_3")
	if err == nil || !strings.Contains(err.Error(), "gpiochip10:3") || !strings.Contains(err.Error(), "gpiochip11:3") {
		t.Errorf("%v", err)
	}
	twins := []chip{named("gpiochip0", "pcf8574", 8, byNumber), named("gpiochip1", "pcf8574", 8, byNumber)}
	if _, err := locate(twins, "pcf8574:1"); err == nil {
		t.Error("one of two expanders was guessed")
	}
	if s, err := locate(twins, "gpiochip1:1"); err != nil || s.chip != "gpiochip1" {
		t.Errorf("%+v, %v", s, err)
	}
}

// Lines of an expander or a simulated chip are found by name; a number alone
// means the header, and there is none.
func TestChipsThatAreNoHeader(t *testing.T) {
	chips := []chip{named("gpiochip0", "gpio-sim.0-node0", 8, func(i int) string { return [8]string{3: "cord-1"}[i] })}
	if s, err := locate(chips, "cord-1"); err != nil || s.offset != 3 {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err := locate(chips, "3"); err == nil {
		t.Errorf("a bare number is %+v", s)
	}
}
