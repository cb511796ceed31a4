package adxl345_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/adxl345"
	"osmanthus/drivers/bus"
)

func Example() {
	b, err := bus.Open("/dev/i2c-1", 0)
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	dev, err := adxl345.New(b, adxl345.Addr, &adxl345.Opts{RateHz: 50})
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Halt()
	var f adxl345.Frame
	for range time.Tick(150 * time.Millisecond) {
		if err := dev.Sense(&f); err != nil {
			log.Fatal(err)
		}
		for _, s := range f.Samples {
			fmt.Printf("%.2f g\n", s.AccelG)
		}
	}
}
