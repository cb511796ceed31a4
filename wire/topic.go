package wire

import (
	"fmt"
	"strings"

	"osmanthus/care"
)

// Lane is the last part of a topic.
type Lane string

// The lanes. The gateway publishes the first four, and reads the others.
const (
	LaneAlert    Lane = "alert"
	LaneLive     Lane = "live"
	LaneBackfill Lane = "backfill" // telemetry that is sent late, or again
	LaneStatus   Lane = "status"
	LaneConfig   Lane = "config"
	LaneCommand  Lane = "command" // carries the Board
	LaneReceipt  Lane = "receipt"
)

// FromGateway reports whether gateways publish on the lane.
func (l Lane) FromGateway() bool {
	switch l {
	case LaneAlert, LaneLive, LaneBackfill, LaneStatus:
		return true
	}
	return false
}

// ToGateway reports whether gateways read from the lane.
func (l Lane) ToGateway() bool {
	switch l {
	case LaneConfig, LaneCommand, LaneReceipt:
		return true
	}
	return false
}

const topicRoot = "osmanthus/v1/"

// Topic addresses one lane of one gateway.
type Topic struct {
	Site    care.SiteID
	Gateway care.GatewayID
	Lane    Lane
}

// String returns "osmanthus/v1/<site>/<gateway>/<lane>".
func (t Topic) String() string {
	return topicRoot + string(t.Site) + "/" + string(t.Gateway) + "/" + string(t.Lane)
}

// AllGateways returns the filter that matches the lane of every gateway.
func AllGateways(l Lane) string { return topicRoot + "+/+/" + string(l) }

// ParseTopic reads what String wrote.
func ParseTopic(s string) (Topic, error) {
	rest, ok := strings.CutPrefix(s, topicRoot)
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 3 {
		return Topic{}, fmt.Errorf("wire: topic %q is not %s<site>/<gateway>/<lane>", clip(s), topicRoot)
	}
	t := Topic{Site: care.SiteID(parts[0]), Gateway: care.GatewayID(parts[1]), Lane: Lane(parts[2])}
	if !ValidID(parts[0]) || !ValidID(parts[1]) || !t.Lane.FromGateway() && !t.Lane.ToGateway() {
		return Topic{}, fmt.Errorf("wire: topic %q has a malformed site or gateway, or an unknown lane", clip(s))
	}
	return t, nil
}
