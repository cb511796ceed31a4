package config

import (
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"osmanthus/internal/yamlfile"
	"osmanthus/wire"
)

// judge finds what the decoder cannot know: what is missing, what does not
// exist, and what is there twice.
func judge(c *Config, doc *yamlfile.Document, kinds []Kind) Mistakes {
	j := &judgement{Config: c, doc: doc, kinds: kinds}
	j.general()
	j.uplink()
	j.residents()
	j.local(j.buses())
	j.radios()
	j.sensors()
	return j.found
}

// at is a place in the document: keys and indices.
type at = yamlfile.At

type judgement struct {
	*Config
	doc   *yamlfile.Document
	kinds []Kind
	found Mistakes
}

func (j *judgement) bad(place at, format string, args ...any) {
	j.found = append(j.found, j.doc.Mistake(place, format, args...))
}

// zero reports whether the file says 0 at a place, with any unit: that is not the
// same as nothing, which stands for the default.
func (j *judgement) zero(place at) bool {
	text := j.doc.Text(place)
	return strings.Contains(text, "0") && strings.Trim(text, "+-0.hmsuµn") == ""
}

// Reserved are the ids of what the agent itself reckons.
var Reserved = []string{"news2", "wear"}

// source demands the id of something that measures.
func (j *judgement) source(place at, id string) {
	if slices.Contains(Reserved, id) {
		j.bad(place, "%q is what the agent itself calls what it reckons: choose another", id)
		return
	}
	j.id(place, id)
}

// id demands a pseudonym: what can stand in a topic, a tag and a file name.
func (j *judgement) id(place at, id string) {
	if id == "" {
		j.bad(place, "missing")
	} else if !wire.ValidID(id) {
		j.bad(place, "%q is not 1 to 64 letters, digits, '-', '_' or '.'", id)
	}
}

func (j *judgement) general() {
	j.id(at{"site"}, j.Site)
	j.id(at{"gateway"}, j.Gateway)
	if _, err := time.LoadLocation(j.TimeZone); err != nil {
		j.bad(at{"time_zone"}, `%q is not a time zone, as in "Asia/Shanghai"`, j.TimeZone)
	}
	if j.StateDir == "" {
		j.bad(at{"state_dir"}, "missing")
	}
	if new(slog.Level).UnmarshalText([]byte(j.LogLevel)) != nil {
		j.bad(at{"log_level"}, "%q is not debug, info, warn or error", j.LogLevel)
	}
	if j.HTTP != "" {
		if _, _, err := net.SplitHostPort(j.HTTP); err != nil {
			j.bad(at{"http"}, "%q is not host:port", j.HTTP)
		}
	}
	if b := time.Duration(j.Telemetry.Batch); b < 100*time.Millisecond || b > time.Minute {
		j.bad(at{"telemetry", "batch"}, "%v is not between 100ms and 1m", b)
	}
	if j.Outbox.Cap < 4<<20 {
		j.bad(at{"outbox", "cap"}, "%v is less than 4 MiB", j.Outbox.Cap)
	}
}

func (j *judgement) uplink() {
	u := j.Uplink
	if u.Broker == "" {
		return
	}
	b, err := url.Parse(u.Broker)
	if err != nil || b.Hostname() == "" || b.Port() == "" {
		j.bad(at{"uplink", "broker"}, "%q is not a URL as in tls://broker.example:8883", u.Broker)
		return
	}
	switch b.Scheme {
	case "tls":
		if u.Cert == "" {
			j.bad(at{"uplink", "cert"}, "missing: a tls broker knows a gateway by its certificate")
		}
		if u.Key == "" {
			j.bad(at{"uplink", "key"}, "missing: a tls broker knows a gateway by its certificate")
		}
	case "tcp":
		if ip := net.ParseIP(b.Hostname()); b.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
			j.bad(at{"uplink", "broker"}, "tcp is not encrypted and only for a broker on this machine; use tls")
		}
	default:
		j.bad(at{"uplink", "broker"}, "unknown scheme %q, use tls", b.Scheme)
	}
	if b.User != nil {
		j.bad(at{"uplink", "broker"}, "secrets do not stand in this file: use cert and key")
	}
}

func (j *judgement) residents() {
	seen := map[string]bool{}
	for i, r := range j.Residents {
		j.id(at{"residents", i, "id"}, r.ID)
		if r.ID != "" && seen[r.ID] {
			j.bad(at{"residents", i, "id"}, "%q is there twice", r.ID)
		}
		seen[r.ID] = true
		j.falls(at{"residents", i}, r)
		j.notWorn(at{"residents", i}, r.NotWorn)
		j.bed(i, r)
		j.rooms(i, r.Rooms)
		j.scale2(i, r.Scale2)
		j.apnoea(i, r.Apnoea)
		for k, o := range r.Overrides {
			j.override(at{"residents", i, "overrides", k}, o)
		}
	}
}

// buses checks them and the pins that they take.
func (j *judgement) buses() (pins map[string]at) {
	pins = map[string]at{}
	names, devices := map[string]bool{}, map[string]bool{}
	for i, b := range j.Buses {
		j.id(at{"buses", i, "name"}, b.Name)
		if b.Name != "" && names[b.Name] {
			j.bad(at{"buses", i, "name"}, "%q is there twice", b.Name)
		}
		names[b.Name] = true
		if b.Device == "" {
			j.bad(at{"buses", i, "device"}, `missing, as in "/dev/i2c-1"`)
		} else if devices[b.Device] {
			j.bad(at{"buses", i, "device"}, "%q is there twice", b.Device)
		} else if !kernelBus(b.Device) {
			j.sim(at{"buses", i, "device"}, b.Device, `"/dev/i2c-N"`)
		}
		devices[b.Device] = true
		if (b.SCL == "") != (b.SDA == "") {
			j.bad(at{"buses", i}, "scl and sda belong together")
		}
		j.pin(pins, at{"buses", i, "scl"}, b.SCL)
		j.pin(pins, at{"buses", i, "sda"}, b.SDA)
	}
	return pins
}

func kernelBus(device string) bool {
	number, ok := strings.CutPrefix(device, "/dev/i2c-")
	_, err := strconv.ParseUint(number, 10, 16)
	return ok && err == nil
}

func (j *judgement) local(pins map[string]at) {
	j.pin(pins, at{"local", "acknowledge"}, j.Local.Acknowledge)
	for i, o := range j.Local.Outputs {
		j.pin(pins, at{"local", "outputs", i, "red"}, o.Red)
		j.pin(pins, at{"local", "outputs", i, "yellow"}, o.Yellow)
		j.pin(pins, at{"local", "outputs", i, "siren"}, o.Siren)
		j.pin(pins, at{"local", "outputs", i, "relay"}, o.Relay)
		if o.Red == "" && o.Yellow == "" && o.Siren == "" && o.Relay == "" {
			j.bad(at{"local", "outputs", i}, "no pin: give red, yellow, siren or relay")
		}
		if o.Place != "" && !slices.ContainsFunc(j.Sensors, func(s Sensor) bool { return s.Place == o.Place }) {
			j.bad(at{"local", "outputs", i, "place"}, "no sensor is at %q: this output would never sound", o.Place)
		}
	}
	for i, s := range j.Sensors {
		j.pin(pins, at{"sensors", i, "pin"}, s.Pin)
		j.pin(pins, at{"sensors", i, "fault_pin"}, s.FaultPin)
		j.pin(pins, at{"sensors", i, "clock"}, s.Clock)
		for k, pin := range s.Select {
			j.pin(pins, at{"sensors", i, "select", k}, pin)
		}
	}
}

// pin checks a pin's name, and that it has one use only.
func (j *judgement) pin(pins map[string]at, place at, pin string) {
	if pin == "" {
		return
	}
	if first, taken := pins[pin]; taken {
		j.bad(place, "pin %q is in use at line %d already", pin, j.doc.Line(first))
		return
	}
	pins[pin] = place
	if strings.HasPrefix(pin, "sim:") {
		j.sim(place, pin, "")
	} else if strings.ContainsAny(pin, " \t/#") {
		j.bad(place, `%q is not a pin, as in "GPIO17"`, pin)
	}
}

func (j *judgement) sim(place at, device, or string) {
	path, part, ok := strings.Cut(strings.TrimPrefix(device, "sim:unix://"), "#")
	if !strings.HasPrefix(device, "sim:unix://") || !ok || !strings.HasPrefix(path, "/") || part == "" {
		if or != "" {
			or += " or "
		}
		j.bad(place, `%q is not %s"sim:unix:///path#name"`, device, or)
	}
}
