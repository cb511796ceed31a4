package broker

import (
	"bufio"
	"fmt"
	"io"

	"osmanthus/care"
	"osmanthus/wire"
)

// MosquittoACL writes the rights of every gateway and of ingest as an acl_file
// of Mosquitto 2. Every listener must take the user from the certificate
// (use_identity_as_username true). The listener of the gateways should take
// the client id from it as well (use_username_as_clientid true, with
// per_listener_settings true), so that no gateway ends the session of another;
// ingest, which has two sessions, then comes in by a listener without it.
// Gateways are written in the order given, each with its site.
func MosquittoACL(out io.Writer, ingestUser string, gateways []care.GatewayID, site func(care.GatewayID) care.SiteID) error {
	w := bufio.NewWriter(out)
	from := []wire.Lane{wire.LaneAlert, wire.LaneLive, wire.LaneBackfill, wire.LaneStatus}
	to := []wire.Lane{wire.LaneConfig, wire.LaneCommand, wire.LaneReceipt}
	fmt.Fprintf(w, "# Written by osmanthus-cloud gateway mosquitto-acl.\nuser %s\n", ingestUser)
	for _, l := range from {
		fmt.Fprintf(w, "topic read %s\n", wire.AllGateways(l))
	}
	for _, l := range to {
		fmt.Fprintf(w, "topic write %s\n", wire.AllGateways(l))
	}
	for _, g := range gateways {
		s := site(g)
		if !wire.ValidID(string(g)) || !wire.ValidID(string(s)) {
			return fmt.Errorf("broker: gateway %q of site %q cannot stand in an ACL", g, s)
		}
		fmt.Fprintf(w, "\nuser %s\n", g)
		for _, l := range from {
			fmt.Fprintf(w, "topic write %s\n", wire.Topic{Site: s, Gateway: g, Lane: l})
		}
		for _, l := range to {
			fmt.Fprintf(w, "topic read %s\n", wire.Topic{Site: s, Gateway: g, Lane: l})
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("broker: writing the ACL: %w", err)
	}
	return nil
}
