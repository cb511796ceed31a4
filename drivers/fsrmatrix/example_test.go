package fsrmatrix_test

import (
	"fmt"
	"log"

	"osmanthus/drivers/ads1115"
	"osmanthus/drivers/bus"
	"osmanthus/drivers/fsrmatrix"

	"periph.io/x/conn/v3/physic"
)

func Example() {
	b, err := bus.Open("/dev/i2c-1", 0)
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	adc, err := ads1115.New(b, ads1115.Addr, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer adc.Halt()
	var selects [4]fsrmatrix.Selector
	for i, name := range []string{"GPIO5", "GPIO6", "GPIO13", "GPIO19"} {
		if selects[i], err = bus.OpenPin(name, 0); err != nil {
			log.Fatal(err)
		}
	}
	dev, err := fsrmatrix.New(adc.Input(ads1115.A0), selects, 3300*physic.MilliVolt)
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Halt()
	var f fsrmatrix.Frame
	if err := dev.Sense(&f); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.0f\n", f.Counts)
}
