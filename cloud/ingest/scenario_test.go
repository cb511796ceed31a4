package ingest_test

import (
	"fmt"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"osmanthus/cloud/ingest"
	"osmanthus/wire"
)

var day = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// Ingest is ended and begun again in the middle of a burst, and InfluxDB is
// killed and comes back; on both brokers, Mosquitto with the default limits
// with which it drops what it acknowledged.
func TestH1_NothingIsLostWhateverIsRestarted(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED: starts InfluxDB and brokers")
	}
	for _, name := range []string{"mosquitto", "embedded"} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, "g1", "g2")
			if name == "mosquitto" {
				w.mosquitto("g1", "g2")
			} else {
				w.embedded()
			}
			_, stop := w.ingest(ingest.Opts{})
			const batches, points = 300, 40
			homes := []*gateway{w.gateway("g1"), w.gateway("g2")}
			for _, g := range homes {
				for seq := range uint64(batches) {
					g.keep(t, seq+1, day.Add(time.Duration(seq)*time.Minute), points)
				}
				g.send()
			}
			settled := func(n int) func() bool {
				return func() bool { return homes[0].send()+homes[1].send() <= 2*batches-n }
			}
			w.eventually("a third is settled", time.Minute, settled(batches*2/3))
			stop()
			_, stop = w.ingest(ingest.Opts{Instance: "2"})
			for _, g := range homes { // more, while InfluxDB is away
				for seq := uint64(batches); seq < 2*batches; seq++ {
					g.keep(t, seq+1, day.Add(time.Duration(seq)*time.Minute), points)
				}
				g.send()
			}
			w.influxd.Kill()
			homes[0].keepAlert(t, 1)
			w.eventually("an alert is on record without InfluxDB", 20*time.Second, func() bool {
				homes[0].send()
				homes[0].mu.Lock()
				defer homes[0].mu.Unlock()
				return len(homes[0].alerts) == 0
			})
			stop()
			w.startInflux()
			in, _ := w.ingest(ingest.Opts{Instance: "3"})
			began := time.Now()
			w.eventually("everything is settled", 2*time.Minute, func() bool { return homes[0].send()+homes[1].send() == 0 })
			t.Logf("settled %v after the last restart; %+v", time.Since(began).Round(time.Millisecond), in.Stats())
			w.eventually("every reading is stored once", time.Minute, func() bool {
				n, err := w.store.Count(t.Context(), "", day, day.Add(48*time.Hour))
				if err == nil && n > 2*2*batches*points {
					t.Fatalf("%d readings, more than were sent", n)
				}
				return err == nil && n == 2*2*batches*points
			})
			if mark, err := w.db.Watermark(t.Context(), "g2", boot); err != nil || mark.Top != 2*batches || len(mark.Holes) != 0 {
				t.Errorf("watermark %+v, %v", mark, err)
			}
		})
	}
}

// A gateway's board reaches it through a real broker until its status shows
// it; garbage of one gateway leaves its neighbour alone; a shared subscription
// of two ingests gives each batch one receipt or more.
func TestH2_GarbageAndBoardsOverRealBrokers(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED: starts InfluxDB and brokers")
	}
	for _, name := range []string{"mosquitto", "embedded"} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, "g1", "g2")
			if name == "mosquitto" {
				w.mosquitto("g1", "g2")
			} else {
				w.embedded()
			}
			in, _ := w.ingest(ingest.Opts{Instance: "a"})
			other, _ := w.ingest(ingest.Opts{Instance: "b"})
			w.eventually("both ingests are subscribed", 30*time.Second, func() bool { return in.Connected() && other.Connected() })
			mad, good := w.gateway("g1"), w.gateway("g2")
			thief := mqtt.NewClient(mqtt.NewClientOptions().AddBroker(w.address).SetTLSConfig(w.client("g1")).SetClientID("agent-g2").SetAutoReconnect(false))
			if token := thief.Connect(); !token.WaitTimeout(20*time.Second) || token.Error() != nil {
				t.Fatal(token.Error())
			}
			thief.Disconnect(100)
			if !good.client.IsConnectionOpen() {
				t.Error("a gateway ended the session of another")
			}
			for i := range 100 {
				mad.client.Publish(mad.topic(wire.LaneLive), 1, false, fmt.Sprint("garbage ", i))
				mad.client.Publish(mad.topic(wire.LaneAlert), 1, false, []byte{0xff, byte(i)})
			}
			for seq := range uint64(50) {
				good.keep(t, seq+1, day.Add(time.Duration(seq)*time.Minute), 10)
			}
			good.keepAlert(t, 1)
			w.eventually("the neighbour's batches are settled", 30*time.Second, func() bool { return good.send() == 0 })
			w.eventually("200 messages stand in quarantine", 30*time.Second, func() bool {
				list, err := w.db.Quarantined(t.Context(), 1000)
				return err == nil && len(list) == 200
			})
			if err := in.PublishBoard("home", "g2", wire.Board{Version: 3, At: time.Now()}); err != nil {
				t.Fatal(err)
			}
			for range 2 { // and again, for nobody said that it was applied
				select {
				case b := <-good.board:
					if b.Version != 3 {
						t.Errorf("board %+v", b)
					}
				case <-time.After(20 * time.Second):
					t.Fatal("no board came")
				}
			}
			status, err := wire.EncodeStatus(wire.Status{Boot: boot, Presence: wire.Online, At: time.Now(), Started: time.Now(), BoardVersion: 3})
			if err != nil {
				t.Fatal(err)
			}
			good.client.Publish(good.topic(wire.LaneStatus), 1, false, status)
			w.eventually("the gateway is present", 20*time.Second, func() bool {
				w.people.mu.Lock()
				defer w.people.mu.Unlock()
				return w.people.online["g2"] == wire.Online
			})
			if err := in.PublishBoard("home", "g2", wire.Board{}); err == nil {
				t.Error("a board without a version was accepted")
			}
		})
	}
}

// While the store is down, ingest holds what its bounds allow and leaves the
// broker rather than grow; afterwards everything arrives.
func TestH1_ALongOutageIsBoundedInMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED: starts InfluxDB and a broker")
	}
	w := newTown(t, "g1")
	w.embedded()
	w.down.Store(true)
	in, _ := w.ingest(ingest.Opts{QueueMessages: 40, QueueBytes: 100_000})
	w.eventually("ingest is subscribed", 30*time.Second, in.Connected)
	g := w.gateway("g1")
	for seq := range uint64(400) {
		g.keep(t, seq+1, day.Add(time.Duration(seq)*time.Minute), 20)
	}
	w.eventually("the queue overflowed", 30*time.Second, func() bool { g.send(); return in.Stats().Overflows > 0 })
	g.keepAlert(t, 1)
	w.eventually("an alert is on record meanwhile", 20*time.Second, func() bool {
		g.send()
		g.mu.Lock()
		defer g.mu.Unlock()
		return len(g.alerts) == 0
	})
	if s := in.Stats(); s.Queued > 2*2*40 || s.QueuedBytes > 2*100_000 || s.Readings != 0 {
		t.Errorf("out of bounds: %+v", s)
	}
	if mark, err := w.db.Watermark(t.Context(), "g1", boot); err != nil || mark.Top != 0 {
		t.Errorf("watermark %+v, %v", mark, err)
	}
	w.down.Store(false)
	w.eventually("everything is settled", time.Minute, func() bool { return g.send() == 0 })
	t.Logf("%+v", in.Stats())
}

// BenchmarkRoad drives messages of 300 readings from a gateway over the
// embedded broker (TLS) into InfluxDB, and waits for the receipts.
func BenchmarkRoad(b *testing.B) {
	w := newTown(b, "g1")
	w.embedded()
	in, _ := w.ingest(ingest.Opts{})
	w.eventually("ingest is subscribed", 30*time.Second, in.Connected)
	g := w.gateway("g1")
	const some, points = 200, 300
	seq, first := uint64(0), in.Stats()
	for b.Loop() {
		for range some {
			seq++
			g.keep(b, seq, day.Add(time.Duration(seq)*5*time.Minute), points)
		}
		for g.send() > 0 {
			time.Sleep(time.Millisecond)
		}
	}
	s := in.Stats()
	b.ReportMetric(float64(s.Duplicates), "duplicates")
	b.ReportMetric(float64(s.Readings-first.Readings)/b.Elapsed().Seconds(), "points/s")
	b.ReportMetric(float64(s.Bytes-first.Bytes)/float64(s.Readings-first.Readings), "B/point")
}
