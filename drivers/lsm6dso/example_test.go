package lsm6dso_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/lsm6dso"
)

func Example() {
	b, err := bus.Open("/dev/i2c-1", 0)
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	dev, err := lsm6dso.New(b, lsm6dso.Addr, &lsm6dso.Opts{RateHz: 52})
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Halt()
	var f lsm6dso.Frame
	for range time.Tick(200 * time.Millisecond) {
		if err := dev.Sense(&f); err != nil {
			log.Fatal(err)
		}
		for _, s := range f.Samples {
			fmt.Printf("%.2f g, %.0f °/s\n", s.AccelG, s.GyroDPS)
		}
	}
}
