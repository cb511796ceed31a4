package drycontact_test

import (
	"log"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/drycontact"
)

func Example() {
	pin, err := bus.OpenPin("GPIO21", 0)
	if err != nil {
		log.Fatal(err)
	}
	// The nurse-call system hears a gateway that lost its power, too.
	call, err := drycontact.New(pin, &drycontact.Opts{FailSafe: true})
	if err != nil {
		log.Fatal(err)
	}
	defer call.Halt()
	if err := call.Pulse(2*time.Second, nil); err != nil {
		log.Fatal(err)
	}
}
