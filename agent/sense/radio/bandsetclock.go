package radio

import (
	"context"
	"errors"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/ble"
	"osmanthus/drivers/gatt"
)

// readClock compares the clocks of device and gateway.
func (s *session) readClock(ctx context.Context) {
	for _, uuid := range []uint16{currentTime, dateTime} {
		began := time.Now()
		raw, err := s.read(ctx, 0, uuid)
		if err != nil {
			continue
		}
		ended := time.Now()
		shown, err := shownBy(uuid, raw)
		if err != nil {
			s.malformed(uuid, err, ended)
			continue
		}
		if now := ended.Add(-ended.Sub(began) / 2).Round(0).UTC(); care.ClockSet(now) {
			s.coincides(Coincidence{Gateway: now, Device: shown})
		}
		return
	}
}

// stepped reports whether the gateway's clock was set since it was last looked
// at: what was known of the device's is by the clock as it was.
func (s *session) stepped(now time.Time) bool {
	then := s.looked
	s.looked = now
	step := now.Round(0).Sub(then.Round(0)) - now.Sub(then)
	return !then.IsZero() && max(step, -step) > jitter
}

// shownBy decodes what a clock shows.
func shownBy(uuid uint16, raw []byte) (time.Time, error) {
	v, err := gatt.Decode(uuid, raw)
	if err != nil {
		return time.Time{}, err
	}
	d, more := gatt.DateTime{}, time.Duration(0)
	switch t := v.(type) {
	case *gatt.CurrentTime:
		d, more = t.Time, time.Duration(t.Fractions)*time.Second/256
	case *gatt.Clock:
		d, more = t.Time, time.Second/2 // of a second that began somewhen
	}
	at, ok := d.In(time.UTC)
	if !ok {
		return at, errors.New("the date is not known")
	}
	return at.Add(more), nil
}

// coincides takes what both clocks show.
func (s *session) coincides(c Coincidence) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = newClock(c, s.kept.Clocks)
	s.kept.noted(c)
	s.dirty = time.Now()
	s.log.Info("clock of the device", "device", c.Device, "gateway", c.Gateway, "offset_seconds", c.offset().Seconds())
}

// setClock sets a device's clock that is wrong to the time of the home. How
// wrong it was is kept.
func (s *session) setClock(ctx context.Context) {
	c, ok := find(s.list, 0, currentTime)
	now := time.Now()
	if !ok || c.Properties&(ble.CanWrite|ble.CanWriteNoResponse) == 0 || s.clock.Now.Gateway.IsZero() || ctx.Err() != nil {
		return
	}
	shows := now.Add(-s.clock.Now.offset())
	if off := shows.Sub(local(now, s.opts.Zone)); off < clockWrong && off > -clockWrong {
		return
	}
	limit, stop := context.WithTimeout(ctx, callWait)
	defer stop()
	err := s.conn.Write(limit, c, gatt.EncodeCurrentTime(now.In(s.opts.Zone)))
	if err != nil {
		s.log.Warn("clock of the device cannot be set", "error", err)
		return
	}
	s.log.Info("clock of the device set", "was_off_seconds", shows.Sub(local(now, s.opts.Zone)).Seconds())
	s.mu.Lock()
	if n := len(s.kept.Clocks); n > 0 {
		s.kept.Clocks[n-1].Set = true
	}
	s.mu.Unlock()
	s.readClock(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.kept.filed(s.safely).store(s.file); err != nil { // which clock a record has must be known after a power cut, too
		s.log.Error("the clock of the device is not remembered", "error", err)
	}
}

// local is what a clock in a zone shows, as if in UTC.
func local(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}
