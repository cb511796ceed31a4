package config

import (
	"log/slog"
	"net"
	"net/url"
	"time"

	"osmanthus/internal/yamlfile"
	"osmanthus/wire"
)

// at is a place in the document: keys and indices.
type at = yamlfile.At

type judgement struct {
	doc   *yamlfile.Document
	found Mistakes
}

func (j *judgement) bad(place at, format string, args ...any) {
	j.found = append(j.found, j.doc.Mistake(place, format, args...))
}

// id demands what can stand in a topic and a tag.
func (j *judgement) id(place at, id string) {
	if id == "" {
		j.bad(place, "missing")
	} else if !wire.ValidID(id) {
		j.bad(place, "%q is not 1 to 64 letters, digits, '-', '_' or '.'", id)
	}
}

func (j *judgement) address(place at, addr string) {
	if _, port, err := net.SplitHostPort(addr); err != nil || port == "" {
		j.bad(place, "%q is not host:port", addr)
	}
}

// minAudit is how long it must be known who read or did what.
const minAudit = 180 * 24 * time.Hour

// judge finds what the decoder cannot know.
func judge(c *Config, doc *yamlfile.Document) Mistakes {
	j := &judgement{doc: doc}
	j.id(at{"site"}, c.Site)
	if c.StateDir == "" {
		j.bad(at{"state_dir"}, "missing")
	}
	if new(slog.Level).UnmarshalText([]byte(c.LogLevel)) != nil {
		j.bad(at{"log_level"}, "%q is not debug, info, warn or error", c.LogLevel)
	}
	j.http(c.HTTP)
	j.broker(c.Broker)
	j.influx(c.Influx)
	if r := time.Duration(c.SQL.AuditRetention); r != 0 && r < minAudit {
		j.bad(at{"sql", "audit_retention"}, "%v is neither 0s nor at least 4320h (180 days)", r)
	}
	return j.found
}

func (j *judgement) http(h HTTP) {
	j.address(at{"http", "listen"}, h.Listen)
	if h.Metrics != "" {
		j.address(at{"http", "metrics"}, h.Metrics)
	}
	switch {
	case h.Cert == "own" && h.Key != "":
		j.bad(at{"http", "key"}, "the house's own certificate has a key of its own")
	case h.Cert != "own" && (h.Cert == "") != (h.Key == ""):
		j.bad(at{"http"}, "cert and key belong together")
	case h.Cert == "" && !h.Plain && !Loopback(h.Listen):
		j.bad(at{"http", "listen"}, "without TLS names and passwords would cross the network in the clear; set cert, or plain where a proxy does TLS")
	}
	if s := time.Duration(h.Session); s < time.Minute || s > 7*24*time.Hour {
		j.bad(at{"http", "session"}, "%v is not between 1m and 168h", s)
	}
}

// Loopback reports whether an address, with or without port, is reached from
// this machine only.
func Loopback(addr string) bool {
	if host, _, err := net.SplitHostPort(addr); err == nil {
		addr = host
	}
	ip := net.ParseIP(addr)
	return addr == "localhost" || ip != nil && ip.IsLoopback()
}

func (j *judgement) broker(b Broker) {
	j.id(at{"broker", "instance"}, b.Instance)
	if b.Address == "" {
		j.address(at{"broker", "listen"}, b.Listen)
		if len(b.Hosts) == 0 {
			j.bad(at{"broker", "hosts"}, "missing: gateways check by which name they reach the broker")
		}
		return
	}
	u, err := url.Parse(b.Address)
	if err != nil || u.Hostname() == "" || u.Port() == "" {
		j.bad(at{"broker", "address"}, "%q is not a URL as in tls://broker.example:8883", b.Address)
		return
	}
	switch {
	case u.Scheme != "tls" && u.Scheme != "tcp":
		j.bad(at{"broker", "address"}, "unknown scheme %q, use tls", u.Scheme)
	case u.Scheme == "tcp" && !Loopback(u.Hostname()):
		j.bad(at{"broker", "address"}, "tcp is not encrypted and only for a broker on this machine; use tls")
	}
	if u.User != nil {
		j.bad(at{"broker", "address"}, "secrets do not stand in this file: use user and password_file")
	}
	if (b.Cert == "") != (b.Key == "") {
		j.bad(at{"broker"}, "cert and key belong together")
	}
}

func (j *judgement) influx(i Influx) {
	if i.URL == "" {
		if i.Bin == "" {
			j.bad(at{"influx", "bin"}, "missing, and there is no url either")
		}
		if !Loopback(i.Listen) {
			j.bad(at{"influx", "listen"}, "%q is not on the loopback interface: this InfluxDB gets no security fixes any more", i.Listen)
		}
		if r := time.Duration(i.Retention); r != 0 && r < time.Hour {
			j.bad(at{"influx", "retention"}, "%v is neither 0s nor at least 1h", r)
		}
		return
	}
	u, err := url.Parse(i.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		j.bad(at{"influx", "url"}, "%q is not a URL as in https://influx.example:8086", i.URL)
	} else if u.User != nil {
		j.bad(at{"influx", "url"}, "secrets do not stand in this file: use token_file")
	}
	if i.Bucket == "" {
		j.bad(at{"influx", "bucket"}, "missing")
	}
}
