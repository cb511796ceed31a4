package alarmrelay_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/alarmrelay"
	"osmanthus/drivers/bus"
)

func Example() {
	alarm, err := bus.OpenPin("GPIO5", 0)
	if err != nil {
		log.Fatal(err)
	}
	fault, err := bus.OpenPin("GPIO6", 0)
	if err != nil {
		log.Fatal(err)
	}
	smoke, err := alarmrelay.New(alarm, fault, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer smoke.Halt()
	var f alarmrelay.Frame
	for {
		if err := smoke.Wait(&f, 10*time.Second); err != nil {
			log.Fatal(err)
		}
		if f.Changed {
			fmt.Println(f.State)
		}
	}
}
