package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"osmanthus/deploy/child"
)

// Programs are the built binaries.
type Programs struct{ Agent, Cloud, Influxd string }

// Root returns the folder of the module that the working directory lies in, or
// "" outside of it.
func Root() string {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "e2e", "lab")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

var build = sync.OnceValues(func() (Programs, error) {
	dir := filepath.Join(Root(), "bin")
	p := Programs{filepath.Join(dir, "osmanthus-agent"), filepath.Join(dir, "osmanthus-cloud"), filepath.Join(dir, "osmanthus-influxd")}
	version, err := exec.Command(filepath.Join(Root(), "tools", "version")).Output()
	if err != nil {
		return p, fmt.Errorf("lab: asking for the version: %w", err)
	}
	flags := "-s -w " + strings.TrimSpace(string(version))
	for bin, pkg := range map[string]string{p.Agent: "./agent/cmd/osmanthus-agent", p.Cloud: "./cloud/cmd/osmanthus-cloud"} {
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags", flags, "-o", bin, pkg)
		cmd.Dir, cmd.Env = Root(), append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return p, fmt.Errorf("lab: building %s: %w\n%s", pkg, err, out)
		}
	}
	if _, err := os.Stat(p.Influxd); err != nil {
		return p, errors.New("lab: bin/osmanthus-influxd is not built: run make bin/osmanthus-influxd")
	}
	return p, nil
})

// Build builds agent and cloud anew, once, and returns all programs.
func Build() (Programs, error) { return build() }

// Process is one program that may be killed and started again.
type Process struct {
	Name  string
	bin   string
	args  []string
	ready func(context.Context) error
	log   *os.File

	mu    sync.Mutex
	child *child.Child
}

// newProcess describes a program whose log goes to dir/NAME.log.
func newProcess(t testing.TB, dir, name, bin string, args []string, ready func(context.Context) error) *Process {
	t.Helper()
	log, err := os.OpenFile(filepath.Join(dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	p := &Process{Name: name, bin: bin, args: args, ready: ready, log: log}
	t.Cleanup(func() {
		p.Stop()
		log.Close()
		if t.Failed() {
			t.Logf("the end of %s's log:\n%s", name, tail(log.Name(), 4000))
		}
	})
	return p
}

func tail(path string, n int) []byte {
	b, err := os.ReadFile(path)
	if err != nil {
		return []byte(err.Error())
	}
	return b[max(0, len(b)-n):]
}

// Start runs the program and waits until it is ready.
func (p *Process) Start(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	fmt.Fprintf(p.log, "--- %s starts at %s\n", p.Name, time.Now().UTC().Format(time.RFC3339Nano))
	c, err := child.Start(ctx, p.bin, p.args, child.Opts{NoLine: true, Stdout: p.log, Stderr: p.log})
	if err == nil {
		p.mu.Lock()
		p.child = c
		p.mu.Unlock()
		err = p.ready(ctx)
	}
	if err != nil {
		t.Fatalf("%s did not start: %v\n%s", p.Name, err, tail(p.log.Name(), 4000))
	}
}

// Kill ends the program as a power cut would: by SIGKILL.
func (p *Process) Kill() { p.end(func(c *child.Child) { c.Kill() }) }

// Stop asks the program to end, and waits for it.
func (p *Process) Stop() { p.end(func(c *child.Child) { c.Stop() }) }

func (p *Process) end(how func(*child.Child)) {
	p.mu.Lock()
	c := p.child
	p.child = nil
	p.mu.Unlock()
	if c != nil {
		how(c)
		c.Wait()
	}
}

// FreePort returns a loopback address that nobody listens on.
func FreePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// healthy waits until url answers 200.
func healthy(url string) func(context.Context) error {
	return func(ctx context.Context) error {
		return eventually(ctx, func() error {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
			if err != nil {
				return err
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(io.LimitReader(resp.Body, 1000))
			if resp.StatusCode != http.StatusOK {
				return fmt.Errorf("%s: %s: %s", url, resp.Status, body)
			}
			return nil
		})
	}
}

// listening waits until somebody accepts connections at addr.
func listening(addr string) func(context.Context) error {
	return func(ctx context.Context) error {
		return eventually(ctx, func() error {
			c, err := net.DialTimeout("tcp", addr, time.Second)
			if err != nil {
				return err
			}
			return c.Close()
		})
	}
}

// eventually tries until it succeeds or ctx ends; then it says why not.
func eventually(ctx context.Context, try func() error) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("gave up: %w", err)
		case <-tick.C:
		}
	}
}

// Eventually fails the test when try does not succeed within d.
func Eventually(t testing.TB, d time.Duration, what string, try func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	if err := eventually(ctx, try); err != nil {
		t.Fatalf("%s: not within %v: %v", what, d, err)
	}
}
