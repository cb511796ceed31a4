package bluez

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"osmanthus/drivers/ble"
)

// errScanning is returned by a second Scan.
var errScanning = errors.New("bluez: a scan is under way already")

// pausesAllowed is how often in a row the adapter may be found not discovering:
// BlueZ pauses between its turns, and kernels do while they connect.
const pausesAllowed = int(connectLimit/watchEvery) + 2

// Scan emits what the adapter hears until ctx ends, or bluetoothd, the adapter
// or the bus goes: that is an error, and Scan may be called again at once. The
// adapter is switched on if it is off. There is one Scan at a time.
func (a *Adapter) Scan(ctx context.Context, emit func(ble.Heard)) error {
	if !a.scanning.CompareAndSwap(false, true) {
		return errScanning
	}
	defer a.scanning.Store(false)
	l, err := a.connected(ctx)
	if err != nil {
		return err
	}
	if err := l.ready(ctx); err != nil {
		return ended(ctx, err)
	}
	if err := l.load(ctx); err != nil {
		return ended(ctx, wrap(err, "asking for the devices"))
	}
	a.queue.clear()
	l.listen(true)
	defer l.listen(false)
	epoch, err := l.discover(ctx)
	if err != nil {
		return ended(ctx, err)
	}
	defer l.undiscover(ctx, epoch)
	return ended(ctx, a.hear(ctx, l, epoch, emit))
}

// ended is why something ended: because it was asked to, if it was.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// hear hands on what is heard, while somebody else watches the scan.
func (a *Adapter) hear(ctx context.Context, l *link, epoch int, emit func(ble.Heard)) error {
	ctx, stop := context.WithCancel(ctx)
	failed := make(chan error, 1)
	var watching sync.WaitGroup
	l.tellConnected()
	watching.Go(func() { failed <- l.watch(ctx, epoch) })
	defer watching.Wait()
	defer stop()
	var s slot
	for {
		select {
		case err := <-failed:
			return err
		case <-a.queue.more:
			for ctx.Err() == nil && a.queue.take(&s) {
				emit(s.heard)
			}
		}
	}
}

// watch returns when the scan is over: bluetoothd, the adapter or the bus went,
// or it does not discover any more.
func (l *link) watch(ctx context.Context, epoch int) error {
	every := time.NewTicker(watchEvery)
	defer every.Stop()
	pauses := 0
	for {
		l.mu.Lock()
		changed := l.changed
		l.mu.Unlock()
		if now, err := l.state(); err != nil {
			return err
		} else if now != epoch {
			return fmt.Errorf("%w: %s or bluetoothd went away", ErrAbsent, l.adapter)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.bus.Context().Done():
			return ErrNoBus
		case <-changed:
		case <-every.C:
			l.tellConnected()
			if err := l.discovering(ctx, &pauses); err != nil {
				return err
			}
		}
	}
}

// tellConnected tells of devices that are connected and of which nobody here has
// the connection. They do not advertise, so whoever waits to hear them would wait
// for ever.
func (l *link) tellConnected() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for a, d := range l.devices.known {
		if d.connected && l.conns[a] == nil {
			l.queue.put(d, &properties{}, true, time.Now())
		}
	}
}

// discovering asks whether the adapter still does.
func (l *link) discovering(ctx context.Context, pauses *int) error {
	props, err := l.get(ctx, l.adapter, ifaceAdapter)
	switch {
	case err != nil:
		return wrap(err, "asking for the adapter")
	case !truth(props, "Powered"):
		return fmt.Errorf("%w: somebody switched %s off", ErrOff, l.adapter)
	case truth(props, "Discovering"):
		*pauses = 0
		return nil
	}
	if *pauses++; *pauses > pausesAllowed {
		return fmt.Errorf("bluez: %s stopped to scan", l.adapter)
	}
	return nil
}

func (l *link) listen(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hearing = on
}

// load learns the names and services of what BlueZ knows already.
func (l *link) load(ctx context.Context) error {
	all, err := l.objects(ctx)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for path, interfaces := range all {
		address, rest, ok := addressOf([]byte(path), l.adapter)
		if props := interfaces[ifaceDevice]; ok && len(rest) == 0 && props != nil {
			l.devices.get(address).load(props)
		}
	}
	return nil
}

// discovery counts who wants the adapter to discover: BlueZ knows us only once.
type discovery struct {
	lock  chan struct{} // that a ctx can give up
	n     int
	epoch int // in which n holds
}

// discover makes the adapter discover, and returns the epoch in which it does.
func (l *link) discover(ctx context.Context) (int, error) {
	d := &l.discovery
	select {
	case d.lock <- struct{}{}:
		defer func() { <-d.lock }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	epoch, err := l.state()
	if err != nil {
		return 0, err
	}
	if d.epoch != epoch {
		d.epoch, d.n = epoch, 0
	}
	if d.n == 0 {
		if err := l.startDiscovery(ctx); err != nil {
			return 0, err
		}
	}
	d.n++
	return epoch, nil
}

// undiscover ends what discover began, although ctx may have ended.
func (l *link) undiscover(ctx context.Context, epoch int) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cancelLimit)
	defer cancel()
	d := &l.discovery
	select {
	case d.lock <- struct{}{}:
		defer func() { <-d.lock }()
	case <-ctx.Done():
		return // a bluetoothd that does not answer: the scan that follows finds out
	}
	if d.epoch != epoch || d.n == 0 {
		return
	}
	if d.n--; d.n == 0 {
		l.call(ctx, l.adapter, ifaceAdapter+".StopDiscovery")
	}
}

// startDiscovery asks for every advertisement, those that say the same included.
func (l *link) startDiscovery(ctx context.Context) error {
	filter := map[string]any{"Transport": "le", "DuplicateData": true}
	if err := l.call(ctx, l.adapter, ifaceAdapter+".SetDiscoveryFilter", filter).Err; err != nil {
		return wrap(err, "setting the filter of the scan")
	}
	err := l.call(ctx, l.adapter, ifaceAdapter+".StartDiscovery").Err
	if name(err) == "org.bluez.Error.InProgress" { // one that we began and did not end
		l.call(ctx, l.adapter, ifaceAdapter+".StopDiscovery")
		err = l.call(ctx, l.adapter, ifaceAdapter+".StartDiscovery").Err
	}
	if name(err) == "org.bluez.Error.InProgress" { // of a bluetoothd that died: for some 10 s
		return fmt.Errorf("bluez: starting the scan: the kernel is not done with one before: %w", err)
	}
	return wrap(err, "starting the scan")
}
