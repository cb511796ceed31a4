package demo

import (
	"bytes"
	"crypto/rand"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"text/template"
)

//go:embed agent.yaml.tmpl cloud.yaml.tmpl seed.yaml.tmpl
var templates embed.FS

// Places are the folder of a demo and what lives in it.
type Places struct {
	Dir     string // the only folder that a demo writes to
	Socket  string // of the modelled house
	HTTP    string // address of nurse station and API
	Broker  string // address of the embedded broker
	AgentIO string // address of the agent's metrics and health
	Influxd string // program
}

// Account is a log-in of the demo.
type Account struct{ Name, Role, Password string }

// Write fills the folder with the configuration of agent and cloud, the seed,
// and a password file for each account.
func (p Places) Write(story *Story, accounts []Account) error {
	for _, a := range accounts {
		if err := os.WriteFile(filepath.Join(p.Dir, a.Name+".password"), []byte(a.Password+"\n"), 0o600); err != nil {
			return fmt.Errorf("demo: writing a password file: %w", err)
		}
	}
	all, err := template.ParseFS(templates, "*.tmpl")
	if err != nil {
		return fmt.Errorf("demo: reading templates: %w", err)
	}
	data := struct {
		Places
		Residents                               []*Resident
		Rooms                                   []string
		Accounts                                []Account
		WristAddr, HandAddr, PadAddr, ArrayAddr int
		Radio                                   string
	}{p, story.Residents, story.rooms(), accounts, wristAddr, handAddr, padAddr, arrayAddr, story.radio()}
	for _, name := range []string{"agent.yaml", "cloud.yaml", "seed.yaml"} {
		var text bytes.Buffer
		if err := all.ExecuteTemplate(&text, name+".tmpl", data); err != nil {
			return fmt.Errorf("demo: making %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(p.Dir, name), text.Bytes(), 0o600); err != nil {
			return fmt.Errorf("demo: writing %s: %w", name, err)
		}
	}
	return nil
}

// password returns a fresh one that can be read out over a desk.
func password() string { return rand.Text()[:10] }

// Pin returns the address of a pin or bus of the modelled house.
func (p Places) Pin(name string) string { return "sim:unix://" + p.Socket + "#" + name }
