package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/influxdata/influxql"
)

// passwordVariable names the environment variable that may carry the account's
// password; a command line would show it to every user of the machine.
const passwordVariable = "OSMANTHUS_INFLUXD_PASSWORD"

// options is what the command line asks for.
type options struct {
	dir       string        // data directory; empty: a temporary one, removed at the end
	addr      string        // loopback host:port; port 0 takes a free one
	database  string        // made if missing
	user      string        // account with all rights on database, and on nothing else
	password  string        // empty: made once and kept in dir
	flux      bool          // answer Flux on /api/v2/query
	retention time.Duration // 0 keeps everything
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	var passwordFile, retention string
	fs := flag.NewFlagSet("osmanthus-influxd", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&o.dir, "dir", "", "data `directory` (default: a temporary one, removed at the end)")
	fs.StringVar(&o.addr, "addr", "127.0.0.1:0", "loopback `host:port`; port 0 takes a free one")
	fs.StringVar(&o.database, "database", "osmanthus", "database `name`, made if missing")
	fs.StringVar(&o.user, "user", "osmanthus", "account `name`, with all rights on the database only")
	fs.StringVar(&passwordFile, "password-file", "", "`file` with the account's password (default: $"+passwordVariable+", else made once and kept in the data directory)")
	fs.BoolVar(&o.flux, "flux", true, "answer Flux queries; costs some seconds of CPU after each start")
	fs.StringVar(&retention, "retention", "0s", "how long readings are kept, such as 90d or 2160h; 0s keeps them for ever")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	if o.database == "" || strings.ContainsAny(o.database, "/\"") {
		return o, fmt.Errorf("-database %q: want a name without slash or quote", o.database)
	}
	if o.user == "" || o.user == adminUser || strings.Contains(o.user, ":") {
		return o, fmt.Errorf("-user %q: want a name without colon, other than %s", o.user, adminUser)
	}
	if err := loopback(o.addr); err != nil {
		return o, fmt.Errorf("-addr %s: %w", o.addr, err)
	}
	var err error
	if o.retention, err = influxql.ParseDuration(retention); err != nil {
		return o, fmt.Errorf("-retention %q: want a number with a unit, such as 90d", retention)
	}
	if o.retention != 0 && o.retention < time.Hour {
		return o, fmt.Errorf("-retention %s: want 0s or at least 1h", retention)
	}
	o.password = os.Getenv(passwordVariable)
	if passwordFile != "" {
		b, err := os.ReadFile(passwordFile)
		if err != nil {
			return o, fmt.Errorf("reading the password: %w", err)
		}
		if o.password = strings.TrimSpace(string(b)); o.password == "" {
			return o, fmt.Errorf("password file %s is empty", passwordFile)
		}
	}
	return o, nil
}

// loopback refuses every address that another machine could reach.
func loopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return errors.New("want a loopback address such as 127.0.0.1: this InfluxDB gets no security fixes any more")
	}
	return nil
}
