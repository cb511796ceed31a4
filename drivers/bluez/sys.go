package bluez

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Sys is the kernel's /sys, through which an adapter is reset: rfkill is blocked
// and unblocked, and its driver is taken away and given back, which for a USB
// adapter is like unplugging it.
type Sys struct {
	Root string // "" means /sys
}

// settle is how long the hardware is left without power or driver.
const settle = 500 * time.Millisecond

// Reset does what can be done; it fails if nothing could be.
func (s Sys) Reset(ctx context.Context, adapter string) error {
	if adapter == "" || strings.ContainsAny(adapter, "/.") {
		return fmt.Errorf("%q is no name of an adapter", adapter)
	}
	if s.Root == "" {
		s.Root = "/sys"
	}
	folder := filepath.Join(s.Root, "class/bluetooth", adapter)
	if _, err := os.Stat(folder); err != nil {
		return fmt.Errorf("the kernel has no %s: %w", adapter, err)
	}
	errKill := s.rfkill(ctx, folder)
	errBind := s.rebind(ctx, folder)
	if errKill == nil || errBind == nil {
		return nil
	}
	err := errors.Join(errKill, errBind)
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("resetting the hardware needs root's rights: %w", err)
	}
	return err
}

// rfkill blocks and unblocks the adapter's radio.
func (s Sys) rfkill(ctx context.Context, folder string) error {
	switches, err := filepath.Glob(filepath.Join(folder, "rfkill*/soft"))
	if err != nil || len(switches) == 0 {
		return fmt.Errorf("the adapter has no rfkill switch")
	}
	for _, value := range []string{"1", "0"} {
		for _, file := range switches {
			if err := write(file, value); err != nil {
				return err
			}
		}
		if value == "1" {
			pause(ctx) // whatever happens, it is unblocked again
		}
	}
	return nil
}

// rebind takes the driver away and gives it back. Of a USB adapter the whole
// device is taken, not only the interface that speaks Bluetooth.
func (s Sys) rebind(ctx context.Context, folder string) error {
	device, err := filepath.EvalSymlinks(filepath.Join(folder, "device"))
	if err != nil {
		return fmt.Errorf("the adapter has no device: %w", err)
	}
	if strings.Contains(filepath.Base(device), ":") && subsystem(device) == "usb" {
		device = filepath.Dir(device)
	}
	driver, err := filepath.EvalSymlinks(filepath.Join(device, "driver"))
	if err != nil {
		return fmt.Errorf("the adapter has no driver: %w", err)
	}
	if err := write(filepath.Join(driver, "unbind"), filepath.Base(device)); err != nil {
		return err
	}
	pause(ctx)
	return write(filepath.Join(driver, "bind"), filepath.Base(device))
}

func subsystem(device string) string {
	target, err := os.Readlink(filepath.Join(device, "subsystem"))
	if err != nil {
		return ""
	}
	return filepath.Base(target)
}

func write(file, value string) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(value)
	return errors.Join(err, f.Close())
}

func pause(ctx context.Context) {
	timer := time.NewTimer(settle)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
