package config

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Radio is a radio of the home: an adapter of the gateway, or a bridge that
// hears in another room.
type Radio struct {
	Name    string `yaml:"name"` // the source of its readings
	Kind    string `yaml:"kind"` // bluez, esphome or mqtt
	Device  string `yaml:"device"`
	Address string `yaml:"address"`
	KeyFile string `yaml:"key_file"` // of a proxy's encryption

	Topics       []string `yaml:"topics"` // of adverts, by MQTT
	SenML        []string `yaml:"senml"`  // topics of SenML packs
	User         string   `yaml:"user"`
	PasswordFile string   `yaml:"password_file"`
	CA           string   `yaml:"ca"` // PEM file; "" trusts the system's roots
	// Quiet is within how long something can always be heard: after that it counts
	// as deaf. 0 lets the hub judge.
	Quiet Wait `yaml:"quiet"`
}

// radioKinds are the kinds of radios with their keys, the needed ones first.
var radioKinds = []struct {
	name    string
	needs   string
	options []string
}{
	{"bluez", "device", nil},
	{"esphome", "address", []string{"key_file"}},
	{"mqtt", "address", []string{"topics", "senml", "user", "password_file", "ca"}},
}

// Classes are how sensors that are heard by radio may be supervised.
var Classes = []string{"call-radio", "bed", "band", "unsupervised"}

func (j *judgement) radios() {
	names := map[string]bool{}
	for i, r := range j.Radios {
		j.source(at{"radios", i, "name"}, r.Name)
		if r.Name != "" && (names[r.Name] || slices.ContainsFunc(j.Sensors, func(s Sensor) bool { return s.ID == r.Name })) {
			j.bad(at{"radios", i, "name"}, "%q is there twice", r.Name)
		}
		names[r.Name] = true
		j.radio(i, r)
	}
	if len(j.Radios) > maxRadios {
		j.bad(at{"radios"}, "%d radios, at most %d", len(j.Radios), maxRadios)
	}
}

// maxRadios is how many radios one gateway tells apart.
const maxRadios = 16

func (j *judgement) radio(i int, r Radio) {
	given := map[string]bool{
		"device": r.Device != "", "address": r.Address != "", "key_file": r.KeyFile != "", "topics": len(r.Topics) > 0,
		"senml": len(r.SenML) > 0, "user": r.User != "", "password_file": r.PasswordFile != "", "ca": r.CA != "",
	}
	var kinds []string
	for _, k := range radioKinds {
		kinds = append(kinds, k.name)
		if k.name != r.Kind {
			continue
		}
		if !given[k.needs] {
			j.bad(at{"radios", i, k.needs}, "missing: a radio of kind %s needs it", k.name)
		}
		for _, key := range slices.Sorted(keys(given)) {
			if given[key] && key != k.needs && !slices.Contains(k.options, key) {
				j.bad(at{"radios", i, key}, "a radio of kind %s has no such option", k.name)
			}
		}
	}
	if !slices.Contains(kinds, r.Kind) {
		j.bad(at{"radios", i, "kind"}, "%q is not one of %s", r.Kind, strings.Join(kinds, ", "))
		return
	}
	if d := time.Duration(r.Quiet); r.Quiet != 0 && r.Quiet != Never && (d < time.Minute || d > 24*time.Hour) {
		j.bad(at{"radios", i, "quiet"}, "%v is not never, or between 1m and 24h", r.Quiet)
	}
	switch {
	case r.Kind == "bluez" && r.Device != "":
		j.adapter(i, r.Device)
	case r.Kind == "esphome" && r.Address != "":
		if host, port, err := net.SplitHostPort(r.Address); err != nil || host == "" || port == "" {
			j.bad(at{"radios", i, "address"}, `%q is not host:port, as in "proxy-1.local:6053"`, r.Address)
		}
	case r.Kind == "mqtt":
		j.bridge(i, r)
	}
}

func (j *judgement) adapter(i int, device string) {
	number, ok := strings.CutPrefix(device, "hci")
	if _, err := strconv.ParseUint(number, 10, 8); !ok || err != nil {
		j.sim(at{"radios", i, "device"}, device, `"hci0"`)
	}
}

// bridge judges the address and the topics of a local broker.
func (j *judgement) bridge(i int, r Radio) {
	if len(r.Topics) == 0 && len(r.SenML) == 0 {
		j.bad(at{"radios", i}, "%q needs topics or senml", r.Name)
	}
	for key, topics := range map[string][]string{"topics": r.Topics, "senml": r.SenML} {
		for k, topic := range topics {
			if !validFilter(topic) {
				j.bad(at{"radios", i, key, k}, "%q is not a topic filter", topic)
			} else if key == "topics" && !strings.Contains(topic, "/BTtoMQTT") && !strings.HasSuffix(topic, "/events/rpc") {
				j.bad(at{"radios", i, key, k}, "%q is neither of OpenMQTTGateway or Theengs (…/BTtoMQTT/#) nor of Shelly (…/events/rpc)", topic)
			}
		}
	}
	if (r.User == "") != (r.PasswordFile == "") {
		j.bad(at{"radios", i}, "user and password_file belong together")
	}
	if r.Address == "" {
		return
	}
	b, err := url.Parse(r.Address)
	if err != nil || b.Hostname() == "" || b.Port() == "" {
		j.bad(at{"radios", i, "address"}, "%q is not a URL as in tcp://192.168.1.2:1883 or tls://broker.local:8883", r.Address)
		return
	}
	if b.User != nil {
		j.bad(at{"radios", i, "address"}, "secrets do not stand in this file: use user and password_file")
	}
	switch {
	case b.Scheme != "tcp" && b.Scheme != "tls":
		j.bad(at{"radios", i, "address"}, "unknown scheme %q, use tcp or tls", b.Scheme)
	case b.Scheme == "tcp" && !inTheHome(b.Hostname()):
		j.bad(at{"radios", i, "address"}, "tcp is not encrypted and only for a broker in the home; use tls")
	case b.Scheme == "tcp" && r.CA != "":
		j.bad(at{"radios", i, "ca"}, "tcp is not encrypted; use tls")
	}
}

// inTheHome reports whether a host can only be one of the local network.
func inTheHome(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
	}
	return host == "localhost" || strings.HasSuffix(host, ".local") || !strings.Contains(host, ".")
}

// validFilter reports whether a topic filter is one of MQTT 3.1.1, section 4.7.
func validFilter(f string) bool {
	levels := strings.Split(f, "/")
	for i, l := range levels {
		if strings.Contains(l, "#") && (l != "#" || i != len(levels)-1) || strings.Contains(l, "+") && l != "+" {
			return false
		}
	}
	return f != "" && len(f) < 1<<16 && !strings.Contains(f, "\x00")
}

// mac is the address of a device, as it is printed on it.
var mac = regexp.MustCompile(`^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$`)

// reached checks how a sensor is reached that may be heard by radio.
func (j *judgement) reached(i int, s Sensor, heard map[string]int) {
	byRadio := s.MAC != "" || s.SenML != ""
	ways := 0
	for _, given := range []bool{s.Pin != "", s.Supervised != nil, s.MAC != "", s.SenML != ""} {
		if given {
			ways++
		}
	}
	switch {
	case byRadio && ways > 1:
		j.bad(at{"sensors", i}, "%q has a pin, a supervised line, a mac or senml, not several", s.ID)
	case byRadio && s.NormallyClosed:
		j.bad(at{"sensors", i, "normally_closed"}, "only a pin is normally closed")
	case byRadio && len(j.Radios) == 0:
		j.bad(at{"sensors", i}, "%q is heard by radio, and there are no radios", s.ID)
	case s.SenML != "" && !slices.ContainsFunc(j.Radios, func(r Radio) bool { return len(r.SenML) > 0 }):
		j.bad(at{"sensors", i, "senml"}, "no radio has topics of senml")
	}
	if s.MAC != "" && !mac.MatchString(s.MAC) {
		j.bad(at{"sensors", i, "mac"}, `%q is not an address, as in "A4:C1:38:8D:18:B2"`, s.MAC)
	}
	if s.KeyFile != "" && s.MAC == "" {
		j.bad(at{"sensors", i, "key_file"}, "only what is heard by its mac has a key")
	}
	if s.Class != "" && !slices.Contains(Classes, s.Class) {
		j.bad(at{"sensors", i, "class"}, "%q is not one of %s", s.Class, strings.Join(Classes, ", "))
	}
	if s.Class != "" && !byRadio {
		j.bad(at{"sensors", i, "class"}, "only what is heard by radio has a class: wires are supervised anyway")
	}
	for way, name := range map[string]string{"mac": strings.ToUpper(s.MAC), "senml": s.SenML} {
		if name == "" {
			continue
		}
		if other, taken := heard[way+name+s.Kind]; taken {
			j.bad(at{"sensors", i, way}, "%q and %q are both the %s of %s", j.Sensors[other].ID, s.ID, s.Kind, name)
		}
		heard[way+name+s.Kind] = i
	}
}

// vigilant are the kinds whose silence endangers somebody.
var vigilant = []string{"callpoint", "mat", "door", "smoke", "gas", "carbon_monoxide", "leak"}

// unsupervised says which sensors could fall silent and nobody would hear of it.
func (c Config) unsupervised() (notes []string) {
	for _, s := range c.Sensors {
		if (s.MAC != "" || s.SenML != "") && (s.Class == "" || s.Class == "unsupervised") && slices.Contains(vigilant, s.Kind) {
			notes = append(notes, s.ID+" is heard by radio without a class: if it falls silent, nobody is told; give it a class if it sends by itself")
		}
	}
	return notes
}

// oneRadio says that call buttons hang on one radio, whose deafness is known for
// certain after half a day only where nobody vouched for its place.
func (c Config) oneRadio() []string {
	if len(c.Radios) != 1 || c.Radios[0].Quiet > 0 {
		return nil
	}
	for _, s := range c.Sensors {
		if s.Kind == "callpoint" && (s.MAC != "" || s.SenML != "") && (s.Class == "" || s.Class == "unsupervised") {
			return []string{s.ID + " is heard by " + c.Radios[0].Name + " alone: put a second radio in its reach, or say by quiet: within what time something can always be heard"}
		}
	}
	return nil
}
