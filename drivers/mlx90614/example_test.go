package mlx90614_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/mlx90614"
)

func Example() {
	b, err := bus.Open("/dev/i2c-1", 0)
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	dev, err := mlx90614.New(b, mlx90614.Addr, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Halt()
	var f mlx90614.Frame
	for range time.Tick(5 * time.Second) {
		if err := dev.Sense(&f); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("surface %.2f °C, chip %.2f °C\n", f.ObjectC, f.AmbientC)
	}
}
