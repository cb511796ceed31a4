package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"

	"osmanthus/cloud/api"
	"osmanthus/cloud/config"
	"osmanthus/cloud/sql"
)

const usage = `osmanthus-cloud stores what the homes measure, calls people, and tells the gateways what it has.

  run -config F [-run ingest,alarm,web]      serve until SIGTERM
  check -config F                            say ok, or every mistake with its line
  openapi                                    print the description of the API
  seed -config F SEED.yaml                   gateways, residents and accounts of a new house
  user add -config F -name N -role nurse|admin [-language zh-CN|en] -password-file P
  user password -config F -name N -password-file P    another password; who is logged in with it is logged out
  user list | disable | enable -config F [-name N]    to disable logs out, too
  gateway add -config F [-site S] -gateway G -out DIR
  gateway list | revoke -config F [-gateway G]
  gateway mosquitto-acl -config F [-user U]  the rights of all gateways, for Mosquitto
  gateway broker-files -config F [-user U] -out DIR   certificates for a broker that is another program
  quarantine list | replay -config F [-id N | -all]
  audit -config F [-resident R] [-limit N]   who read or did what
  version
`

// errUsage says that the command line makes no sense.
var errUsage = errors.New("cloud: wrong command line; see osmanthus-cloud help")

// call is one use of the command line.
type call struct {
	flags  *flag.FlagSet
	config *string
	out    io.Writer
	errs   io.Writer
	log    *slog.Logger
}

// commands is the one table of commands.
var commands = map[string]func(context.Context, *call, []string) error{
	"run": run, "check": check, "seed": seed,
	"user add": userAdd, "user list": userList, "user disable": userDisable,
	"user enable": userEnable, "user password": userPassword,
	"gateway add": gatewayAdd, "gateway list": gatewayList, "gateway revoke": gatewayRevoke,
	"gateway mosquitto-acl": mosquittoACL, "gateway broker-files": brokerFiles,
	"quarantine list": quarantineList, "quarantine replay": quarantineReplay,
	"audit": auditList,
	"openapi": func(_ context.Context, c *call, args []string) error {
		spec, err := api.Spec()
		if err == nil {
			_, err = c.out.Write(spec)
		}
		return err
	},
	"version": func(_ context.Context, c *call, _ []string) error {
		_, err := fmt.Fprintln(c.out, "osmanthus-cloud", Version())
		return err
	},
	"help": func(_ context.Context, c *call, _ []string) error {
		_, err := io.WriteString(c.out, usage)
		return err
	},
}

// Command runs one command and returns the exit status: 0, 2 for input that
// cannot be used, 1 for everything else that fails.
func Command(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		io.WriteString(stderr, usage)
		return 2
	}
	name, rest := args[0], args[1:]
	do := commands[name]
	if do == nil && len(rest) > 0 {
		name += " " + rest[0]
		rest = rest[1:]
		do = commands[name]
	}
	if do == nil {
		io.WriteString(stderr, usage)
		return 2
	}
	c := &call{flags: flag.NewFlagSet("osmanthus-cloud "+name, flag.ContinueOnError), out: stdout, errs: stderr}
	c.flags.SetOutput(stderr)
	c.config = c.flags.String("config", "osmanthus-cloud.yaml", "configuration `file`")
	c.log = slog.New(slog.NewTextHandler(stderr, nil))
	err := do(ctx, c, rest)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case unusable(err):
		fmt.Fprintln(stderr, err)
		return 2
	}
	fmt.Fprintln(stderr, "osmanthus-cloud:", err)
	return 1
}

func unusable(err error) bool {
	_, mistakes := errors.AsType[config.Mistakes](err)
	return mistakes || errors.Is(err, errUsage)
}

// parse reads the flags; what is left must be n words.
func (c *call) parse(args []string, n int) error {
	if err := c.flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if c.flags.NArg() != n {
		return fmt.Errorf("%w: %d words where %d are wanted", errUsage, c.flags.NArg(), n)
	}
	return nil
}

// need says that a flag is missing.
func need(flags map[string]string) error {
	for name, v := range flags {
		if v == "" {
			return fmt.Errorf("%w: -%s is missing", errUsage, name)
		}
	}
	return nil
}

// with opens the records for one command.
func (c *call) with(ctx context.Context, do func(config.Config, *sql.DB) error) error {
	f, err := config.Load(*c.config)
	if err != nil {
		return err
	}
	db, err := sql.Open(ctx, f.Database())
	if err != nil {
		return err
	}
	return errors.Join(do(f, db), db.Close())
}

// line prints one thing as a line of JSON.
func (c *call) line(v any) error {
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func check(_ context.Context, c *call, args []string) error {
	if err := c.parse(args, 0); err != nil {
		return err
	}
	if _, err := config.Load(*c.config); err != nil {
		return err
	}
	_, err := fmt.Fprintln(c.out, "ok")
	return err
}

func run(ctx context.Context, c *call, args []string) error {
	which := c.flags.String("run", "ingest,alarm,web", "the `roles` of this process")
	if err := c.parse(args, 0); err != nil {
		return err
	}
	roles, err := ParseRoles(*which)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	f, err := config.Load(*c.config)
	if err != nil {
		return err
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.LogLevel)); err != nil {
		return err
	}
	s, err := New(ctx, f, roles, slog.New(slog.NewJSONHandler(c.errs, &slog.HandlerOptions{Level: level})))
	if err != nil {
		return err
	}
	return s.Run(ctx)
}
