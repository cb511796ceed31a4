package config

import (
	"strings"

	"osmanthus/internal/yamlfile"
)

// Seed is what a house begins with. Residents that exist are changed, gateways
// and accounts that exist are left as they are.
type Seed struct {
	Gateways  []SeedGateway  `yaml:"gateways"`
	Residents []SeedResident `yaml:"residents"`
	Users     []SeedUser     `yaml:"users"`
}

// SeedGateway is a gateway of the site. Its certificate is written into a
// folder with the files ca.crt, client.crt and client.key, as by
// "osmanthus-cloud gateway add".
type SeedGateway struct {
	ID  string `yaml:"id"`
	Out string `yaml:"out"` // folder for the certificate; relative to the seed
}

// SeedResident is a person, under the pseudonym that the gateway knows.
type SeedResident struct {
	ID      string `yaml:"id"`
	Name    string `yaml:"name"`
	Place   string `yaml:"place"` // ward or floor
	Room    string `yaml:"room"`
	Bed     string `yaml:"bed"`
	Gateway string `yaml:"gateway"`
}

// SeedUser is an account. Its password stands in a file.
type SeedUser struct {
	Name         string `yaml:"name"`
	Role         string `yaml:"role"`
	Language     string `yaml:"language"`
	PasswordFile string `yaml:"password_file"` // relative to the seed
}

func judgeSeed(s *Seed, doc *yamlfile.Document) Mistakes {
	j := &judgement{doc: doc}
	gateways := map[string]bool{}
	for i, g := range s.Gateways {
		j.id(at{"gateways", i, "id"}, g.ID)
		j.once(gateways, at{"gateways", i, "id"}, g.ID)
		if g.Out == "" {
			j.bad(at{"gateways", i, "out"}, "missing: where its certificate is to be written")
		}
	}
	residents := map[string]bool{}
	for i, r := range s.Residents {
		j.id(at{"residents", i, "id"}, r.ID)
		j.once(residents, at{"residents", i, "id"}, r.ID)
		for key, v := range map[string]string{"name": r.Name, "room": r.Room} {
			if v == "" {
				j.bad(at{"residents", i, key}, "missing")
			}
		}
		if r.Gateway != "" {
			j.id(at{"residents", i, "gateway"}, r.Gateway)
		}
	}
	users := map[string]bool{}
	for i, u := range s.Users {
		if u.Name == "" {
			j.bad(at{"users", i, "name"}, "missing")
		}
		j.once(users, at{"users", i, "name"}, strings.ToLower(u.Name))
		if u.Role != "nurse" && u.Role != "admin" {
			j.bad(at{"users", i, "role"}, "%q is not nurse or admin", u.Role)
		}
		if u.Language != "" && u.Language != "zh-CN" && u.Language != "en" {
			j.bad(at{"users", i, "language"}, "%q is not zh-CN or en", u.Language)
		}
		if u.PasswordFile == "" {
			j.bad(at{"users", i, "password_file"}, "missing")
		}
	}
	return j.found
}

func (j *judgement) once(seen map[string]bool, place at, id string) {
	if id != "" && seen[id] {
		j.bad(place, "%q is there twice", id)
	}
	seen[id] = true
}
