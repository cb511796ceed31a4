// Package child runs another program so that it ends with its parent, whatever ends the parent.
//
// Three things see to that: the child's standard input is a pipe that only the
// parent holds, on Linux the kernel sends the child SIGTERM when the parent
// dies, and the child has a process group of its own, so that Ctrl-C reaches
// the parent alone, which then stops its children in the order it wants.
package child

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// Opts are the choices that a parent has; the zero value is useful.
type Opts struct {
	Env    []string      // added to the parent's environment, as NAME=value
	Dir    string        // working directory; default the parent's
	Stdout io.Writer     // gets what follows the ready line; default nowhere
	Stderr io.Writer     // default the parent's standard error
	Grace  time.Duration // how long Stop waits before SIGKILL; default 10 s
	NoLine bool          // the program prints no ready line: Start does not wait for one
}

// Child is a running program, or one that ended.
type Child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	line  []byte
	grace time.Duration

	closeStdin sync.Once
	done       chan struct{} // closed when the program has ended
	err        error         // how; valid once done is closed
}

// Start runs bin and waits until it has printed one line on its standard
// output, by which it says that it is ready. ctx bounds that wait only: when it
// ends first, the program is killed and Start fails. After Start the program
// runs until Stop, Kill or the parent's end.
func Start(ctx context.Context, bin string, args []string, opts Opts) (*Child, error) {
	if opts.Stdout == nil {
		opts.Stdout = io.Discard
	}
	if opts.Stderr == nil {
		opts.Stderr = os.Stderr
	}
	if opts.Grace == 0 {
		opts.Grace = 10 * time.Second
	}
	c := &Child{cmd: exec.Command(bin, args...), grace: opts.Grace, done: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), opts.Env...)
	c.cmd.Dir = opts.Dir
	c.cmd.Stderr = opts.Stderr
	c.cmd.SysProcAttr = attributes()
	// A grandchild that keeps the pipes open must not make Wait hang.
	c.cmd.WaitDelay = opts.Grace
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("child: making a pipe for %s: %w", bin, err)
	}
	c.stdin = stdin
	first := &firstLine{rest: opts.Stdout, got: make(chan []byte, 1)}
	c.cmd.Stdout = first
	if opts.NoLine {
		c.cmd.Stdout = opts.Stdout
	}
	started := make(chan error, 1)
	go c.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("child: starting %s: %w", bin, err)
	}
	if opts.NoLine {
		return c, nil
	}
	select {
	case c.line = <-first.got:
		return c, nil
	case <-c.done:
		select {
		case c.line = <-first.got: // it was ready before it ended
			return c, nil
		default:
		}
		return nil, fmt.Errorf("child: %s ended before it was ready: %w", bin, c.endError())
	case <-ctx.Done():
		c.Kill()
		return nil, fmt.Errorf("child: waiting for %s to be ready: %w", bin, ctx.Err())
	}
}

// run starts the program and stays with it to its end, on one thread: the
// kernel's parent-death signal follows the thread that started the program.
func (c *Child) run(started chan<- error) {
	unlock := lockThread()
	defer unlock()
	if err := c.cmd.Start(); err != nil {
		started <- err
		return
	}
	started <- nil
	c.err = c.cmd.Wait()
	c.closeStdin.Do(func() { c.stdin.Close() })
	close(c.done)
}

func (c *Child) endError() error {
	if c.err == nil {
		return errors.New("exit status 0")
	}
	return c.err
}

// Line is the ready line, without its newline.
func (c *Child) Line() []byte { return bytes.Clone(c.line) }

// Decode unmarshals the ready line, which is JSON, into v.
func (c *Child) Decode(v any) error {
	if err := json.Unmarshal(c.line, v); err != nil {
		return fmt.Errorf("child: reading the ready line %q of %s: %w", c.line, c.cmd.Path, err)
	}
	return nil
}

// PID is the program's process id.
func (c *Child) PID() int { return c.cmd.Process.Pid }

// Done is closed when the program has ended.
func (c *Child) Done() <-chan struct{} { return c.done }

// Wait waits for the program's end and returns how it ended: nil for exit
// status 0, otherwise an *exec.ExitError.
func (c *Child) Wait() error {
	<-c.done
	return c.err
}

// Stop ends the program in good order: it closes its standard input and sends
// SIGTERM; what is left after the grace time is killed. It returns what Wait
// returns. Stop may be called more than once.
func (c *Child) Stop() error {
	c.closeStdin.Do(func() { c.stdin.Close() })
	c.cmd.Process.Signal(syscall.SIGTERM) // fails only when it has ended
	select {
	case <-c.done:
		return c.err
	case <-time.After(c.grace):
		return c.Kill()
	}
}

// Kill ends the program at once with SIGKILL and waits for its end. A program
// that was killed returns an *exec.ExitError.
func (c *Child) Kill() error {
	c.cmd.Process.Kill() // fails only when it has ended
	return c.Wait()
}

// maxLine bounds what is kept of a program that never ends its first line.
const maxLine = 64 << 10

// firstLine passes the first line to got and everything after it to rest.
type firstLine struct {
	rest io.Writer
	got  chan []byte // one slot
	buf  bytes.Buffer
	sent bool
}

func (w *firstLine) Write(p []byte) (int, error) {
	if w.sent {
		return w.rest.Write(p)
	}
	w.buf.Write(p)
	line, err := w.buf.ReadBytes('\n')
	if err != nil {
		if len(line) > maxLine {
			return 0, fmt.Errorf("child: ready line is longer than %d bytes", maxLine)
		}
		w.buf.Reset()
		w.buf.Write(line)
		return len(p), nil
	}
	w.sent = true
	w.got <- bytes.TrimRight(line, "\r\n")
	if _, err := w.rest.Write(w.buf.Bytes()); err != nil {
		return 0, err
	}
	return len(p), nil
}
