package mpu6050_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/mpu6050"
)

func Example() {
	b, err := bus.Open("/dev/i2c-1", 0)
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	dev, err := mpu6050.New(b, mpu6050.Addr, &mpu6050.Opts{RateHz: 50})
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Halt()
	var f mpu6050.Frame
	for range time.Tick(200 * time.Millisecond) {
		if err := dev.Sense(&f); err != nil {
			log.Fatal(err)
		}
		if f.Overrun {
			fmt.Println("gap")
		}
		for _, s := range f.Samples {
			fmt.Printf("%.2f g, %.0f °/s\n", s.AccelG, s.GyroDPS)
		}
	}
}
