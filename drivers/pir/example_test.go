package pir_test

import (
	"fmt"
	"log"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/lines"
	"osmanthus/drivers/pir"
)

func Example() {
	pin, err := bus.OpenPin("GPIO24", 0)
	if err != nil {
		log.Fatal(err)
	}
	hall, err := pir.New(pin, &pir.Opts{Line: lines.Opts{Wiring: lines.NormallyClosed}})
	if err != nil {
		log.Fatal(err)
	}
	defer hall.Halt()
	var f pir.Frame
	for {
		if err := hall.Wait(&f, 10*time.Second); err != nil {
			log.Fatal(err)
		}
		if f.Known && f.Changed {
			fmt.Println("moving:", f.Moving)
		}
	}
}
