package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
)

// bench lets the lab, which is made for tests, work in a command: what fails
// ends do with an error.
type bench struct {
	testing.TB // for the methods that the lab does not call
	cleanups   []func()
	failed     bool
}

// over is thrown by what ends a test.
type over struct{ error }

// do runs f, then what f left to be cleaned up.
func (b *bench) do(f func() error) (err error) {
	defer func() {
		r := recover()
		o, known := r.(over)
		if known {
			err = o.error
		}
		for _, c := range slices.Backward(b.cleanups) {
			c()
		}
		if r != nil && !known {
			panic(r)
		}
	}()
	return f()
}

func (b *bench) end(text string)           { b.failed = true; panic(over{errors.New(text)}) }
func (b *bench) Fatal(args ...any)         { b.end(fmt.Sprint(args...)) }
func (b *bench) Fatalf(f string, a ...any) { b.end(fmt.Sprintf(f, a...)) }
func (b *bench) Skip(args ...any)          { b.end(fmt.Sprint(args...)) }
func (b *bench) Skipf(f string, a ...any)  { b.end(fmt.Sprintf(f, a...)) }
func (b *bench) Cleanup(f func())          { b.cleanups = append(b.cleanups, f) }
func (b *bench) Failed() bool              { return b.failed }
func (b *bench) Helper()                   {}
func (b *bench) Name() string              { return "footprint" }

func (b *bench) Logf(f string, a ...any) { fmt.Fprintf(os.Stderr, f+"\n", a...) }

// TempDir returns a folder that is gone when do returns.
func (b *bench) TempDir() string {
	dir, err := os.MkdirTemp("", "osmanthus-footprint")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
