package uplink

import (
	"fmt"

	"github.com/VictoriaMetrics/metrics"

	"osmanthus/wire"
)

// counters are what an uplink counts.
type counters struct {
	published  map[wire.Lane]*metrics.Counter
	resent     map[wire.Lane]*metrics.Counter
	connects   *metrics.Counter
	losses     *metrics.Counter
	receipts   *metrics.Counter
	boards     *metrics.Counter
	malformed  *metrics.Counter
	overflow   *metrics.Counter
	unanswered *metrics.Counter
}

func newCounters(set *metrics.Set) counters {
	c := counters{
		published: map[wire.Lane]*metrics.Counter{}, resent: map[wire.Lane]*metrics.Counter{},
		connects:   set.GetOrCreateCounter("osmanthus_uplink_connects_total"),
		losses:     set.GetOrCreateCounter("osmanthus_uplink_connection_losses_total"),
		receipts:   set.GetOrCreateCounter("osmanthus_uplink_receipts_total"),
		boards:     set.GetOrCreateCounter("osmanthus_uplink_boards_total"),
		malformed:  set.GetOrCreateCounter("osmanthus_uplink_malformed_messages_total"),
		unanswered: set.GetOrCreateCounter("osmanthus_uplink_unanswered_total"),
		overflow:   set.GetOrCreateCounter("osmanthus_uplink_dropped_inbound_total"),
	}
	for _, l := range []wire.Lane{wire.LaneAlert, wire.LaneLive, wire.LaneBackfill, wire.LaneStatus} {
		c.published[l] = set.GetOrCreateCounter(fmt.Sprintf("osmanthus_uplink_published_total{lane=%q}", l))
		c.resent[l] = set.GetOrCreateCounter(fmt.Sprintf("osmanthus_uplink_resent_total{lane=%q}", l))
	}
	return c
}
