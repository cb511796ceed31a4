package broker

import (
	"bufio"
	"fmt"
	"io"

	"osmanthus/care"
	"osmanthus/wire"
)

// MosquittoACL writes the rights of every gateway (by id, its site) and of
// ingest as an acl_file of Mosquitto 2. The broker must take the user from the
// certificate (use_identity_as_username true) and should take the client id
// from it, too (use_username_as_clientid true), so that no gateway ends the
// session of another. Gateways come in the order given.
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
