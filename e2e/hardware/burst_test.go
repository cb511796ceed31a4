package hardware

import (
	"encoding/binary"
	"testing"
	"time"

	"osmanthus/drivers/advert"
	"osmanthus/e2e/hardware/ether"
)

// TestB5_RecordsInABurst: a band that empties its memory says a hundred values
// without a pause, again and again: more than fit into any interval of a
// connection, and less than the kernel's buffer. Each arrives, once and in its
// order: BlueZ joins none of them.
func TestB5_RecordsInABurst(t *testing.T) {
	const records = 1000
	var air ether.Ether
	controllers(t, &air, 1)
	band := ether.NewBand(bandAddress, counting)
	memory := ether.Service{UUID: 0x1808, Characteristics: []ether.Characteristic{{UUID: 0x2A18, Properties: ether.CanNotify}}}
	band.Services = append(band.Services, memory)
	c := &memory.Characteristics[0]
	said := uint16(0)
	c.Say = func(time.Time) []byte {
		said++
		c.Every = 0
		if said%100 == 0 {
			c.Every = 50 * time.Millisecond
		}
		if said == records {
			c.Every = time.Hour // that was the last one
		}
		return binary.LittleEndian.AppendUint16(nil, said)
	}
	air.On(band)
	came := subscribe(t, connect(t, central(t, "hci0"), advert.Address(bandAddress)), 0x2A18)
	for want := uint16(1); want <= records; want++ {
		select {
		case b := <-came:
			if got := binary.LittleEndian.Uint16(b); got != want {
				t.Fatalf("record %d after %d", got, want-1)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("record %d does not come", want)
		}
	}
}
