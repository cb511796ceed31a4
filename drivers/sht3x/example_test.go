package sht3x_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/sht3x"
)

func Example() {
	b, err := bus.Open("/dev/i2c-1", 0)
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	dev, err := sht3x.New(b, sht3x.Addr, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Halt()
	var f sht3x.Frame
	for range time.Tick(10 * time.Second) {
		if err := dev.Sense(&f); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.2f °C, %.1f %%\n", f.TempC, f.HumidityPct)
	}
}
