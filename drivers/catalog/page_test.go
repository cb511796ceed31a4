package catalog

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// pages are what people read before they buy something.
var pages = []string{"../../docs/hardware/README.md", "../../docs/hardware/README.zh-CN.md"}

// Every row stands on both pages, on the bus and at the rate that it has.
func TestEveryRowIsOnThePageOfHardware(t *testing.T) {
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		rows := map[string][]string{}
		for line := range strings.Lines(string(text)) {
			cells := strings.Split(strings.TrimSpace(line), "|")
			if len(cells) == 8 { // nothing, six cells, nothing
				rows[strings.TrimSpace(cells[1])] = cells
			}
		}
		for _, k := range Kinds() {
			cells, there := rows["`"+k.Name+"`"]
			if !there {
				t.Errorf("%s: no row of %s", page, k.Name)
				continue
			}
			bus := map[string]string{"i2c": "I2C", "gpio": "GPIO"}[k.Bus]
			if k.Bus == "serial" {
				bus = fmt.Sprint(k.Baud)
			}
			if !strings.Contains(cells[3], bus) {
				t.Errorf("%s: %s is on %q, not %q", page, k.Name, bus, cells[3])
			}
			if len(k.Addrs) > 0 {
				first := fmt.Sprintf("0x%02X", uint16(k.Addrs[0]))
				if !strings.Contains(cells[4], first) {
					t.Errorf("%s: %s does not say its address %s: %q", page, k.Name, first, cells[4])
				}
			}
			if price := strings.TrimSpace(cells[5]); strings.Trim(price, "¥") != "" || price == "" {
				t.Errorf("%s: %s has the price class %q", page, k.Name, price)
			}
		}
	}
}
