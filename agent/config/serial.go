package config

import "strings"

// serial checks the line of a serial module, that it has one use only, and what
// the module is to know of its place.
func (j *judgement) serial(i int, s Sensor, lines map[string]int) {
	if s.Baud != 0 && (s.Baud < 1200 || s.Baud > 4_000_000) {
		j.bad(at{"sensors", i, "baud"}, "%d is not between 1200 and 4000000", s.Baud)
	}
	if h := s.MountHeight; (h != 0 || j.zero(at{"sensors", i, "mount_height"})) && !(h >= 1 && h <= 5) {
		j.bad(at{"sensors", i, "mount_height"}, "%v is not between 1 and 5 metres", h)
	}
	if r := s.Range; (r != 0 || j.zero(at{"sensors", i, "range"})) && !(r >= 2.25 && r <= 6) {
		j.bad(at{"sensors", i, "range"}, "%v is not between 2.25 and 6 metres", r)
	}
	if s.Port == "" {
		return
	}
	if first, taken := lines[s.Port]; taken {
		j.bad(at{"sensors", i, "port"}, "%q and %q are both on line %q", j.Sensors[first].ID, s.ID, s.Port)
		return
	}
	lines[s.Port] = i
	if strings.HasPrefix(s.Port, "sim:") {
		j.sim(at{"sensors", i, "port"}, s.Port, "")
	} else if !strings.HasPrefix(s.Port, "/dev/") || strings.ContainsAny(s.Port, " \t#") {
		j.bad(at{"sensors", i, "port"}, `%q is not a serial line, as in "/dev/serial/by-id/usb-..."`, s.Port)
	}
}
