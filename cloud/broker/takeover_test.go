package broker_test

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"osmanthus/cloud/broker"
)

// TestWhoComesBackAtOnceHears: ingest leaves with messages unacknowledged and
// comes back at once, or its connection is taken over. It hears what is
// published afterwards: the end of the former connection takes nothing from
// the new one.
func TestWhoComesBackAtOnceHears(t *testing.T) {
	h := start(t, broker.Opts{})
	publisher := connect(t, h.internal())
	var clients sync.WaitGroup
	for i := range 4 {
		clients.Go(func() {
			topic := fmt.Sprint("lane-", i)
			var former net.Conn
			for round := range 300 {
				conn, err := h.comeBack(topic)
				if err != nil {
					t.Errorf("round %d: %v", round, err)
					return
				}
				if former != nil {
					former.Close()
				}
				for range 20 {
					publisher.Publish(topic, 1, false, "a batch")
				}
				for heard := range 20 { // and acknowledges none
					if _, err := read[*packets.PublishPacket](conn); err != nil {
						t.Errorf("round %d: heard %d of 20 messages: %v", round, heard, err)
						return
					}
				}
				if former = conn; round%2 == 0 {
					packets.NewControlPacket(packets.Disconnect).Write(conn)
					conn.Close()
				}
			}
			former.Close()
		})
	}
	clients.Wait()
}

// comeBack connects as a client that the broker may know already, and subscribes.
func (h house) comeBack(topic string) (net.Conn, error) {
	in := h.Internal()
	conn, err := net.Dial("tcp", strings.TrimPrefix(in.Address, "tcp://"))
	if err != nil {
		return nil, err
	}
	hello := packets.NewControlPacket(packets.Connect).(*packets.ConnectPacket)
	hello.ProtocolName, hello.ProtocolVersion, hello.CleanSession = "MQTT", 4, true
	hello.ClientIdentifier = "client-" + topic
	hello.UsernameFlag, hello.Username, hello.PasswordFlag, hello.Password = true, in.Username, true, []byte(in.Password)
	if err := hello.Write(conn); err != nil {
		return nil, err
	}
	if _, err := read[*packets.ConnackPacket](conn); err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	s := packets.NewControlPacket(packets.Subscribe).(*packets.SubscribePacket)
	s.MessageID, s.Topics, s.Qoss = 1, []string{topic}, []byte{1}
	if err := s.Write(conn); err != nil {
		return nil, err
	}
	_, err = read[*packets.SubackPacket](conn)
	return conn, err
}

func read[P packets.ControlPacket](conn net.Conn) (p P, err error) {
	conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	any, err := packets.ReadPacket(conn)
	if err != nil {
		return p, err
	}
	p, ok := any.(P)
	if !ok {
		return p, fmt.Errorf("%v came", any)
	}
	return p, nil
}
