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
	now := time.Now()
	for _, m := range measures {
		metric, quality, ok := b.judge(m)
		if !ok || stream(uuid) && !b.due(metric, arrived) {
			continue
		}
		at := arrived
		if device, ok := naive(m.At); ok {
			at = b.when(k, device, arrived)
		}
		b.pass(metric, m.Value, quality, age(at, now), at)
	}
}

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

// when returns the true time of a device's time: by its clock where that could
// be read; else by the zone of the home, as people set the clock of a cuff; else
// it is when it arrived.
func (b *band) when(k clock, device, arrived time.Time) time.Time {
	if at, ok := k.time(device, arrived); ok {
		return at
	}
	if k.Now.Gateway.IsZero() {
		if at, ok := b.byZone(device, arrived); ok {
			return at
		}
	}
	return arrived
}

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
