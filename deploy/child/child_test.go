package child_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"osmanthus/deploy/child"
)

// role makes the test binary behave as one of the programs below.
const role = "OSMANTHUS_CHILD_TEST_ROLE"

func TestMain(m *testing.M) {
	program, ok := programs[os.Getenv(role)]
	if !ok {
		os.Exit(m.Run())
	}
	program()
}

var programs = map[string]func(){
	"good": func() { // ready, then more output, then ends with its standard input
		fmt.Println(`{"url":"http://127.0.0.1:1","n":7}`)
		fmt.Println("more")
		io.Copy(io.Discard, os.Stdin)
	},
	"fails":  func() { fmt.Fprintln(os.Stderr, "no disk"); os.Exit(3) },
	"silent": func() { io.Copy(io.Discard, os.Stdin) },
	"endless": func() {
		b := bytes.Repeat([]byte("x"), 4096)
		for {
			if _, err := os.Stdout.Write(b); err != nil {
				return
			}
		}
	},
	"stubborn": func() { // ends neither by standard input nor by SIGTERM
		signal.Ignore(syscall.SIGTERM)
		fmt.Println("{}")
		forever()
	},
	"ignores stdin": func() { holdLock(); fmt.Println("{}"); forever() },
	"ignores SIGTERM": func() {
		signal.Ignore(syscall.SIGTERM)
		holdLock()
		fmt.Println("{}")
		io.Copy(io.Discard, os.Stdin)
	},
	"parent": func() { // starts the program named by its argument, and stays
		c, err := start(context.Background(), os.Getenv("GRANDCHILD"), child.Opts{})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(c.PID())
		forever()
	},
}

// forever stays without work; an empty select would be a deadlock to the runtime.
func forever() { time.Sleep(time.Hour) }

func start(ctx context.Context, name string, opts child.Opts) (*child.Child, error) {
	opts.Env = append(opts.Env, role+"="+name)
	return child.Start(ctx, os.Args[0], nil, opts)
}

// holdLock locks the file named by the environment until the process ends.
func holdLock() {
	f, err := os.OpenFile(os.Getenv("LOCK"), os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func TestStartAndStop(t *testing.T) {
	var rest bytes.Buffer
	c, err := start(t.Context(), "good", child.Opts{Stdout: &rest})
	if err != nil {
		t.Fatal(err)
	}
	var ready struct {
		URL string `json:"url"`
		N   int    `json:"n"`
	}
	if err := c.Decode(&ready); err != nil || ready.URL != "http://127.0.0.1:1" || ready.N != 7 {
		t.Errorf("ready line %s decoded to %+v, %v", c.Line(), ready, err)
	}
	if err := c.Stop(); err != nil {
		// SIGTERM follows the closed standard input and may come first.
		if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
			t.Errorf("Stop: %v", err)
		}
	}
	if got := rest.String(); got != "more\n" && got != "" {
		t.Errorf("output after the ready line: %q", got)
	}
	c.Stop() // again, without harm
}

func TestStopKillsTheStubborn(t *testing.T) {
	c, err := start(t.Context(), "stubborn", child.Opts{Grace: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	exit, ok := errors.AsType[*exec.ExitError](c.Stop())
	if !ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("Stop: %v, want killed", exit)
	}
}

func TestKill(t *testing.T) {
	c, err := start(t.Context(), "silent", child.Opts{NoLine: true})
	if err != nil {
		t.Fatal(err)
	}
	if c.Kill() == nil {
		t.Error("Kill returned nil, want how the program ended")
	}
	select {
	case <-c.Done():
	default:
		t.Error("Done is open after Kill")
	}
}

func TestStartFails(t *testing.T) {
	short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	for _, c := range []struct {
		program string
		ctx     context.Context
		want    string
	}{
		{"fails", t.Context(), "exit status 3"},
		{"silent", short, "deadline exceeded"},
		{"endless", t.Context(), "broken pipe"},
	} {
		got, err := start(c.ctx, c.program, child.Opts{Stderr: io.Discard})
		if err == nil {
			got.Kill()
			t.Errorf("%s: Start succeeded", c.program)
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", c.program, err, c.want)
		}
	}
	if _, err := child.Start(t.Context(), "/no/such/program", nil, child.Opts{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a program that is not there: %v", err)
	}
}

// A parent that dies by SIGKILL can do nothing any more: the child must end all
// the same. The lock that the child held until its end is the witness.
func TestEndsWithItsParent(t *testing.T) {
	for _, grandchild := range []string{"ignores stdin", "ignores SIGTERM"} {
		t.Run(grandchild, func(t *testing.T) {
			lock := filepath.Join(t.TempDir(), "lock")
			parent := exec.Command(os.Args[0])
			parent.Env = append(os.Environ(), role+"=parent", "GRANDCHILD="+grandchild, "LOCK="+lock)
			parent.Stderr = t.Output()
			out, err := parent.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := parent.Start(); err != nil {
				t.Fatal(err)
			}
			pid, err := bufio.NewReader(out).ReadString('\n')
			if err != nil {
				t.Fatalf("the parent started no child: %v", err)
			}
			f, err := os.Open(lock)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
				t.Fatal("the child does not hold its lock")
			}
			parent.Process.Kill()
			parent.Wait()
			ended := make(chan error, 1)
			go func() { ended <- syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }()
			select {
			case err := <-ended:
				if err != nil {
					t.Fatal(err)
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("child %s outlived its parent by 20 s", strings.TrimSpace(pid))
			}
		})
	}
}
