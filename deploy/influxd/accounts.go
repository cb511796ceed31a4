package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/influxdata/influxdb/services/meta"
	"github.com/influxdata/influxql"
)

const (
	adminUser       = "admin"
	retentionPolicy = "autogen"
)

// provision brings database, retention and accounts to what o asks for. It may
// run any number of times over one directory, a half-made one included.
func provision(m *meta.Client, o options) (ready, error) {
	adminPassword, err := keptPassword(filepath.Join(o.dir, "admin-password"))
	if err != nil {
		return ready{}, err
	}
	if o.password == "" {
		if o.password, err = keptPassword(filepath.Join(o.dir, "password")); err != nil {
			return ready{}, err
		}
	}
	// Without an administrator InfluxDB lets anybody create one.
	if err := account(m, adminUser, adminPassword, true); err != nil {
		return ready{}, err
	}
	if err := account(m, o.user, o.password, false); err != nil {
		return ready{}, err
	}
	if _, err := m.CreateDatabase(o.database); err != nil {
		return ready{}, fmt.Errorf("making database %s: %w", o.database, err)
	}
	shard := shardDuration(o.retention)
	keep := &meta.RetentionPolicyUpdate{Duration: &o.retention, ShardGroupDuration: &shard}
	if err := m.UpdateRetentionPolicy(o.database, retentionPolicy, keep, true); err != nil {
		return ready{}, fmt.Errorf("setting the retention of %s to %s: %w", o.database, o.retention, err)
	}
	if err := m.SetPrivilege(o.user, o.database, influxql.AllPrivileges); err != nil {
		return ready{}, fmt.Errorf("giving %s its rights: %w", o.user, err)
	}
	return ready{Database: o.database, Retention: retentionPolicy, Token: o.user + ":" + o.password}, nil
}

// shardDuration is how much time one file set spans; whole sets are dropped when
// they are older than the retention. The steps are InfluxDB's own.
func shardDuration(retention time.Duration) time.Duration {
	const day = 24 * time.Hour
	switch {
	case retention == 0 || retention >= 180*day:
		return 7 * day
	case retention >= 2*day:
		return day
	}
	return time.Hour
}

// account makes the user, or gives an existing one this password.
func account(m *meta.Client, name, password string, admin bool) error {
	_, err := m.CreateUser(name, password, admin)
	if errors.Is(err, meta.ErrUserExists) {
		if err = m.UpdateUser(name, password); err == nil {
			err = m.SetAdminPrivilege(name, admin)
		}
	}
	if err != nil {
		return fmt.Errorf("making user %s: %w", name, err)
	}
	return nil
}

// keptPassword returns the password in file, which it makes at the first start.
func keptPassword(file string) (string, error) {
	b, err := os.ReadFile(file)
	if p := strings.TrimSpace(string(b)); err == nil && p != "" {
		return p, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("reading a kept password: %w", err)
	}
	p := rand.Text()
	if err := os.WriteFile(file, []byte(p+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keeping a password: %w", err)
	}
	return p, nil
}
