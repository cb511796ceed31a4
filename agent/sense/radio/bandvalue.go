package radio

import (
	"hash/fnv"
	"strconv"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/gatt"
)

// doubtful is the quality of a value that its device does not vouch for: it is
// stored, and judged by no rule.
const doubtful = 40

// fingerprint stands for one value of one characteristic of a device.
func fingerprint(uuid uint16, begun time.Time, raw []byte) uint64 {
	h := fnv.New64a()
	h.Write([]byte{byte(uuid), byte(uuid >> 8)})
	if !begun.IsZero() {
		h.Write(strconv.AppendInt(nil, begun.Unix(), 10))
	}
	h.Write(raw)
	return h.Sum64()
}

// naive returns a device's time as if it were UTC.
func naive(d gatt.Optional[gatt.DateTime]) (time.Time, bool) {
	if !d.OK {
		return time.Time{}, false
	}
	return d.Value.In(time.UTC)
}

// heard takes what a device says now; arrived is when it did.
func (b *band) heard(k clock, uuid uint16, raw []byte, arrived time.Time) {
	b.counts.values.Add(1)
	v, err := gatt.Decode(uuid, raw)
	if err != nil {
		b.malformed(uuid, err, arrived)
		return
	}
	b.wellFormed(arrived)
	b.worn(v, arrived)
	measures := v.Measures(nil)
	if len(measures) == 0 {
		return
	}
	if measures[0].At.OK && !stream(uuid) && b.again(uuid, raw) {
		return // a device that hands out its memory each time that it is asked
	}
	if device, ok := naive(measures[0].At); ok && k.Now.Gateway.IsZero() {
		b.hold(unsure{measures, device, arrived})
		return
	}
	for _, m := range measures {
		metric, quality, ok := b.judge(m)
		if !ok || stream(uuid) && !b.due(metric, arrived) {
			continue
		}
		at := arrived
		if device, ok := naive(m.At); ok {
			if corrected, ok := k.time(device, arrived); ok {
				at = corrected
			}
		}
		b.pass(metric, m.Value, quality, age(at, time.Now()), at)
	}
}

// unsure is a value with a time of a clock that cannot be read: it is held back
// until the device has said all, because only then it is known which is the
// newest.
type unsure struct {
	measures []gatt.Measure
	device   time.Time
	arrived  time.Time
}

// settle passes on what was held back, by the zone of the home, as people set the
// clock of a cuff. The newest may be of now by a clock that is wrong, or old by
// one that is right, and nobody can tell: it is judged. An alarm too many is
// better than a pressure that nobody hears of.
func (b *band) settle(now time.Time) {
	if len(b.unsure) == 0 {
		return
	}
	newest := 0
	for i, u := range b.unsure {
		if u.device.After(b.unsure[newest].device) {
			newest = i
		}
	}
	last := b.unsure[newest]
	whole, ok := b.byZone(last.device, last.arrived)
	set := ok && now.Sub(whole) <= dayOld
	for i, u := range b.unsure {
		at, ok := b.byZone(u.device, u.arrived)
		if !set || !ok { // its clock was never set: the newest is of now, the others are older by as much
			at = last.arrived.Add(u.device.Sub(last.device))
		}
		flags := age(at, now)
		if i == newest {
			flags = 0
		}
		for _, m := range u.measures {
			if metric, quality, ok := b.judge(m); ok {
				b.pass(metric, m.Value, quality, flags, at)
			}
		}
	}
	b.unsure = b.unsure[:0]
	b.mu.Lock()
	defer b.mu.Unlock()
	b.holds, b.dirty = false, now
}

// hold holds a value back; it is not safe before it was passed on.
func (b *band) hold(u unsure) {
	b.unsure = append(b.unsure, u)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.holds = true
}

// dayOld is how old the newest value may be by a clock that cannot be read: an
// older one, or one of the future, says that the clock was never set.
const dayOld = 24 * time.Hour

// again reports whether a value with a time of its own was taken before, and
// remembers it.
func (b *band) again(uuid uint16, raw []byte) bool {
	f := fingerprint(uuid, time.Time{}, raw)
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.kept.service(strconv.FormatUint(uint64(uuid), 16))
	if s.Records.has(f) {
		return true
	}
	s.Records.add(f)
	b.dirty = time.Now()
	return false
}

// judge says what a measure is for us, and false where it is not this
// resident's or nobody's.
func (b *band) judge(m gatt.Measure) (metric care.Metric, quality care.Quality, ok bool) {
	metric, ok = care.MetricByName(m.Metric)
	info, _ := metric.Info()
	if !ok || info.Unit != m.Unit || m.Doubt == noContact {
		return metric, 0, false
	}
	if m.User.OK && (m.User.Value == gatt.UnknownUser || b.User != 0 && m.User.Value != b.User) {
		b.counts.strangers.Add(1)
		return metric, 0, false
	}
	if quality = 100; m.Doubt != "" {
		quality = doubtful
	}
	return metric, quality, true
}

// noContact is the doubt of a sensor that lies on a table: what it says is of
// nobody.
const noContact = "no skin contact"

// byZone takes a device's time for that of the home.
func (b *band) byZone(device, now time.Time) (time.Time, bool) {
	y, mo, d := device.Date()
	at := time.Date(y, mo, d, device.Hour(), device.Minute(), device.Second(), 0, b.opts.Zone)
	return at, at.Sub(now) <= farFuture && now.Sub(at) <= farPast
}

// age marks what is too old to be judged as if it were now.
func age(at, now time.Time) care.Flags {
	if now.Sub(at) > live {
		return care.Backfilled
	}
	return 0
}
