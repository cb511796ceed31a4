package vl53l1x_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/vl53l1x"
)

func Example() {
	b, err := bus.Open("/dev/i2c-1", 0)
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	// Along the edge of a bed, a narrow strip high.
	dev, err := vl53l1x.New(b, vl53l1x.Addr, &vl53l1x.Opts{Mode: vl53l1x.Short, Height: 4})
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Halt()
	var f vl53l1x.Frame
	for range time.Tick(dev.Period()) {
		if err := dev.Sense(&f); err != nil {
			log.Fatal(err)
		}
		if f.Fresh && f.Status == vl53l1x.Valid {
			fmt.Println(f.Distance)
		}
	}
}
