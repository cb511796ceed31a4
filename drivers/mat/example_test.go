package mat_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/mat"
)

func Example() {
	pin, err := bus.OpenPin("GPIO23", 0)
	if err != nil {
		log.Fatal(err)
	}
	bed, err := mat.New(pin, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer bed.Halt()
	var f mat.Frame
	for {
		if err := bed.Wait(&f, 10*time.Second); err != nil {
			log.Fatal(err)
		}
		if f.Changed {
			fmt.Println(f.State, f.For.Round(time.Second))
		}
	}
}
