package sht4x_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/sht4x"
)

func Example() {
	b, err := bus.Open("/dev/i2c-1", 0)
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	dev, err := sht4x.New(b, sht4x.Addr, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Halt()
	var f sht4x.Frame
	for range time.Tick(10 * time.Second) {
		if err := dev.Sense(&f); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.2f °C, %.1f %%\n", f.TempC, f.HumidityPct)
	}
}
