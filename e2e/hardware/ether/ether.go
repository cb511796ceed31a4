// Package ether plays Bluetooth controllers of the kernel, through /dev/vhci,
// and the devices around them. Unlike btvirt it knows signal strength, links
// that are lost, controllers that go deaf, and devices that live on when
// bluetoothd dies. It speaks just enough of the protocols (HCI, L2CAP, ATT) for
// BlueZ to scan, connect, read and subscribe; it cannot pair.
package ether

import (
	"context"
	"sync"
	"time"
)

// Ether is where controllers hear devices.
type Ether struct {
	mu          sync.Mutex
	controllers []*Controller
	devices     []*Device
}

// Address is a Bluetooth device address as it is written, the first byte first.
type Address [6]byte

// wire is the address as it stands in HCI, the last byte first.
func (a Address) wire() []byte { return []byte{a[5], a[4], a[3], a[2], a[1], a[0]} }

// Device is a device in the ether. Its fields are not to be changed once it is on.
type Device struct {
	Address Address
	// Advert is what it advertises every Interval: at most 31 bytes of AD
	// structures, or nil while it sleeps.
	Advert   func(at time.Time) []byte
	Interval time.Duration
	// RSSI is how strongly a controller hears it, in dBm; nil means -50.
	RSSI func(c *Controller) int8
	// Services are what whoever connects finds; without any nobody can.
	Services []Service

	ether *Ether
	stop  context.CancelFunc
	done  sync.WaitGroup

	mu   sync.Mutex
	link *link // it holds one connection, and does not advertise meanwhile
}

// On brings a device into the ether, where it advertises.
func (e *Ether) On(d *Device) {
	ctx, stop := context.WithCancel(context.Background())
	d.ether, d.stop = e, stop
	e.mu.Lock()
	e.devices = append(e.devices, d)
	e.mu.Unlock()
	d.done.Go(func() {
		for sleep(ctx, d.Interval) {
			d.advertise()
		}
	})
}

// Off takes the device away: out of reach, or its battery is empty. Whoever is
// connected loses the link.
func (e *Ether) Off(d *Device) {
	e.mu.Lock()
	for i, other := range e.devices {
		if other == d {
			e.devices = append(e.devices[:i:i], e.devices[i+1:]...)
			d.stop()
		}
	}
	e.mu.Unlock()
	d.done.Wait()
	d.end(connectionTimeout)
}

// HangUp ends the connection from the device's side.
func (d *Device) HangUp() { d.end(remoteUserEnded) }

// Connected says whether somebody is connected.
func (d *Device) Connected() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.link != nil
}

func (d *Device) end(reason byte) {
	d.mu.Lock()
	l := d.link
	d.mu.Unlock()
	if l != nil {
		l.controller.hangUp(l, reason)
	}
}

// advertise is one advertisement, as every controller hears it.
func (d *Device) advertise() {
	if d.Connected() {
		return
	}
	d.ether.mu.Lock()
	all := append([]*Controller(nil), d.ether.controllers...)
	d.ether.mu.Unlock()
	payload := d.Advert(time.Now())
	if payload == nil {
		return
	}
	for _, c := range all {
		c.hears(d, payload)
	}
}

func (d *Device) strength(c *Controller) int8 {
	if d.RSSI == nil {
		return -50
	}
	return d.RSSI(c)
}

func sleep(ctx context.Context, t time.Duration) bool {
	timer := time.NewTimer(t)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
