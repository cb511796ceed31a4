package cloud

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"osmanthus/care"
	"osmanthus/cloud/api"
	"osmanthus/cloud/api/login"
	"osmanthus/cloud/broker"
	"osmanthus/cloud/config"
	"osmanthus/cloud/pki"
	"osmanthus/cloud/sql"
)

// minPassword and maxPassword bound a password, in bytes; the API asks for as
// much and takes no more.
const (
	minPassword = 10
	maxPassword = 256
)

func seed(ctx context.Context, c *call, args []string) error {
	if err := c.parse(args, 1); err != nil {
		return err
	}
	path := c.flags.Arg(0)
	s, err := config.LoadSeed(path)
	if err != nil {
		return err
	}
	beside := func(name string) string {
		if filepath.IsAbs(name) {
			return name
		}
		return filepath.Join(filepath.Dir(path), name)
	}
	return c.with(ctx, func(f config.Config, db *sql.DB) error {
		for _, g := range s.Gateways {
			if err := seedGateway(ctx, f, db, care.GatewayID(g.ID), beside(g.Out)); err != nil {
				return err
			}
		}
		for _, r := range s.Residents {
			one := sql.Resident{ID: care.ResidentID(r.ID), Name: r.Name, Place: r.Place, Room: r.Room, Bed: r.Bed, Gateway: care.GatewayID(r.Gateway)}
			if err := db.PutResident(ctx, one, time.Now()); err != nil {
				return err
			}
		}
		for _, u := range s.Users {
			err := newUser(ctx, db, u.Name, u.Role, u.Language, beside(u.PasswordFile))
			if err != nil && !errors.Is(err, sql.ErrExists) {
				return err
			}
		}
		return nil
	})
}

// seedGateway leaves a gateway alone that is registered and has its files.
func seedGateway(ctx context.Context, f config.Config, db *sql.DB, id care.GatewayID, out string) error {
	_, known, err := db.Site(ctx, id)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(out, pki.KeyFile)); known && err == nil {
		return nil
	}
	return addGateway(ctx, f, db, care.SiteID(f.Site), id, out)
}

// addGateway registers a gateway and writes what it needs to come in.
func addGateway(ctx context.Context, f config.Config, db *sql.DB, site care.SiteID, id care.GatewayID, out string) error {
	now := time.Now()
	authority, err := pki.Open(f.Authority(), now)
	if err != nil {
		return err
	}
	creds, err := authority.Issue(string(id), now)
	if err != nil {
		return err
	}
	if err := db.AddGateway(ctx, site, id, creds.Serial, creds.NotAfter, now); err != nil {
		return err
	}
	return creds.Write(out)
}

// passwordIn reads a password with which somebody can log in.
func passwordIn(file string) (string, error) {
	password, err := secret(file)
	switch {
	case err != nil:
		return "", err
	case len(password) < minPassword:
		return "", fmt.Errorf("cloud: the password in %s is shorter than %d bytes", file, minPassword)
	case len(password) > maxPassword:
		return "", fmt.Errorf("cloud: the password in %s is longer than %d bytes", file, maxPassword)
	}
	return password, nil
}

func newUser(ctx context.Context, db *sql.DB, name, role, language, passwordFile string) error {
	password, err := passwordIn(passwordFile)
	if err != nil {
		return err
	}
	if language == "" {
		language = "zh-CN"
	}
	return addUser(ctx, db, api.NewUser{Name: name, Password: password, Role: role, Language: language}, time.Now())
}

func userAdd(ctx context.Context, c *call, args []string) error {
	name := c.flags.String("name", "", "log-in `name`")
	role := c.flags.String("role", "", "nurse or admin")
	language := c.flags.String("language", "zh-CN", "zh-CN or en")
	file := c.flags.String("password-file", "", "`file` with the password")
	if err := c.parse(args, 0); err != nil {
		return err
	}
	if err := need(map[string]string{"name": *name, "role": *role, "password-file": *file}); err != nil {
		return err
	}
	if *role != "nurse" && *role != "admin" || *language != "zh-CN" && *language != "en" {
		return fmt.Errorf("%w: role %q, language %q", errUsage, *role, *language)
	}
	return c.with(ctx, func(_ config.Config, db *sql.DB) error {
		return newUser(ctx, db, *name, *role, *language, *file)
	})
}

func userList(ctx context.Context, c *call, args []string) error {
	if err := c.parse(args, 0); err != nil {
		return err
	}
	return c.with(ctx, func(_ config.Config, db *sql.DB) error {
		all, err := records{db}.Users(ctx)
		return errors.Join(err, lines(c, all))
	})
}

func lines[T any](c *call, all []T) error {
	for _, one := range all {
		if err := c.line(one); err != nil {
			return err
		}
	}
	return nil
}

func userDisable(ctx context.Context, c *call, args []string) error {
	return c.ofUser(ctx, args, (*sql.DB).DisableUser)
}

func userEnable(ctx context.Context, c *call, args []string) error {
	return c.ofUser(ctx, args, (*sql.DB).EnableUser)
}

// ofUser does something to one account.
func (c *call) ofUser(ctx context.Context, args []string, do func(*sql.DB, context.Context, string) error) error {
	name := c.flags.String("name", "", "log-in `name`")
	if err := c.parse(args, 0); err != nil {
		return err
	}
	if err := need(map[string]string{"name": *name}); err != nil {
		return err
	}
	return c.with(ctx, func(_ config.Config, db *sql.DB) error { return do(db, ctx, *name) })
}

func userPassword(ctx context.Context, c *call, args []string) error {
	name := c.flags.String("name", "", "log-in `name`")
	file := c.flags.String("password-file", "", "`file` with the new password")
	if err := c.parse(args, 0); err != nil {
		return err
	}
	if err := need(map[string]string{"name": *name, "password-file": *file}); err != nil {
		return err
	}
	password, err := passwordIn(*file)
	if err != nil {
		return err
	}
	return c.with(ctx, func(_ config.Config, db *sql.DB) error {
		return db.SetPassword(ctx, *name, login.Hash(password, login.DefaultParams))
	})
}

func gatewayAdd(ctx context.Context, c *call, args []string) error {
	site := c.flags.String("site", "", "`site` of the gateway (default: that of the configuration)")
	id := c.flags.String("gateway", "", "`id` of the gateway")
	out := c.flags.String("out", "", "`folder` for "+pki.CAFile+", "+pki.CertFile+" and "+pki.KeyFile)
	if err := c.parse(args, 0); err != nil {
		return err
	}
	if err := need(map[string]string{"gateway": *id, "out": *out}); err != nil {
		return err
	}
	return c.with(ctx, func(f config.Config, db *sql.DB) error {
		if *site == "" {
			*site = f.Site
		}
		return addGateway(ctx, f, db, care.SiteID(*site), care.GatewayID(*id), *out)
	})
}

func gatewayList(ctx context.Context, c *call, args []string) error {
	if err := c.parse(args, 0); err != nil {
		return err
	}
	return c.with(ctx, func(_ config.Config, db *sql.DB) error {
		all, err := db.Gateways(ctx)
		if err != nil {
			return err
		}
		for _, g := range all {
			if err := c.line(map[string]any{"gateway": g.ID, "site": g.Site, "added": g.Added, "revoked": !g.Revoked.IsZero()}); err != nil {
				return err
			}
		}
		return nil
	})
}

func gatewayRevoke(ctx context.Context, c *call, args []string) error {
	id := c.flags.String("gateway", "", "`id` of the gateway")
	if err := c.parse(args, 0); err != nil {
		return err
	}
	if err := need(map[string]string{"gateway": *id}); err != nil {
		return err
	}
	return c.with(ctx, func(_ config.Config, db *sql.DB) error {
		return db.RevokeGateway(ctx, care.GatewayID(*id), time.Now())
	})
}

// ingestUser is the common name of the cloud's certificate at another broker.
const ingestUser = "osmanthus-cloud"

func mosquittoACL(ctx context.Context, c *call, args []string) error {
	user := c.flags.String("user", ingestUser, "common `name` of the cloud's certificate")
	if err := c.parse(args, 0); err != nil {
		return err
	}
	return c.with(ctx, func(_ config.Config, db *sql.DB) error {
		all, err := db.Gateways(ctx)
		if err != nil {
			return err
		}
		var ids []care.GatewayID
		sites := map[care.GatewayID]care.SiteID{}
		for _, g := range all {
			if g.Revoked.IsZero() {
				ids = append(ids, g.ID)
				sites[g.ID] = g.Site
			}
		}
		return broker.MosquittoACL(c.out, *user, ids, func(g care.GatewayID) care.SiteID { return sites[g] })
	})
}

func brokerFiles(_ context.Context, c *call, args []string) error {
	user := c.flags.String("user", ingestUser, "common `name` of the cloud's certificate")
	out := c.flags.String("out", "", "`folder` for the cloud's certificate")
	if err := c.parse(args, 0); err != nil {
		return err
	}
	if err := need(map[string]string{"out": *out}); err != nil {
		return err
	}
	f, err := config.Load(*c.config)
	if err != nil {
		return err
	}
	authority, err := pki.Open(f.Authority(), time.Now())
	if err != nil {
		return err
	}
	cert, key, err := authority.Files(f.Broker.Hosts)
	if err != nil {
		return err
	}
	creds, err := authority.Issue(*user, time.Now())
	if err != nil {
		return err
	}
	if err := creds.Write(*out); err != nil {
		return err
	}
	in := func(name string) string { return filepath.Join(*out, name) }
	return c.line(map[string]string{"broker_cert": cert, "broker_key": key,
		"ca": in(pki.CAFile), "cloud_cert": in(pki.CertFile), "cloud_key": in(pki.KeyFile)})
}

func quarantineList(ctx context.Context, c *call, args []string) error {
	limit := c.flags.Int("limit", 100, "how many, the newest first")
	if err := c.parse(args, 0); err != nil {
		return err
	}
	return c.with(ctx, func(_ config.Config, db *sql.DB) error {
		all, err := records{db}.Quarantine(ctx, *limit)
		return errors.Join(err, lines(c, all))
	})
}

func quarantineReplay(ctx context.Context, c *call, args []string) error {
	id := c.flags.Int64("id", 0, "`number` of the message")
	all := c.flags.Bool("all", false, "every message")
	if err := c.parse(args, 0); err != nil {
		return err
	}
	if *all == (*id != 0) {
		return fmt.Errorf("%w: either -id or -all", errUsage)
	}
	return c.with(ctx, func(_ config.Config, db *sql.DB) error {
		n, err := db.AskReplay(ctx, *id)
		if err != nil {
			return err
		}
		return c.line(map[string]int64{"asked": n})
	})
}

func auditList(ctx context.Context, c *call, args []string) error {
	resident := c.flags.String("resident", "", "`id` of a resident")
	limit := c.flags.Int("limit", 100, "how many, the newest first")
	if err := c.parse(args, 0); err != nil {
		return err
	}
	return c.with(ctx, func(_ config.Config, db *sql.DB) error {
		all, err := db.AuditLog(ctx, *resident, *limit)
		if err != nil {
			return err
		}
		for _, e := range all {
			if err := c.line(map[string]any{"at": e.At, "who": e.Who, "address": e.Address, "action": e.Action,
				"resident": e.Resident, "detail": e.Detail}); err != nil {
				return err
			}
		}
		return nil
	})
}
