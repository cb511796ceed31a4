package bluez_test

import (
	"context"
	"fmt"
	"time"

	"osmanthus/drivers/ble"
	"osmanthus/drivers/bluez"
	"osmanthus/drivers/bluez/fakebluez"
)

// A thermometer is heard. On a gateway the Opts are empty: the bus is the
// system's.
func ExampleAdapter_Scan() {
	world := fakebluez.New()
	world.Plug("hci0")
	go func() {
		for !world.Discovering("hci0") {
			time.Sleep(time.Millisecond)
		}
		world.Advertise(&fakebluez.Device{Address: "A4:C1:38:8D:18:B2", Name: "ATC"}, -61, map[string][]byte{bthome: {0x40, 0x02, 0xCA, 0x09}}, nil)
	}()

	adapter := bluez.New("hci0", bluez.Opts{Dial: world.Dial})
	defer adapter.Close()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	err := adapter.Scan(ctx, func(h ble.Heard) {
		data, _ := h.Service(0xFCD2)
		fmt.Printf("%v %s %d dBm: % x\n", h.Address, h.Name, h.RSSI, data)
		stop()
	})
	fmt.Println(err)
	// Output:
	// A4:C1:38:8D:18:B2 ATC -61 dBm: 40 02 ca 09
	// context canceled
}
