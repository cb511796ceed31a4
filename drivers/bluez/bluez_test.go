package bluez_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
	"osmanthus/drivers/bluez"
	"osmanthus/drivers/bluez/fakebluez"
)

const (
	heartRate = "0000180d-0000-1000-8000-00805f9b34fb"
	measure   = "00002a37-0000-1000-8000-00805f9b34fb"
	place     = "00002a38-0000-1000-8000-00805f9b34fb"
	control   = "00002a39-0000-1000-8000-00805f9b34fb"
	bthome    = "0000fcd2-0000-1000-8000-00805f9b34fb"
)

// band is a heart-rate band.
func band(last byte) *fakebluez.Device {
	return &fakebluez.Device{
		Address: fmt.Sprintf("C0:00:00:00:00:%02X", last), Random: true, Name: "Band", UUIDs: []string{heartRate},
		Services: []fakebluez.Service{{UUID: heartRate, Chars: []*fakebluez.Char{
			{UUID: measure, Flags: []string{"notify"}},
			{UUID: place, Flags: []string{"read"}, Value: []byte{1}},
			{UUID: control, Flags: []string{"write"}},
		}}},
	}
}

func address(d *fakebluez.Device) advert.Address {
	a, err := advert.ParseAddress(d.Address)
	if err != nil {
		panic(err)
	}
	return a
}

// bench is a machine with an adapter hci0, in a bubble of time of its own.
type bench struct {
	*testing.T
	world   *fakebluez.World
	adapter *bluez.Adapter
	ctx     context.Context
}

func inBubble(t *testing.T, opts bluez.Opts, story func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		b := &bench{T: t, world: fakebluez.New(), ctx: ctx}
		b.world.Plug("hci0")
		opts.Dial, opts.Host = b.world.Dial, b.world
		b.adapter = bluez.New("hci0", opts)
		story(b)
		stop()
		if err := b.adapter.Close(); err != nil {
			t.Error(err)
		}
		b.world.Close()
		time.Sleep(2 * time.Hour) // what the world still has to do
	})
}

// ears collect what a scan brings.
type ears struct {
	heard chan ble.Heard // copies
	err   chan error
}

func (b *bench) scan(ctx context.Context) *ears {
	e := &ears{heard: make(chan ble.Heard, 4096), err: make(chan error, 1)}
	go func() {
		e.err <- b.adapter.Scan(ctx, func(h ble.Heard) {
			h.Services = slices.Clone(h.Services)
			h.ServiceData, h.Manufacturer = clone(h.ServiceData), clone(h.Manufacturer)
			e.heard <- h
		})
	}()
	synctest.Wait()
	return e
}

func clone(all []advert.Data) []advert.Data {
	all = slices.Clone(all)
	for i := range all {
		all[i].Bytes = slices.Clone(all[i].Bytes)
	}
	return all
}

func (e *ears) all() (all []ble.Heard) {
	synctest.Wait()
	for len(e.heard) > 0 {
		all = append(all, <-e.heard)
	}
	return all
}

func (b *bench) connect(d *fakebluez.Device, bond bool) (ble.Conn, error) {
	ctx, stop := context.WithTimeout(b.ctx, 20*time.Second)
	defer stop()
	return b.adapter.Connect(ctx, ble.Device{Address: address(d), Random: d.Random, Bond: bond})
}

func pick(t *testing.T, c ble.Conn, uuid string) ble.Characteristic {
	t.Helper()
	for _, x := range c.Characteristics() {
		if x.UUID.String() == uuid {
			return x
		}
	}
	t.Fatalf("no characteristic %s", uuid)
	return ble.Characteristic{}
}

func TestABandIsHeardConnectedAndRead(t *testing.T) {
	inBubble(t, bluez.Opts{}, func(b *bench) {
		e := b.scan(b.ctx)
		d := band(1)
		b.world.Advertise(d, -60, map[string][]byte{bthome: {0x40, 0, 9}}, map[uint16][]byte{0x499: {5}})
		b.world.Advertise(d, -61, nil, nil)
		b.world.Advertise(d, -61, map[string][]byte{bthome: {0x40, 0, 10}}, nil)
		heard := e.all()
		if len(heard) != 3 {
			b.Fatalf("heard %d advertisements", len(heard))
		}
		for i, h := range heard {
			if h.Address != address(d) || h.Name != "Band" || !h.Random || !slices.Equal(h.Services, []uint16{0x180D}) || h.RSSI != []int8{-60, -61, -61}[i] {
				b.Errorf("%d: %+v", i, h)
			}
		}
		if data, _ := heard[0].Service(0xFCD2); !slices.Equal(data, []byte{0x40, 0, 9}) {
			b.Errorf("service data % x", data)
		}
		if data, _ := heard[0].Company(0x499); !slices.Equal(data, []byte{5}) {
			b.Errorf("manufacturer data % x", data)
		}
		if len(heard[1].ServiceData)+len(heard[1].Manufacturer) != 0 {
			b.Errorf("data of yesterday: %+v", heard[1])
		}

		c, err := b.connect(d, false)
		if err != nil {
			b.Fatal(err)
		}
		if v, err := c.Read(b.ctx, pick(t, c, place)); err != nil || !slices.Equal(v, []byte{1}) {
			b.Errorf("% x, %v", v, err)
		}
		var got []byte
		if err := c.Subscribe(b.ctx, pick(t, c, measure), func(v []byte) { got = append(got, v[1]) }); err != nil {
			b.Fatal(err)
		}
		for i := range byte(200) {
			if !b.world.Notify(d, measure, []byte{0, i}) {
				b.Fatal("nobody subscribed")
			}
		}
		if err := c.Write(b.ctx, pick(t, c, control), []byte{1}); err != nil || len(d.Services[0].Chars[2].Written) != 1 {
			b.Error(err)
		}
		synctest.Wait()
		for i, v := range got {
			if int(v) != i {
				b.Fatalf("notification %d is %d", i, v)
			}
		}
		if len(got) != 200 {
			b.Errorf("%d notifications of 200", len(got))
		}
		if err := c.Close(); err != nil {
			b.Error(err)
		}
		if _, connected, _, _ := b.world.State(d); connected {
			b.Error("still connected")
		}
		if _, err := c.Read(b.ctx, pick(t, c, place)); !errors.Is(err, ble.ErrGone) {
			b.Errorf("read after Close: %v", err)
		}
	})
}
