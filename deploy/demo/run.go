package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"osmanthus/agent/sim"
	"osmanthus/care"
	"osmanthus/deploy/child"
)

// Opts are the choices of a demo.
type Opts struct {
	Dir      string // its only folder; emptied at the start
	Bin      string // folder of osmanthus-agent, -cloud and -influxd
	HTTP     string // address of the nurse station; default 127.0.0.1:8470
	Seed     uint64
	Language string                     // of the terminal: zh-CN or en
	Play     map[care.ResidentID]string // recordings in place of models
	Out      io.Writer
}

// mark is in a folder that a demo made, so that no other folder is emptied.
const mark = ".osmanthus-demo"

// Run starts the house, the agent and the cloud, tells on o.Out what happens,
// and ends all of it when ctx does.
func Run(ctx context.Context, o Opts) error {
	p, err := prepare(o)
	if err != nil {
		return err
	}
	accounts := []Account{{"nurse", "nurse", password()}, {"admin", "admin", password()}}
	story := NewStory(o.Seed)
	if err := p.Write(story, accounts); err != nil {
		return err
	}
	say := voice{o.Out, o.Language == "zh-CN"}
	say.line("正在启动云端、InfluxDB 和网关……", "starting cloud, InfluxDB and gateway …")
	program := func(name string) string { return filepath.Join(o.Bin, name) }
	seed := exec.CommandContext(ctx, program("osmanthus-cloud"), "seed", "-config", p.Dir+"/cloud.yaml", p.Dir+"/seed.yaml")
	if out, err := seed.CombinedOutput(); err != nil {
		return fmt.Errorf("demo: seeding the cloud: %w\n%s", err, out)
	}
	cloud, err := p.start(ctx, "cloud", program("osmanthus-cloud"), "http://"+p.HTTP+"/healthz")
	if err != nil {
		return err
	}
	defer cloud.Stop()

	start := time.Now()
	house := Furnish(story, start)
	for resident, file := range o.Play {
		if err := house.Play(resident, file, start.Add(FallAt*time.Second/2)); err != nil {
			return err
		}
	}
	server, err := sim.NewServer(house.Home, p.Socket, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	open, shut := context.WithCancel(context.Background()) // the house outlives the agent that reads it
	defer shut()
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return server.Run(open) })
	group.Go(func() error { house.Run(open); return nil })
	agent, err := p.start(running, "agent", program("osmanthus-agent"), "http://"+p.AgentIO+"/healthz")
	if err == nil {
		say.welcome(p, accounts)
		group.Go(func() error { say.story(running, house); return nil })
		group.Go(func() error { return ended(running, "cloud", cloud) })
		group.Go(func() error { return ended(running, "agent", agent) })
		<-running.Done()
		say.line("正在结束……", "ending …")
		agent.Stop()
	}
	told := ctx.Err() != nil
	shut()
	if failure := errors.Join(err, group.Wait()); !told {
		return failure
	}
	return nil
}

// ended reports a program that stops before it is told to.
func ended(ctx context.Context, name string, c *child.Child) error {
	select {
	case <-ctx.Done():
		return nil
	case <-c.Done():
		return fmt.Errorf("demo: %s ended by itself: %w; its log tells more", name, c.Wait())
	}
}

// prepare empties the folder and chooses addresses.
func prepare(o Opts) (Places, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return Places{}, fmt.Errorf("demo: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(dir, mark)); err != nil {
			return Places{}, fmt.Errorf("demo: %s is not empty and no demo made it: choose another folder with -dir", dir)
		}
		if err := os.RemoveAll(dir); err != nil {
			return Places{}, fmt.Errorf("demo: emptying %s: %w", dir, err)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Places{}, fmt.Errorf("demo: making %s: %w", dir, err)
	}
	if err := os.WriteFile(filepath.Join(dir, mark), nil, 0o600); err != nil {
		return Places{}, fmt.Errorf("demo: %w", err)
	}
	influxd, err := filepath.Abs(filepath.Join(o.Bin, "osmanthus-influxd"))
	if err != nil {
		return Places{}, fmt.Errorf("demo: %w", err)
	}
	p := Places{Dir: dir, Socket: filepath.Join(dir, "house.sock"), HTTP: o.HTTP, Influxd: influxd}
	for _, addr := range []*string{&p.HTTP, &p.Broker, &p.AgentIO} {
		if *addr, err = free(*addr); err != nil {
			return Places{}, err
		}
	}
	return p, nil
}

// free returns the wished address if nobody listens there, or another.
func free(wish string) (string, error) {
	if wish == "" {
		wish = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", wish)
	if err != nil {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return "", fmt.Errorf("demo: finding a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// start runs a program with its log in the demo's folder, until it is healthy.
func (p Places) start(ctx context.Context, name, bin, health string) (*child.Child, error) {
	path := filepath.Join(p.Dir, name+".log")
	log, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("demo: making a log: %w", err)
	}
	defer log.Close() // the child has its own copy
	args := []string{"run", "-config", filepath.Join(p.Dir, name+".yaml")}
	c, err := child.Start(ctx, bin, args, child.Opts{NoLine: true, Stdout: log, Stderr: log})
	if err != nil {
		return nil, err
	}
	wait, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := healthy(wait, c, health); err != nil {
		c.Stop()
		return nil, fmt.Errorf("demo: %s did not become ready: %w; see %s", name, err, path)
	}
	return c, nil
}

func healthy(ctx context.Context, c *child.Child, url string) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-c.Done():
			return errors.New("it ended")
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-tick.C:
		}
	}
}
