package bme280_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/bme280"
	"osmanthus/drivers/bus"
)

func Example() {
	b, err := bus.Open("/dev/i2c-1", 0)
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	dev, err := bme280.New(b, bme280.Addr, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Halt()
	var f bme280.Frame
	for range time.Tick(10 * time.Second) {
		if err := dev.Sense(&f); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.2f °C, %.1f hPa\n", f.TempC, f.PressurePa/100)
		if f.HasHumidity {
			fmt.Printf("%.1f %%\n", f.HumidityPct)
		}
	}
}
