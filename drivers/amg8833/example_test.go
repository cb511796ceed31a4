package amg8833_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/amg8833"
	"osmanthus/drivers/bus"
)

func Example() {
	b, err := bus.Open("/dev/i2c-1", 0)
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	dev, err := amg8833.New(b, amg8833.Addr, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Halt()
	var f amg8833.Frame
	for range time.Tick(dev.Period()) {
		if err := dev.Sense(&f); err != nil {
			log.Fatal(err)
		}
		if f.Repeated || f.Settling {
			continue
		}
		for row := range amg8833.Height {
			fmt.Printf("%5.1f\n", f.PixelC[row*amg8833.Width:][:amg8833.Width])
		}
	}
}
