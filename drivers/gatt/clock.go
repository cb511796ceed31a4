package gatt

import "time"

// Clock is a Date Time (2A08).
type Clock struct {
	Time DateTime `json:"time"`
}

func decodeDateTime(c *cursor) Value { return &Clock{c.dateTime()} }

// Measures implements Value: there are none.
func (*Clock) Measures(to []Measure) []Measure { return to }

// CurrentTime is a device's clock (2A2B).
type CurrentTime struct {
	Time         DateTime `json:"time"`
	DayOfWeek    uint8    `json:"dow"`           // 1 Monday to 7 Sunday, 0 unknown
	Fractions    uint8    `json:"fractions256"`  // of a second, 1/256
	AdjustReason uint8    `json:"adjust_reason"` // bits: manual, reference, zone, summer time
}

func decodeCurrentTime(c *cursor) Value {
	t := &CurrentTime{c.dateTime(), c.u8(), c.u8(), c.u8()}
	if t.DayOfWeek > 7 {
		c.fail("day %d of the week", t.DayOfWeek)
	}
	return t
}

// Measures implements Value: there are none.
func (*CurrentTime) Measures(to []Measure) []Measure { return to }

// EncodeCurrentTime is what is written to a device to set its clock.
func EncodeCurrentTime(at time.Time) []byte {
	day := byte(at.Weekday())
	if day == 0 {
		day = 7
	}
	return []byte{byte(at.Year()), byte(at.Year() >> 8), byte(at.Month()), byte(at.Day()), byte(at.Hour()), byte(at.Minute()),
		byte(at.Second()), day, byte(at.Nanosecond() / (1e9 / 256)), 0}
}

// LocalTime is a device's zone (2A0F).
type LocalTime struct {
	Zone      int8           `json:"tz_quarter_hours"` // -128 unknown
	OffsetMin Optional[int]  `json:"utc_offset_min"`
	DST       uint8          `json:"dst"` // 255 unknown
	DSTMin    Optional[uint] `json:"dst_offset_min"`
}

func decodeLocalTime(c *cursor) Value {
	l := &LocalTime{Zone: int8(c.u8()), DST: c.u8()}
	if l.Zone != -128 {
		l.OffsetMin = some(int(l.Zone) * 15)
		if l.Zone < -48 || l.Zone > 56 {
			c.fail("a zone of %d quarters of an hour", l.Zone)
		}
	}
	switch l.DST {
	case 0, 2, 4, 8:
		l.DSTMin = some(uint(l.DST) * 15)
	case 255:
	default:
		c.fail("summer time %d", l.DST)
	}
	return l
}

// Measures implements Value: there are none.
func (*LocalTime) Measures(to []Measure) []Measure { return to }

// ReferenceTime is where a device has its time from (2A14).
type ReferenceTime struct {
	Source   uint8 `json:"source"`
	Accuracy uint8 `json:"accuracy_eighths_s"` // 1/8 s, 254 more, 255 unknown
	Days     uint8 `json:"days_since_update"`
	Hours    uint8 `json:"hours_since_update"`
}

func decodeReferenceTime(c *cursor) Value { return &ReferenceTime{c.u8(), c.u8(), c.u8(), c.u8()} }

// Measures implements Value: there are none.
func (*ReferenceTime) Measures(to []Measure) []Measure { return to }

// shifted returns the time some minutes later, where the date is known.
func (d DateTime) shifted(minutes int) DateTime {
	at, ok := d.In(time.UTC)
	if !ok {
		return d
	}
	at = at.Add(time.Duration(minutes) * time.Minute)
	return DateTime{uint16(at.Year()), uint8(at.Month()), uint8(at.Day()), uint8(at.Hour()), uint8(at.Minute()), uint8(at.Second())}
}
