package scd4x_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/scd4x"
)

func Example() {
	b, err := bus.Open("/dev/i2c-1", 0)
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	dev, err := scd4x.New(b, scd4x.Addr, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Halt()
	var f scd4x.Frame
	for range time.Tick(time.Second) {
		if err := dev.Sense(&f); err != nil {
			log.Fatal(err)
		}
		if f.Fresh { // every 5 s
			fmt.Printf("%d ppm CO₂, %.2f °C, %.1f %%\n", f.CO2PPM, f.TempC, f.HumidityPct)
		}
	}
}
