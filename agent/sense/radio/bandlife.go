package radio

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/ble"
)

// key names the device among the leases.
func (b *band) key() string { return b.Address.String() }

// run connects again and again, until ctx ends.
func (b *band) run(ctx context.Context) {
	rest, leave := reconnect, again
	next := time.Time{}
	for ctx.Err() == nil {
		now := time.Now()
		if now.Before(next) || len(b.candidates()) == 0 {
			b.unreached(now)
			pause(ctx, time.Second)
			continue
		}
		h := b.desk.wait(ctx, b.key(), b.candidates)
		if h == nil {
			continue
		}
		began := time.Now()
		b.brought = false
		err := b.connect(ctx, h)
		now = time.Now()
		switch {
		case errors.Is(err, ble.ErrNoSlot):
			next = now.Add(time.Second)
			continue
		case err != nil:
			b.log.Info("connection failed", "radio", h.Radio, "error", err)
			if b.trouble.IsZero() {
				b.trouble = now
			}
			if b.vain++; b.class == Visit && b.vain >= visitsInVain {
				b.is(care.SensorSilent, now) // what it measures reaches nobody
			}
			if now.Sub(began) > settled {
				rest = reconnect
			}
			next = now.Add(around(rest))
			rest = min(2*rest, reconnectMost)
			continue
		}
		rest = reconnect
		if b.class != Visit { // its turn is over
			next = now.Add(around(time.Second))
			continue
		}
		if leave = min(2*leave, againMost); b.brought {
			leave = again
		}
		next = now.Add(around(leave))
	}
}

// around returns about d: devices that failed together do not come back together.
func around(d time.Duration) time.Duration { return d*3/4 + rand.N(d/2) }

// candidates are the radios that reach the device, the best first; those that
// failed with it last.
func (b *band) candidates() []Candidate {
	lately := lately
	if b.class == Visit {
		lately = awake
	}
	list := connectable(b.find.Best(b.Address), lately, time.Now())
	slices.SortStableFunc(list, func(x, y Candidate) int { return b.failing[x.Radio] - b.failing[y.Radio] })
	return list
}

// connect uses one lease, from the connect to the end of the connection. It
// returns nil where the device was left, not lost.
func (b *band) connect(ctx context.Context, h *hold) (err error) {
	how := b.desk.leases.Failed
	defer func() {
		if p := recover(); p != nil {
			b.counts.panics.Add(1)
			b.log.Error("session panicked", "value", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("radio: session panicked: %v", p)
		}
		b.desk.over(h, how)
	}()
	list := b.candidates()
	i := slices.IndexFunc(list, func(c Candidate) bool { return c.Radio == h.Radio })
	if i < 0 {
		return fmt.Errorf("radio: %s does not hear it any more", h.Radio)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-h.leave:
			stop()
		case <-ctx.Done():
		}
	}()
	trying, cancel := context.WithDeadline(ctx, h.By)
	conn, err := list[i].Central.Connect(trying, ble.Device{Address: b.Address, Random: list[i].Random, Bond: b.Bond})
	cancel()
	if err != nil {
		if errors.Is(err, ble.ErrNoSlot) {
			how = b.desk.leases.Refused
			return err
		}
		b.counts.failed.Add(1)
		b.failing[h.Radio]++
		return err
	}
	how = b.desk.leases.Ended
	defer conn.Close() // before the slot is given back; its error helps nobody
	clear(b.failing)
	b.counts.connects.Add(1)
	b.counts.connected.Store(true)
	defer b.counts.connected.Store(false)
	b.desk.do(func(at time.Time) { b.desk.leases.Connected(h.Lease, at) })
	b.log.Info("connected", "radio", h.Radio, "rssi", list[i].RSSI)
	b.reached(time.Now(), list[i])
	err = b.session(ctx, conn)
	if ctx.Err() != nil {
		return nil // asked to leave
	}
	return err
}

// reached says that the device answers.
func (b *band) reached(now time.Time, c Candidate) {
	b.trouble, b.vain = time.Time{}, 0
	b.works(now)
	// Of one that is to stay it would be a sign of life, also where it says nothing
	// of its wearer.
	if b.class == Visit {
		b.say(care.SignalStrength, c.RSSI, 100, now)
	}
}

// unreached says, after a while, that a device that is heard does not connect.
func (b *band) unreached(now time.Time) {
	if len(b.candidates()) == 0 {
		b.trouble = time.Time{} // nobody hears it: supervision tells of its silence
		return
	}
	if b.trouble.IsZero() {
		b.trouble = now
	}
	if b.class != Visit && now.Sub(b.trouble) >= refuses {
		b.is(care.SensorSilent, now)
	}
}

// keep writes what was read when it is safe.
func (b *band) keep(ctx context.Context) {
	beat := time.NewTicker(time.Second)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return // what is not safe yet is read again after the restart
		case now := <-beat.C:
			b.safe(now)
		}
	}
}

// safe writes the state when everything that it says was read is stored.
func (b *band) safe(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dirty.IsZero() || b.holds || now.Sub(b.dirty) < b.opts.Stored {
		return
	}
	reading := b.kept.Reading
	b.kept.Reading = nil
	b.dirty = time.Time{}
	if err := b.kept.store(b.file); err != nil {
		b.kept.Reading, b.dirty = reading, now
		b.log.Error("what was read is not remembered, and read again after a restart", "error", err)
		return
	}
	b.safely = b.kept.copied()
}
