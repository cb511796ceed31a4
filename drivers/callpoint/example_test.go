package callpoint_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/callpoint"
	"osmanthus/drivers/lines"
)

func Example() {
	pin, err := bus.OpenPin("GPIO17", 0)
	if err != nil {
		log.Fatal(err)
	}
	cord, err := callpoint.New(pin, &lines.Opts{Wiring: lines.NormallyClosed})
	if err != nil {
		log.Fatal(err)
	}
	defer cord.Halt()
	var f callpoint.Frame
	for {
		if err := cord.Wait(&f, 10*time.Second); err != nil {
			log.Fatal(err)
		}
		if f.Changed {
			fmt.Println(f.State)
		}
	}
}
