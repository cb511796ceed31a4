package lab

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"osmanthus/deploy/child"
)

// BareAgent starts an agent as a home has it, without the files in which the
// lab's own writes down what it senses, and returns its process id. An empty
// program is the one of this tree. It ends with the test.
func (r *Road) BareAgent(t testing.TB, program string) (pid int, err error) {
	t.Helper()
	if program == "" {
		program = r.Agent.bin
	}
	log, err := os.Create(filepath.Join(r.Dir, "bare-agent.log"))
	if err != nil {
		return 0, fmt.Errorf("lab: %w", err)
	}
	t.Cleanup(func() { log.Close() })
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := child.Start(ctx, program, []string{"run", "-config", filepath.Join(r.Dir, "agent.yaml")}, child.Opts{NoLine: true, Stdout: log, Stderr: log})
	if err != nil {
		return 0, err
	}
	t.Cleanup(func() { c.Stop() })
	if err := healthy(r.AgentURL("/healthz"))(ctx); err != nil {
		return 0, fmt.Errorf("lab: the agent did not become healthy: %w\n%s", err, tail(log.Name(), 2000))
	}
	return c.PID(), nil
}

// AgentURL returns the address of a path of the agent's own pages.
func (r *Road) AgentURL(path string) string { return "http://" + r.places.AgentIO + path }
