// Package config reads the cloud's one YAML file, and the file that seeds a
// house, strictly: it reports every mistake with its line.
package config

import (
	_ "embed"
	"path/filepath"
	"time"
)

// Reference is the commented reference file. Its live lines are the defaults;
// its lines that begin with # and no space are examples.
//
//go:embed osmanthus-cloud.yaml
var Reference []byte

// Config is the whole file.
type Config struct {
	Site     string `yaml:"site"`
	SiteName string `yaml:"site_name"`
	StateDir string `yaml:"state_dir"`
	LogLevel string `yaml:"log_level"`
	HTTP     HTTP   `yaml:"http"`
	Broker   Broker `yaml:"broker"`
	Influx   Influx `yaml:"influx"`
	SQL      SQL    `yaml:"sql"`
}

// HTTP is where people and monitoring come in.
type HTTP struct {
	Listen  string   `yaml:"listen"`
	Cert    string   `yaml:"cert"` // PEM file; "own": of the house's own authority; "": no TLS
	Key     string   `yaml:"key"`
	Plain   bool     `yaml:"plain"`   // allows no TLS beyond this machine: a proxy does it
	Metrics string   `yaml:"metrics"` // "": on Listen, for callers on this machine
	Session Duration `yaml:"session"`
}

// TLS reports whether the listener speaks TLS itself.
func (h HTTP) TLS() bool { return h.Cert != "" }

// Broker is the embedded one, or, where Address is set, another.
type Broker struct {
	Listen       string   `yaml:"listen"` // of the embedded one
	Hosts        []string `yaml:"hosts"`  // names and addresses by which gateways reach it
	Address      string   `yaml:"address"`
	CA           string   `yaml:"ca"`
	Cert         string   `yaml:"cert"`
	Key          string   `yaml:"key"`
	User         string   `yaml:"user"`
	PasswordFile string   `yaml:"password_file"`
	Instance     string   `yaml:"instance"`
}

// Influx is a child of this program, or, where URL is set, another server.
type Influx struct {
	Bin       string   `yaml:"bin"`
	Dir       string   `yaml:"dir"`
	Listen    string   `yaml:"listen"`
	Retention Duration `yaml:"retention"`
	URL       string   `yaml:"url"`
	TokenFile string   `yaml:"token_file"`
	Org       string   `yaml:"org"`
	Bucket    string   `yaml:"bucket"`
	CA        string   `yaml:"ca"`
}

// SQL is where the records are.
type SQL struct {
	Path           string   `yaml:"path"`
	AuditRetention Duration `yaml:"audit_retention"` // 0: for ever
}

// Default returns what holds where the file says nothing.
func Default() Config {
	return Config{
		StateDir: "/var/lib/osmanthus-cloud",
		LogLevel: "info",
		HTTP:     HTTP{Listen: "127.0.0.1:8470", Session: Duration(12 * time.Hour)},
		Broker:   Broker{Listen: ":8883", Hosts: []string{"localhost", "127.0.0.1"}, Instance: "1"},
		Influx:   Influx{Bin: "osmanthus-influxd", Listen: "127.0.0.1:0"},
		SQL:      SQL{AuditRetention: Duration(400 * 24 * time.Hour)},
	}
}

// Database returns the path of the SQLite file.
func (c Config) Database() string { return c.under(c.SQL.Path, "house.db") }

// Authority returns the folder of the house's own certificate authority.
func (c Config) Authority() string { return filepath.Join(c.StateDir, "pki") }

// InfluxDir returns the folder of the InfluxDB child.
func (c Config) InfluxDir() string { return c.under(c.Influx.Dir, "influx") }

func (c Config) under(path, name string) string {
	if path != "" {
		return path
	}
	return filepath.Join(c.StateDir, name)
}
