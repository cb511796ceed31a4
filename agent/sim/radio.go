package sim

import (
	"context"
	"slices"
	"sync"

	"osmanthus/drivers/remote/proto"
)

// Radio is a modelled radio: it hears what tags put into the air.
type Radio struct {
	name string

	mu      sync.Mutex
	deaf    bool
	watch   []chan proto.Heard
	dropped uint64
}

// Radio returns the radio of that name, making it if there is none.
func (h *Home) Radio(name string) *Radio {
	h.mu.Lock()
	defer h.mu.Unlock()
	r, ok := h.radios[name]
	if !ok {
		r = &Radio{name: name}
		h.radios[name] = r
	}
	return r
}

// findRadio returns the radio of that name if it has been made.
func (h *Home) findRadio(name string) *Radio {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.radios[name]
}

// Deafen makes the radio hear nothing, as a controller does that has hung, or
// hear again.
func (r *Radio) Deafen(deaf bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deaf = deaf
}

// Dropped is how many advertisements nobody took in time: a radio does not wait.
func (r *Radio) Dropped() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dropped
}

// hear takes one packet from the air. The structures must not change any more.
func (r *Radio) hear(h proto.Heard) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.deaf {
		return
	}
	for _, w := range r.watch {
		select {
		case w <- h:
		default:
			r.dropped++
		}
	}
}

// listen returns a channel of what the radio hears from now on, and a function
// that ends it.
func (r *Radio) listen() (heard <-chan proto.Heard, stop func()) {
	c := make(chan proto.Heard, 1024)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watch = append(r.watch, c)
	return c, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.watch = slices.DeleteFunc(r.watch, func(w chan proto.Heard) bool { return w == c })
	}
}

// serveRadio reports what the radio hears until the client goes away.
func (s *session) serveRadio(ctx context.Context, radio *Radio) error {
	heard, stop := radio.listen()
	defer stop()
	if err := s.answer(proto.OK, nil); err != nil {
		return err
	}
	gone, end := s.listen(ctx)
	defer end()
	for {
		select {
		case <-gone:
			return nil
		case h := <-heard:
			s.out = proto.AppendHeard(proto.Begin(s.out), h)
			if err := proto.Write(s.conn, s.out); err != nil {
				return err
			}
		}
	}
}
