package radio

import (
	"testing"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

// A band that is connected to nobody who asked is in reach, and has not spoken:
// neither does the radio count as hearing for it, nor the band as alive.
func TestWhoIsConnectedElsewhereIsInReach(t *testing.T) {
	inWard(t, 1, []Device{{ID: "door-1", Kind: "door", Address: "01:00:00:00:00:00", Silence: time.Hour}}, func(w *ward) {
		w.aerials[0].heard <- ble.Heard{Advert: advert.Advert{Address: advert.Address{1}}, Random: true, Connected: true}
		w.aerials[0].heard <- ble.Heard{Advert: advert.Advert{Address: advert.Address{2}}, Connected: true} // a stranger
		time.Sleep(time.Second)
		if best := w.hub.Best(advert.Address{1}); len(best) != 1 || !best[0].Random {
			t.Errorf("not in reach: %+v", best)
		}
		if s := w.hub.States()["door-1"]; s == care.SensorWorks {
			t.Error("it counts as alive")
		}
		if s := w.hub.Stats(); s.Strangers != 0 || s.Malformed != 0 || w.hub.Radios()["radio-0"] == care.RadioHears {
			t.Errorf("%+v, %v", s, w.hub.Radios())
		}
	})
}
