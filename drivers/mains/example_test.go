package mains_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/ads1115"
	"osmanthus/drivers/bus"
	"osmanthus/drivers/mains"
)

func Example() {
	pin, err := bus.OpenPin("GPIO16", 0)
	if err != nil {
		log.Fatal(err)
	}
	i2c, err := bus.Open("/dev/i2c-1", 0)
	if err != nil {
		log.Fatal(err)
	}
	adc, err := ads1115.New(i2c, ads1115.Addr, nil)
	if err != nil {
		log.Fatal(err)
	}
	ups, err := mains.New(pin, &mains.Opts{Battery: adc.Input(ads1115.A0), Divider: 5.7})
	if err != nil {
		log.Fatal(err)
	}
	defer ups.Halt()
	var f mains.Frame
	for {
		if err := ups.Wait(&f, 10*time.Second); err != nil {
			log.Fatal(err)
		}
		fmt.Println(f.Mains, f.Battery)
	}
}
