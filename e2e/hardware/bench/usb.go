package bench

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// The layout of USB/IP's messages (kernel documentation, usbip_protocol).
const (
	usbSubmit, usbUnlink            = 1, 2
	usbSubmitted, usbUnlinked       = 3, 4
	usbHeader                       = 48
	usbIn                           = 1
	usbFullSpeed                    = 2   // USB_SPEED_FULL of the kernel
	usbStall                  int32 = -32 // -EPIPE: the device refuses
)

// control is a device that answers transfers of endpoint 0: data for one to the
// host, and false to refuse.
type control func(setup, out []byte) (in []byte, ok bool)

// cable is a USB device in a port of the kernel's virtual host controller.
type cable struct {
	host *os.File
	done chan struct{}
}

// plug puts a device into a free port; the kernel then finds its driver.
func plug(device control) (*cable, error) {
	const controller = "/sys/devices/platform/vhci_hcd.0"
	status, err := os.ReadFile(filepath.Join(controller, "status"))
	if err != nil {
		return nil, fmt.Errorf("no USB/IP in this kernel: %w", err)
	}
	port, err := freePort(string(status))
	if err != nil {
		return nil, err
	}
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer syscall.Close(pair[1]) // the kernel keeps its own reference
	syscall.SetNonblock(pair[0], true)
	c := &cable{host: os.NewFile(uintptr(pair[0]), "usb"), done: make(chan struct{})}
	const deviceID = 1<<16 | 2 // bus and number at the far end: any
	attach := fmt.Sprintf("%s %d %d %d", port, pair[1], deviceID, usbFullSpeed)
	if err := os.WriteFile(filepath.Join(controller, "attach"), []byte(attach), 0); err != nil {
		c.host.Close()
		return nil, err
	}
	go func() {
		defer close(c.done)
		_ = serve(c.host, device) // it ends when the cable is pulled
	}()
	return c, nil
}

// freePort reads the controller's table: hub, port, state 004 for a free one.
func freePort(status string) (string, error) {
	for line := range strings.Lines(status) {
		if f := strings.Fields(line); len(f) > 2 && f[0] == "hs" && f[2] == "004" {
			return strings.TrimLeft(f[1][:len(f[1])-1], "0") + f[1][len(f[1])-1:], nil
		}
	}
	return "", fmt.Errorf("no free USB port in:\n%s", status)
}

// pull pulls the cable.
func (c *cable) pull() {
	c.host.Close()
	<-c.done
}

// serve answers the kernel until the cable is pulled.
func serve(host io.ReadWriter, device control) error {
	request := make([]byte, usbHeader)
	be := binary.BigEndian
	for {
		if _, err := io.ReadFull(host, request); err != nil {
			return err
		}
		reply := make([]byte, usbHeader)
		copy(reply[4:8], request[4:8]) // sequence number
		switch command := be.Uint32(request); command {
		case usbSubmit:
			var out []byte
			if be.Uint32(request[12:]) != usbIn {
				out = make([]byte, be.Uint32(request[24:]))
				if _, err := io.ReadFull(host, out); err != nil {
					return err
				}
			}
			status := usbStall
			var in []byte
			if endpoint := be.Uint32(request[16:]); endpoint == 0 {
				var ok bool
				if in, ok = device(request[40:48], out); ok {
					status = 0
				}
			}
			be.PutUint32(reply, usbSubmitted)
			be.PutUint32(reply[20:], uint32(status))
			be.PutUint32(reply[24:], uint32(len(in)+len(out)))
			reply = append(reply, in...)
		case usbUnlink: // everything was answered already
			be.PutUint32(reply, usbUnlinked)
		default:
			return fmt.Errorf("bench: USB/IP command %d", command)
		}
		if _, err := host.Write(reply); err != nil {
			return err
		}
	}
}

// descriptors answers the standard requests of a device with one interface of
// the vendor's class and no endpoint but 0 (USB 2.0, table 9-4).
func descriptors(vendor, product uint16, name string, setup []byte) ([]byte, bool) {
	le := binary.LittleEndian
	const getStatus, clearFeature, setFeature, setAddress, getDescriptor = 0, 1, 3, 5, 6
	const getConfiguration, setConfiguration, setInterface = 8, 9, 11
	var in []byte
	switch setup[1] {
	case getStatus:
		in = []byte{0, 0}
	case getConfiguration:
		in = []byte{1}
	case clearFeature, setFeature, setAddress, setConfiguration, setInterface:
	case getDescriptor:
		switch kind, index := setup[3], setup[2]; {
		case kind == 1: // device
			in = []byte{18, 1, 0x10, 0x01, 0xFF, 0, 0, 8, 0, 0, 0, 0, 0x05, 0x02, 1, 1, 1, 1}
			le.PutUint16(in[8:], vendor)
			le.PutUint16(in[10:], product)
		case kind == 2: // configuration, with its interface
			in = []byte{9, 2, 18, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, 0, 0xFF, 0, 0, 0}
		case kind == 3 && index == 0: // languages
			in = []byte{4, 3, 0x09, 0x04}
		case kind == 3:
			in = []byte{byte(2 + 2*len(name)), 3}
			for _, c := range []byte(name) {
				in = append(in, c, 0)
			}
		default:
			return nil, false
		}
	default:
		return nil, false
	}
	return in[:min(len(in), int(le.Uint16(setup[6:])))], true
}
