package config

// Notes says what is allowed and probably not meant.
func (c Config) Notes() (notes []string) {
	switch {
	case c.Uplink.Broker == "" && len(c.Local.Outputs) == 0:
		notes = append(notes, "neither uplink.broker nor local.outputs: nobody would hear of an alert")
	case c.Uplink.Broker == "" && c.Local.Acknowledge == "":
		notes = append(notes, "neither uplink.broker nor local.acknowledge: nothing could silence the outputs")
	}
	watched := map[string]bool{}
	for _, s := range c.Sensors {
		watched[s.Resident] = true
	}
	for _, r := range c.Residents {
		if !watched[r.ID] {
			notes = append(notes, "resident "+r.ID+" has no sensor: nobody watches")
		}
	}
	return append(notes, c.unsupervised()...)
}
