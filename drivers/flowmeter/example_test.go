package flowmeter_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/flowmeter"
)

func Example() {
	pin, err := bus.OpenPin("GPIO12", 0)
	if err != nil {
		log.Fatal(err)
	}
	water, err := flowmeter.New(pin, &flowmeter.Opts{PulsesPerLitre: 450})
	if err != nil {
		log.Fatal(err)
	}
	defer water.Halt()
	var f flowmeter.Frame
	for range time.Tick(time.Second) {
		if err := water.Sense(&f); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.2f L/min, %d pulses lost\n", f.LitresPerMinute, f.Lost)
	}
}
