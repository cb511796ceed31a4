package bench

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Lines is a GPIO chip of the kernel (gpio-sim) with named lines, and the contacts
// wired to them. Its contacts are no stronger than a pull: who pulls last, the
// contact or the driver that opens the line, decides. So move a contact when its
// line is open.
type Lines struct {
	t      testing.TB
	folder string // of the chip in configfs
	index  map[string]int
	wires  string // folder in sysfs that drives the lines
}

// PlugLines adds a chip with these lines, all pulled high by their board. It is
// unplugged when the test ends.
func PlugLines(t testing.TB, chip string, names ...string) *Lines {
	t.Helper()
	l := &Lines{t: t, folder: filepath.Join("/sys/kernel/config/gpio-sim", chip), index: map[string]int{}}
	bank := filepath.Join(l.folder, "bank0")
	must(t, os.MkdirAll(bank, 0o755))
	put(t, filepath.Join(bank, "num_lines"), strconv.Itoa(len(names)))
	for i, name := range names {
		line := filepath.Join(bank, "line"+strconv.Itoa(i))
		must(t, os.Mkdir(line, 0o755))
		put(t, filepath.Join(line, "name"), name)
		l.index[name] = i
	}
	l.Plug()
	t.Cleanup(func() {
		l.Unplug()
		for i := range names {
			must(t, os.Remove(filepath.Join(bank, "line"+strconv.Itoa(i))))
		}
		must(t, os.Remove(bank))
		must(t, os.Remove(l.folder))
	})
	return l
}

// Plug brings the chip back.
func (l *Lines) Plug() {
	l.t.Helper()
	put(l.t, filepath.Join(l.folder, "live"), "1")
	l.wires = filepath.Join("/sys/devices/platform", l.get(l.folder, "dev_name"), l.get(l.folder, "bank0/chip_name"))
	for name := range l.index {
		l.Release(name)
	}
}

// Unplug makes the chip vanish, in use or not.
func (l *Lines) Unplug() {
	l.t.Helper()
	put(l.t, filepath.Join(l.folder, "live"), "0")
}

// Close closes the contact between a line and ground.
func (l *Lines) Close(name string) { l.wire(name, "pull-down") }

// Release opens it again.
func (l *Lines) Release(name string) { l.wire(name, "pull-up") }

func (l *Lines) wire(name, pull string) {
	l.t.Helper()
	put(l.t, filepath.Join(l.line(name), "pull"), pull)
}

// High says what level a line has, as a lamp on it would show.
func (l *Lines) High(name string) bool {
	l.t.Helper()
	return l.get(l.line(name), "value") == "1"
}

func (l *Lines) line(name string) string {
	l.t.Helper()
	i, ok := l.index[name]
	if !ok {
		l.t.Fatalf("bench: no line %q", name)
	}
	return filepath.Join(l.wires, "sim_gpio"+strconv.Itoa(i))
}

func (l *Lines) get(folder, file string) string {
	l.t.Helper()
	b, err := os.ReadFile(filepath.Join(folder, file))
	must(l.t, err)
	return strings.TrimSpace(string(b))
}
