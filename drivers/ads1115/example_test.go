package ads1115_test

import (
	"fmt"
	"log"

	"osmanthus/drivers/ads1115"
	"osmanthus/drivers/bus"

	"periph.io/x/conn/v3/physic"
)

func Example() {
	b, err := bus.Open("/dev/i2c-1", 0)
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	dev, err := ads1115.New(b, ads1115.Addr, &ads1115.Opts{FullScale: 6144 * physic.MilliVolt})
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Halt()
	var pad ads1115.Frame
	if err := dev.Sense(&pad); err != nil { // the bed pad at A0
		log.Fatal(err)
	}
	line, err := dev.Input(ads1115.A1).Voltage() // a call line at A1
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(pad.Voltage, line)
}
