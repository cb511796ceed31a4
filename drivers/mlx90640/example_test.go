package mlx90640_test

import (
	"fmt"
	"log"
	"slices"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/mlx90640"
)

func Example() {
	b, err := bus.Open("/dev/i2c-1", 0) // at 400 kHz, and better alone
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	dev, err := mlx90640.New(b, mlx90640.Addr, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Halt()
	var f mlx90640.Frame
	for range time.Tick(dev.Period() / 2) {
		if err := dev.Sense(&f); err != nil {
			log.Fatal(err)
		}
		if f.Fresh {
			fmt.Printf("%.1f to %.1f °C\n", slices.Min(f.PixelC[:]), slices.Max(f.PixelC[:]))
		}
	}
}
