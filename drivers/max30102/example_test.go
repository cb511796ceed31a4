package max30102_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/max30102"
)

func Example() {
	b, err := bus.Open("/dev/i2c-1", 0)
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	dev, err := max30102.New(b, max30102.Addr, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Halt()
	var f max30102.Frame
	for range time.Tick(100 * time.Millisecond) {
		if err := dev.Sense(&f); err != nil {
			log.Fatal(err)
		}
		for _, s := range f.Samples {
			if s.Present() {
				fmt.Println(s.Red, s.IR)
			}
		}
	}
}
