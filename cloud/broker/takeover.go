package broker

import (
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// farewell is how long who comes waits at most for who was there under the
// same id.
const farewell = 2 * time.Second

// OnSessionEstablish lets the former connection of a client id end whole before
// the new one begins. Mochi (2.7.9) ends a session that is not kept by its
// client id, and while the new one begins: what it forgets in the last moment
// is the new one, which then stands, is subscribed, hears nothing, and is
// missed by who closes the broker. Sessions that are kept are not ended.
func (d *door) OnSessionEstablish(cl *mqtt.Client, _ packets.Packet) {
	former, ok := d.clients.Get(cl.ID)
	if !ok || !former.Properties.Clean {
		return
	}
	former.Stop(packets.ErrSessionTakenOver)
	for end := time.Now().Add(farewell); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if there, ok := d.clients.Get(cl.ID); !ok || there != former {
			return
		}
	}
	d.log.Warn("the former connection of a client does not end", "client", cl.ID)
}
