package radio

import (
	"context"
	"errors"
	"slices"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/ble"
	"osmanthus/drivers/gatt"
)

// session is one connection with a device.
type session struct {
	*band
	conn   ble.Conn
	list   []ble.Characteristic
	inbox  *inbox
	clock  clock
	looked time.Time // when the gateway's clock was last looked at, with its steady reading
	heard  time.Time // when the last value came, or the session began
	spoke  bool      // one came
	level  bool      // the battery tells by itself
}

// session talks with a device that is connected, until it is lost or ctx ends;
// a device that is visited until it has said all.
func (b *band) session(ctx context.Context, conn ble.Conn) error {
	s := &session{band: b, conn: conn, list: conn.Characteristics(), inbox: newInbox(), heard: time.Now()}
	defer func() { b.counts.lost.Add(s.inbox.missed()) }()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-conn.Done():
			stop()
		case <-ctx.Done():
		}
	}()
	err := s.talk(ctx)
	for { // what came before the end counts
		a, ok := s.inbox.take()
		if !ok {
			break
		}
		s.arrived(a)
	}
	s.settle(time.Now())
	select {
	case <-conn.Done():
		if err == nil || errors.Is(err, context.Canceled) {
			err = ble.ErrGone
		}
	default:
	}
	return err
}

func (s *session) talk(ctx context.Context) error {
	if err := s.subscribe(ctx); err != nil {
		return err
	}
	s.identify(ctx)
	s.readClock(ctx)
	s.readBattery(ctx)
	if err := s.records(ctx); err != nil {
		return err
	}
	if err := s.listen(ctx); err != nil {
		return err
	}
	s.setClock(ctx) // when nothing is left that was stamped by the clock as it was
	if s.class == Visit {
		return nil
	}
	return s.stay(ctx)
}

// rest is after what silence the device has said what it kept.
func (s *session) rest() time.Duration {
	switch {
	case s.class != Visit:
		return quietVisit / 4
	case !s.spoke:
		return firstVisit
	}
	return quietVisit
}

// subscribe subscribes to all that is measured. One characteristic that refuses
// does not silence its neighbours.
func (s *session) subscribe(ctx context.Context) error {
	n, refused := 0, error(nil)
	for _, c := range s.list {
		short, _ := c.UUID.Short()
		if c.Properties&(ble.CanNotify|ble.CanIndicate) == 0 || !wanted(short) {
			continue
		}
		limit, stop := context.WithTimeout(ctx, callWait)
		err := s.conn.Subscribe(limit, c, s.inbox.of(c))
		stop()
		if err != nil {
			s.log.Warn("subscribing failed", "characteristic", short, "error", err)
			refused = err
			continue
		}
		s.level = s.level || short == batteryLevel
		n++
	}
	if n == 0 && refused != nil {
		return refused
	}
	return ctx.Err()
}

// wanted reports whether a session subscribes to a characteristic.
func wanted(uuid uint16) bool {
	return uuid == recordAccess || slices.Contains(values, uuid)
}

// read reads a characteristic that the device has.
func (s *session) read(ctx context.Context, service, uuid uint16) ([]byte, error) {
	c, ok := find(s.list, service, uuid)
	if !ok || c.Properties&ble.CanRead == 0 {
		return nil, errAbsent
	}
	limit, stop := context.WithTimeout(ctx, callWait)
	defer stop()
	return s.conn.Read(limit, c)
}

// errAbsent is the error of reading what a device does not have.
var errAbsent = errors.New("radio: the device does not have it")

// identify tells, once, what device it is.
func (s *session) identify(ctx context.Context) {
	if s.known {
		return
	}
	s.known = true
	text := func(uuid uint16) string {
		raw, err := s.read(ctx, 0, uuid)
		if err != nil {
			return ""
		}
		if v, err := gatt.Decode(uuid, raw); err == nil {
			if t, ok := v.(*gatt.Text); ok {
				return t.Text
			}
		}
		return ""
	}
	s.log.Info("device says what it is", "maker", text(manufacturerName), "model", text(modelNumber), "firmware", text(firmwareRevision))
}

// readBattery reads the battery of a device that does not tell by itself.
func (s *session) readBattery(ctx context.Context) {
	for _, uuid := range []uint16{batteryLevel, batteryStatus} {
		if raw, err := s.read(ctx, 0, uuid); err == nil {
			s.band.heard(s.clock, uuid, raw, time.Now())
		}
	}
}

// arrived takes a notification outside of the handing out of records.
func (s *session) arrived(a arrival) {
	s.heard, s.spoke = a.at, true
	short, _ := a.of.UUID.Short()
	if short == recordAccess {
		return // an answer that nobody waits for any more
	}
	if service, _ := a.of.Service.Short(); stored[service] == short {
		s.spot(service, a)
		return
	}
	s.band.heard(s.clock, short, a.bytes, a.at)
}

// listen takes what comes until nothing has come for a while.
func (s *session) listen(ctx context.Context) error {
	limit := time.NewTimer(longVisit)
	defer limit.Stop()
	began := time.Now()
	for {
		for {
			a, ok := s.inbox.take()
			if !ok {
				break
			}
			s.arrived(a)
		}
		last := began
		if s.heard.After(last) {
			last = s.heard
		}
		wait := time.NewTimer(s.rest() - time.Since(last))
		select {
		case <-s.inbox.come:
		case <-wait.C:
			s.settle(time.Now())
			return nil
		case <-limit.C:
			wait.Stop()
			s.settle(time.Now())
			return nil
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		}
		wait.Stop()
	}
}

// stay listens until the device is lost, or has to leave.
func (s *session) stay(ctx context.Context) error {
	beat := time.NewTicker(stateEvery / 2)
	defer beat.Stop()
	battery, clock := time.Now(), time.Now()
	for {
		for {
			a, ok := s.inbox.take()
			if !ok {
				break
			}
			s.arrived(a)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.inbox.come:
		case now := <-beat.C:
			s.settle(now)
			if s.state != care.SensorWrong {
				s.works(now)
			}
			if !s.level && now.Sub(battery) >= batteryLook {
				battery = now
				s.readBattery(ctx)
			}
			switch {
			case s.stepped(now):
				s.readClock(ctx)
				if err := s.records(ctx); err != nil {
					return err
				}
			case now.Sub(clock) >= clockLook:
				clock = now
				s.readClock(ctx)
				s.setClock(ctx)
			}
		}
	}
}
