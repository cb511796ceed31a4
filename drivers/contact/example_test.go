package contact_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/contact"
)

func Example() {
	pin, err := bus.OpenPin("GPIO25", 0)
	if err != nil {
		log.Fatal(err)
	}
	door, err := contact.New(pin, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer door.Halt()
	var f contact.Frame
	for {
		if err := door.Wait(&f, 10*time.Second); err != nil {
			log.Fatal(err)
		}
		if f.Changed {
			fmt.Println(f.State)
		}
	}
}
