package ether

import (
	"encoding/binary"
	"fmt"
	"os"
	"sync"
	"syscall"
)

// Packet types of the UART transport (Bluetooth Core, volume 4, part A), and the
// kernel's own for setting a virtual controller up.
const (
	packetCommand, packetACL, packetEvent = 0x01, 0x02, 0x04

	packetVendor = 0xFF
)

// Error codes (Bluetooth Core, volume 1, part F).
const (
	success             = 0x00
	unknownConnection   = 0x02
	connectionTimeout   = 0x08
	remoteUserEnded     = 0x13
	localHostEnded      = 0x16
	firstHandle         = 0x0040
	dataLength          = 27 // bytes of an ACL packet's data
	dataPackets         = 8
	versionFourDotTwo   = 0x08
	noBREDRAndLE        = 0x60 // of byte 4 of the features: LE only
	publicAddress       = 0x00 // as every device here has
	advertising         = 0x00 // can be connected to
	advertisingToNobody = 0x03
	scanResponse        = 0x04
)

// Controller is a controller of the machine: an adapter such as hci0.
type Controller struct {
	ether   *Ether
	address Address
	index   int
	file    *os.File
	done    chan struct{}
	saying  sync.WaitGroup // what its devices say unasked

	mu       sync.Mutex // guards what follows, and writing
	scanning bool
	active   bool // asks for scan responses
	deaf     bool
	wanted   []byte // whom to connect to when it is heard; address on the wire
	links    map[uint16]*link
	next     uint16 // handle of the next link
	closed   bool
	scans    int // how often it was told to scan
	resets   int
}

// link is a connection between a controller and a device.
type link struct {
	controller *Controller
	device     *Device
	handle     uint16
	server     *server
	in         []byte // of an L2CAP packet that is not whole yet
}

// Plug gives the machine a controller with this address.
func (e *Ether) Plug(address Address) (*Controller, error) {
	fd, err := syscall.Open("/dev/vhci", syscall.O_RDWR|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("ether: no virtual controllers in this kernel: %w", err)
	}
	c := &Controller{
		ether: e, address: address, file: os.NewFile(uintptr(fd), "vhci"), done: make(chan struct{}),
		links: map[uint16]*link{}, next: firstHandle,
	}
	const createPrimary = 0x00
	if _, err := c.file.Write([]byte{packetVendor, createPrimary}); err != nil {
		return nil, fmt.Errorf("ether: plugging a controller: %w", err)
	}
	answer := make([]byte, 260)
	n, err := c.file.Read(answer)
	if err != nil || n < 4 || answer[0] != packetVendor {
		return nil, fmt.Errorf("ether: plugging a controller: % x, %w", answer[:n], err)
	}
	c.index = int(binary.LittleEndian.Uint16(answer[2:]))
	e.mu.Lock()
	e.controllers = append(e.controllers, c)
	e.mu.Unlock()
	go c.run()
	return c, nil
}

// Index is the number of the adapter: 0 for hci0.
func (c *Controller) Index() int { return c.index }

// Unplug pulls it out of the machine.
func (c *Controller) Unplug() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.ether.mu.Lock()
	for i, other := range c.ether.controllers {
		if other == c {
			c.ether.controllers = append(c.ether.controllers[:i:i], c.ether.controllers[i+1:]...)
			break
		}
	}
	c.ether.mu.Unlock()
	c.file.Close()
	<-c.done
	c.saying.Wait()
}

// SetDeaf makes the controller hear nothing more, as firmware that hangs does:
// it still answers every command. A reset does not mend it.
func (c *Controller) SetDeaf(deaf bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deaf = deaf
}

// Scans is how often it was told to scan.
func (c *Controller) Scans() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.scans
}

// Resets is how often it was reset.
func (c *Controller) Resets() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.resets
}

func (c *Controller) run() {
	defer close(c.done)
	packet := make([]byte, 4096)
	for {
		n, err := c.file.Read(packet)
		if err != nil {
			c.mu.Lock()
			defer c.mu.Unlock()
			for _, l := range c.links {
				l.drop()
			}
			return
		}
		c.mu.Lock()
		switch p := packet[:n]; {
		case n >= 4 && p[0] == packetCommand:
			c.command(binary.LittleEndian.Uint16(p[1:]), p[4:])
		case n >= 5 && p[0] == packetACL:
			c.data(binary.LittleEndian.Uint16(p[1:])&0x0FFF, p[5:])
		}
		c.mu.Unlock()
	}
}

// hears tells the machine of an advertisement, and connects if that was the one
// that was waited for.
func (c *Controller) hears(d *Device, payload []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.deaf {
		return
	}
	kind := byte(advertising)
	if len(d.Services) == 0 {
		kind = advertisingToNobody
	}
	if c.scanning {
		c.report(kind, d, payload)
		if c.active && kind == advertising {
			c.report(scanResponse, d, nil)
		}
	}
	if c.wanted != nil && string(c.wanted) == string(d.Address.wire()) && kind == advertising {
		c.connect(d)
	}
}

// connect makes a link to a device.
func (c *Controller) connect(d *Device) {
	l := &link{controller: c, device: d, handle: c.next}
	d.mu.Lock()
	if d.link != nil {
		d.mu.Unlock()
		return
	}
	d.link = l
	d.mu.Unlock()
	l.server = newServer(d.Services, l.send, &c.saying)
	c.wanted = nil
	c.next++
	c.links[l.handle] = l
	c.connected(success, l.handle, d.Address.wire())
}

// hangUp ends a link for a reason of the far side.
func (c *Controller) hangUp(l *link, reason byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.links[l.handle] == l {
		c.ended(l, reason)
	}
}

// ended ends a link.
func (c *Controller) ended(l *link, reason byte) {
	delete(c.links, l.handle)
	l.drop()
	c.event(disconnectionComplete, success, byte(l.handle), byte(l.handle>>8), reason)
}

func (l *link) drop() {
	l.device.mu.Lock()
	l.device.link = nil
	l.device.mu.Unlock()
	l.server.stop() // Unplug waits for it: what it says needs the lock that is held here
}

// data takes data of the machine for a device.
func (c *Controller) data(handle uint16, b []byte) {
	c.event(completedPackets, 1, byte(handle), byte(handle>>8), 1, 0)
	l := c.links[handle]
	if l == nil {
		return
	}
	l.in = append(l.in, b...)
	for len(l.in) >= 4 {
		length := 4 + int(binary.LittleEndian.Uint16(l.in))
		if len(l.in) < length {
			return
		}
		if channel := binary.LittleEndian.Uint16(l.in[2:]); channel == attributeChannel {
			if answer := l.server.answer(l.in[4:length]); answer != nil {
				c.transmit(handle, answer)
			}
		}
		l.in = append([]byte(nil), l.in[length:]...)
	}
}

// send sends what the device says unasked.
func (l *link) send(b []byte) {
	c := l.controller
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.links[l.handle] == l {
		c.transmit(l.handle, b)
	}
}

// attributeChannel is ATT's L2CAP channel (Bluetooth Core, volume 3, part A).
const attributeChannel = 4

// transmit hands the machine one ATT packet of a device.
func (c *Controller) transmit(handle uint16, b []byte) {
	le := binary.LittleEndian
	p := le.AppendUint16([]byte{packetACL}, handle|2<<12) // the first, and last, of a packet
	p = le.AppendUint16(p, uint16(4+len(b)))
	p = le.AppendUint16(p, uint16(len(b)))
	p = le.AppendUint16(p, attributeChannel)
	c.write(append(p, b...))
}

func (c *Controller) write(p []byte) {
	if !c.closed {
		_, _ = c.file.Write(p) // a controller that is being unplugged says no more
	}
}
