package fakebluez

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"

	"github.com/godbus/dbus/v5"
)

// bus is one connection of a client, seen from the bus.
type bus struct {
	w     *World
	pipe  net.Conn
	name  string // the client's unique name
	agent bool   // it has registered one

	mu     sync.Mutex
	out    [][]byte // to be written, so that nobody waits for a client
	more   chan struct{}
	serial uint32
	asked  map[uint32]chan *dbus.Message // our own calls
	closed bool
}

// Dial opens a connection to the bus, for bluez.Opts.
func (w *World) Dial(context.Context) (io.ReadWriteCloser, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.noBus {
		return nil, errors.New("fakebluez: there is no bus")
	}
	theirs, ours := net.Pipe()
	w.clients++
	b := &bus{w: w, pipe: ours, name: fmt.Sprintf(":1.%d", w.clients), more: make(chan struct{}, 1), asked: map[uint32]chan *dbus.Message{}}
	w.buses = append(w.buses, b)
	go b.serve()
	return theirs, nil
}

// serve speaks with the client until it hangs up.
func (b *bus) serve() {
	defer b.w.left(b)
	defer b.close()
	in := bufio.NewReader(b.pipe)
	if b.handshake(in) != nil {
		return
	}
	go b.write()
	for {
		m, err := dbus.DecodeMessage(in)
		if err != nil {
			return
		}
		switch m.Type {
		case dbus.TypeMethodCall:
			go b.answer(m)
		case dbus.TypeMethodReply, dbus.TypeError:
			b.mu.Lock()
			serial, _ := m.Headers[dbus.FieldReplySerial].Value().(uint32)
			if reply := b.asked[serial]; reply != nil {
				delete(b.asked, serial)
				reply <- m
			}
			b.mu.Unlock()
		}
	}
}

// handshake lets everybody in (D-Bus specification, "Authentication Protocol").
func (b *bus) handshake(in *bufio.Reader) error {
	if _, err := in.ReadByte(); err != nil {
		return err
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		answer := "ERROR\r\n"
		switch strings.TrimSpace(line) {
		case "AUTH":
			answer = "REJECTED EXTERNAL\r\n"
		case "BEGIN":
			return nil
		default:
			if strings.HasPrefix(line, "AUTH EXTERNAL") {
				answer = "OK 00000000000000000000000000000000\r\n"
			}
		}
		if _, err := io.WriteString(b.pipe, answer); err != nil {
			return err
		}
	}
}

func (b *bus) close() {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.pipe.Close()
	b.poke()
}

func (b *bus) poke() {
	select {
	case b.more <- struct{}{}:
	default:
	}
}

func (b *bus) write() {
	for {
		b.mu.Lock()
		out, closed := b.out, b.closed
		b.out = nil
		b.mu.Unlock()
		for _, m := range out {
			if _, err := b.pipe.Write(m); err != nil {
				return
			}
		}
		if closed {
			return
		}
		if len(out) == 0 {
			<-b.more
		}
	}
}

// send queues a message; it returns its serial.
func (b *bus) send(m *dbus.Message) uint32 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.serial++
	raw := encode(m, b.serial)
	b.out = append(b.out, raw)
	b.poke()
	return b.serial
}

// encode marshals a message. The library numbers only its own.
func encode(m *dbus.Message, serial uint32) []byte {
	var raw bytes.Buffer
	if err := m.EncodeTo(&raw, binary.LittleEndian); err != nil {
		panic(fmt.Sprintf("fakebluez: %v", err)) // a mistake of this package
	}
	binary.LittleEndian.PutUint32(raw.Bytes()[8:], serial)
	return raw.Bytes()
}

// reply answers a call, by values or by an error.
func (b *bus) reply(to *dbus.Message, sender string, values []any, err *dbus.Error) {
	m := &dbus.Message{Type: dbus.TypeMethodReply, Body: values}
	if err != nil {
		m.Type, m.Body = dbus.TypeError, err.Body
	}
	m.Headers = map[dbus.HeaderField]dbus.Variant{
		dbus.FieldReplySerial: dbus.MakeVariant(to.Serial()), dbus.FieldDestination: dbus.MakeVariant(b.name),
		dbus.FieldSender: dbus.MakeVariant(sender),
	}
	if err != nil {
		m.Headers[dbus.FieldErrorName] = dbus.MakeVariant(err.Name)
	}
	if len(m.Body) > 0 {
		m.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(m.Body...))
	}
	b.send(m)
}

// Signal marshals a signal as the bus delivers it, for benchmarks and seeds.
func Signal(sender, path, iface, member string, body ...any) []byte {
	return encode(signal(sender, path, iface, member, body...), 7)
}

func signal(sender, path, iface, member string, body ...any) *dbus.Message {
	return &dbus.Message{Type: dbus.TypeSignal, Body: body, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldPath: dbus.MakeVariant(dbus.ObjectPath(path)), dbus.FieldInterface: dbus.MakeVariant(iface),
		dbus.FieldMember: dbus.MakeVariant(member), dbus.FieldSender: dbus.MakeVariant(sender),
		dbus.FieldSignature: dbus.MakeVariant(dbus.SignatureOf(body...)),
	}}
}

// ask calls the client, as BlueZ calls an agent; ctx bounds it.
func (b *bus) ask(ctx context.Context, sender, path, iface, member string, args ...any) error {
	m := signal(sender, path, iface, member, args...)
	m.Type = dbus.TypeMethodCall
	m.Headers[dbus.FieldDestination] = dbus.MakeVariant(b.name)
	reply := make(chan *dbus.Message, 1)
	b.mu.Lock()
	b.serial++
	b.asked[b.serial] = reply
	b.out = append(b.out, encode(m, b.serial))
	b.poke()
	b.mu.Unlock()
	select {
	case r := <-reply:
		if r.Type == dbus.TypeError {
			name, _ := r.Headers[dbus.FieldErrorName].Value().(string)
			return errors.New(name)
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
