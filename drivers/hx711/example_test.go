package hx711_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/hx711"
)

func Example() {
	data, err := bus.OpenPin("GPIO23", 0)
	if err != nil {
		log.Fatal(err)
	}
	clock, err := bus.OpenPin("GPIO24", 0)
	if err != nil {
		log.Fatal(err)
	}
	dev, err := hx711.New(data, clock, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Halt()
	scale := hx711.Scale{Tare: 84_213, PerKg: 21_400} // of this bed: see what it reads empty, and with 10 kg
	var f hx711.Frame
	for range time.Tick(dev.Period() / 2) {
		if err := dev.Sense(&f); err != nil {
			log.Fatal(err)
		}
		if f.Fresh && !f.Saturated {
			fmt.Printf("%.1f kg\n", scale.Kilograms(f.Counts))
		}
	}
}
