package radio

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/ble"
	"osmanthus/drivers/gatt"
)

// record is one stored measurement of a device.
type record struct {
	number   int    // by which it is asked for, -1 for none
	print    uint64 // fingerprint
	device   time.Time
	dated    bool // device is known
	shift    time.Duration
	measures []gatt.Measure
	arrived  time.Time
}

// errRecords is what a device comes to that breaks off handing out its records.
var errRecords = errors.New("radio: the records were not handed out")

// records reads what the device measured while nobody was connected. See
// bandrecords.md.
func (s *session) records(ctx context.Context) error {
	for _, service := range slices.Sorted(maps.Keys(stored)) {
		access, ok := find(s.list, service, recordAccess)
		if !ok || !care.ClockSet(time.Now()) { // without a clock of our own, theirs says nothing: they keep
			continue
		}
		if err := s.backfill(ctx, service, access); ctx.Err() != nil {
			return ctx.Err()
		} else if err != nil {
			s.log.Warn("records of the device are not read wholly; the next connection asks again", "service", service, "error", err)
		}
	}
	return nil
}

// backfill reads the records of one service up to its head.
func (s *session) backfill(ctx context.Context, service uint16, access ble.Characteristic) error {
	tok, begun, err := s.token(ctx, service)
	if err != nil {
		return err
	}
	p := &procedure{session: s, service: service, begun: begun, access: access}
	defer func() { s.deliver(service, tok, p.got) }() // whatever came
	if service == serviceOximeter {                   // it numbers nothing
		_, err := p.run(ctx, gatt.ReportAll())
		return err
	}
	code, err := p.run(ctx, gatt.ReportLast())
	if err != nil || code == gatt.RecordsNone {
		return err
	}
	newest := -1
	if code == gatt.RecordsSuccess && len(p.got) > 0 {
		last := p.got[len(p.got)-1]
		if newest = last.number; newest == tok.Head && s.has(tok, last.print) {
			return nil
		}
	}
	if head := tok.Head; head >= 0 && newest > head {
		first := len(p.got)
		if code, err = p.run(ctx, gatt.ReportFrom(uint16(head))); err != nil {
			return err
		}
		if code == gatt.RecordsSuccess && s.joins(tok, head, p.got[first:]) {
			holds, err := p.count(ctx)
			if err != nil {
				return err
			}
			if holds <= s.met(tok, p.got) {
				s.reached(tok, newest)
				return nil
			}
		}
	}
	// The device counts anew, or what was read last is gone from its memory, or it
	// holds more than was ever read.
	if code, err = p.run(ctx, gatt.ReportAll()); err != nil {
		return err
	}
	if code != gatt.RecordsSuccess {
		return nil
	}
	if newest < 0 { // it could not say which is the last
		for _, r := range p.got {
			newest = max(newest, r.number)
		}
	}
	s.reached(tok, newest)
	return nil
}

// token returns where the reading of a service stands, and when its session
// began.
func (s *session) token(ctx context.Context, service uint16) (tok *serviceRecord, begun time.Time, err error) {
	if service == serviceCGM {
		raw, err := s.read(ctx, service, cgmBegun)
		if err == nil && len(raw) < 7 {
			err = gatt.ErrMalformed
		}
		if err == nil {
			begun, err = shownBy(dateTime, raw[:7])
		}
		if err != nil {
			return nil, begun, fmt.Errorf("radio: when the session began is not known: %w", err)
		}
		begun = begun.Truncate(time.Second)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	tok = s.kept.service(strconv.FormatUint(uint64(service), 16))
	if !tok.Begun.Equal(begun) {
		tok.Begun, tok.Head = begun, -1 // another sensor: its minutes begin anew
	}
	return tok, begun, nil
}

func (s *session) has(tok *serviceRecord, f uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return tok.Records.has(f)
}

// joins reports whether records begin with the last one that was read before:
// then nothing lies between.
func (s *session) joins(tok *serviceRecord, head int, list []record) bool {
	return slices.ContainsFunc(list, func(r record) bool { return r.number == head && s.has(tok, r.print) })
}

// met is how many different records were read, with those of the list.
func (s *session) met(tok *serviceRecord, list []record) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(tok.Records)
	for i, r := range list {
		if !tok.Records.has(r.print) && !slices.ContainsFunc(list[:i], func(o record) bool { return o.print == r.print }) {
			n++
		}
	}
	return n
}

// reached notes that everything up to a number was read; deliver follows.
func (s *session) reached(tok *serviceRecord, head int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tok.Head = head
}

// spot takes a record that comes by itself: somebody measures while the device
// is connected. What lies before it may not have been read yet: it moves no
// token.
func (s *session) spot(service uint16, a arrival) {
	s.counts.values.Add(1)
	s.mu.Lock()
	tok := s.kept.service(strconv.FormatUint(uint64(service), 16))
	begun := tok.Begun
	s.mu.Unlock()
	list, v, err := s.decode(service, begun, a)
	if err != nil {
		s.malformed(stored[service], err, a.at)
		return
	}
	s.wellFormed(a.at)
	s.worn(v, a.at) // what was asked for says how it was worn then
	s.deliver(service, tok, list)
}

// decode reads the records of one notification.
func (s *session) decode(service uint16, begun time.Time, a arrival) ([]record, gatt.Value, error) {
	uuid := stored[service]
	v, err := gatt.Decode(uuid, a.bytes)
	if err != nil {
		return nil, nil, err
	}
	one := record{number: -1, print: fingerprint(uuid, begun, a.bytes), arrived: a.at}
	switch v := v.(type) {
	case *gatt.Glucose:
		one.number, one.measures = int(v.Seq), v.Measures(nil)
		// By the clock that nobody sets: what its user turned the display by lies
		// in the offset.
		one.device, one.dated = v.BaseTime.In(time.UTC)
		one.shift = time.Duration(v.TimeOffset.Value) * time.Minute
	case *gatt.CGMRecords:
		var list []record
		for i, g := range *v {
			each := gatt.CGMRecords{g}
			list = append(list, record{number: int(g.TimeOffset), print: one.print + uint64(i), arrived: a.at,
				device: begun.Add(time.Duration(g.TimeOffset) * time.Minute), dated: !begun.IsZero(), measures: each.Measures(nil)})
		}
		return list, v, nil
	default:
		one.measures = v.Measures(nil)
		if len(one.measures) > 0 {
			one.device, one.dated = naive(one.measures[0].At)
		}
	}
	return []record{one}, v, nil
}

// deliver passes records on that were not yet, each with its true time.
func (s *session) deliver(service uint16, tok *serviceRecord, list []record) {
	shown := time.Duration(0) // by how much the display differs from the clock behind, of the newest record
	newest := -1
	for i, r := range list {
		if newest < 0 || r.dated && !r.device.Before(list[newest].device) {
			newest, shown = i, r.shift
		}
	}
	fresh, begun := s.clock.behind(shown), s.readingClock().behind(shown)
	for _, r := range list {
		if (r.dated || r.number >= 0) && s.taken(tok, r.print) {
			continue
		}
		s.counts.records.Add(1)
		k := fresh
		if r.dated && !r.device.After(begun.Now.Device) {
			k = begun
		}
		if k.Now.Gateway.IsZero() && r.dated { // as of what comes by itself: see settle
			s.hold(unsure{r.measures, r.device.Add(r.shift), r.arrived})
			continue
		}
		s.one(k, service, r)
	}
}

// taken reports whether a record was passed on before, and remembers it.
func (s *session) taken(tok *serviceRecord, f uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if tok.Records.has(f) {
		return true
	}
	tok.Records.add(f)
	s.dirty = time.Now()
	return false
}

// one passes one record on.
func (s *session) one(k clock, service uint16, r record) {
	at := r.arrived
	if r.dated {
		corrected, ok := k.time(r.device, r.arrived)
		if !ok {
			s.counts.undated.Add(1)
			s.log.Warn("record of a time that cannot be is left out", "service", service, "number", r.number, "device", r.device)
			return
		}
		at = corrected
	}
	now := time.Now()
	for _, m := range r.measures {
		if metric, quality, ok := s.judge(m); ok {
			s.pass(metric, m.Value, quality, age(at, now), at)
		}
	}
}

// readingClock returns the clock by which records are read. What was read before
// a crash and was not safe yet is read again with the times that it had.
func (s *session) readingClock() clock {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clock.Now.Gateway.IsZero() {
		return s.clock
	}
	if s.kept.Reading == nil {
		c := s.clock
		s.kept.Reading = &c
		if err := s.kept.filed(s.safely).store(s.file); err != nil {
			s.log.Error("the clock of the device is not remembered", "error", err)
		}
	}
	return *s.kept.Reading
}
