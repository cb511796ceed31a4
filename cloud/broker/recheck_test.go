package broker_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	paho "github.com/eclipse/paho.mqtt.golang"

	"osmanthus/cloud/broker"
)

// TestRecheckingWhileClientsComeAndGoStopsNobody: clients come and go while the
// registry is asked about those who are connected, and while the broker ends.
func TestRecheckingWhileClientsComeAndGoStopsNobody(t *testing.T) {
	h := start(t, broker.Opts{})
	ctx, cancel := context.WithCancel(context.Background())
	var checks, clients sync.WaitGroup
	for range 2 {
		checks.Go(func() {
			for ctx.Err() == nil {
				h.Recheck(ctx)
			}
		})
	}
	for i := range 4 {
		clients.Go(func() {
			for k := range 100 {
				c := paho.NewClient(h.internal().SetClientID(fmt.Sprintf("visitor-%d-%d", i, k)))
				if err := wait(c.Connect()); err != nil {
					t.Error(err)
					return
				}
				if k < 99 {
					c.Disconnect(0) // the last one stays for the end
				}
			}
		})
	}
	clients.Wait()
	cancel()
	checks.Wait()
}
